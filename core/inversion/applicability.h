/* SPDX-License-Identifier: GPL-2.0-or-later
 * Area of applicability: where the spectra of a map are similar to those that its model was trained
 * on.
 *
 * The dissimilarity index (DI) of a pixel is its distance to the nearest training sample, divided
 * by the mean distance between training samples; features are standardised and weighted first.
 *
 * source  Meyer & Pebesma 2021, Methods Ecol. Evol. 12:1620 */
#ifndef TL_INVERSION_APPLICABILITY_H
#define TL_INVERSION_APPLICABILITY_H

#include <jansson.h>
#include <stddef.h>

#include "base/matrix.h"
#include "base/status.h"

enum { tl_applicability_max_features = 64 };

/* Owner; zeroed = empty. */
typedef struct tl_applicability {
    ptrdiff_t k;    /* features: MNF components of spectra, 1 .. tl_applicability_max_features */
    ptrdiff_t n;    /* training samples, at least 2 */
    double *mean;   /* [k] of the training samples */
    double *factor; /* [k] weight / standard deviation; 0 for a constant feature */
    tl_matrix reference;  /* [n, k] training samples, standardised and weighted */
    float *packed;        /* [n, k] the same for maps */
    double mean_distance; /* between two training samples */
    double threshold;     /* DI above which a pixel is outside */
    double *di;           /* [n] DI of the training samples, to the nearest one of another fold */
} tl_applicability;

/* The weight of each feature by its relation to the property: the size of the standardised
 * coefficients of a partial least squares regression with at most three components, divided by
 * their mean. All 1 when no feature is related to the property.
 *
 * x       [n, k] MNF components
 * y       [n]
 * weight  [k] out: at least 0, mean 1
 * fails   TL_SHAPE; TL_NOMEM */
tl_code tl_inversion_applicability_weights(const tl_matrix *x, const double *y, double *weight,
                                           tl_err *err);

/* Computes distances and threshold: the smaller of the largest training DI and Q3 + 1.5 (Q3 - Q1)
 * of them (quartiles of type 7).
 *
 * x            [n, k] finite MNF components of the training samples
 * weight       [k] >= 0, not all 0; NULL = all 1
 * fold         [n] cross-validation folds: the training DI is the distance to samples of other
 *              folds only; NULL = every sample for itself
 * standardise  1: divide by the standard deviation (n - 1); 0: x is standardised already
 * out          uninitialised; empty on failure
 * fails        TL_ARG k or weight; TL_DATA fewer than 2 samples or folds, or all samples are the
 *              same; TL_NOMEM
 * cost         n^2 k */
tl_code tl_inversion_applicability_fit(const tl_matrix *x, const double *weight, const int *fold,
                                       int standardise, tl_applicability *out, tl_err *err);

/* DI of one row of MNF components [k]; NaN when the row has a NaN. */
double tl_inversion_applicability_di(const tl_applicability *a, const double *row);

/* DI of n pixels, computed in float: within 2e-6 of tl_inversion_applicability_di, relative to the
 * larger of DI and 1. The result of a pixel depends neither on n nor on its neighbours, nor on the
 * processor.
 *
 * u     [k, n] MNF components, feature by feature
 * di    [n] out
 * NaN   any NaN makes the DI NaN
 * cost  n times training samples times k; no allocation */
void tl_inversion_applicability_block(const tl_applicability *a, const float *u, ptrdiff_t n,
                                      float *di);

/* 1 inside, 0 outside; NaN when DI is NaN. The DI is float, as in a map, and is compared with the
 * threshold as float. */
float tl_inversion_applicability_mask(const tl_applicability *a, float di);

/* Everything, as a new JSON object to be released with json_decref; NULL on failure. Keys: "mean",
 * "factor" [k], "reference" [n][k], "mean_distance", "threshold", "di" [n].
 *
 * fails  TL_NUMERIC a number is not finite; TL_NOMEM */
tl_code tl_inversion_applicability_to_json(const tl_applicability *a, json_t **json, tl_err *err);

/* Reads it back with the same bits; the document may come from an untrusted source.
 *
 * k      number of features expected
 * a      uninitialised; empty on failure
 * fails  TL_FORMAT, naming the key; TL_NOMEM */
tl_code tl_inversion_applicability_from_json(const json_t *json, ptrdiff_t k, tl_applicability *a,
                                             tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_inversion_applicability_free(tl_applicability *a);

#endif
