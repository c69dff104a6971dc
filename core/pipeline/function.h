/* SPDX-License-Identifier: GPL-2.0-or-later
 * What is fitted anew in every fold: transfer into lab space, number of components, regression.
 * The result is a function from the spectrum of a pixel to a property. */
#ifndef TL_PIPELINE_FUNCTION_H
#define TL_PIPELINE_FUNCTION_H

#include <stddef.h>
#include <stdint.h>

#include "base/matrix.h"
#include "base/status.h"
#include "fusion/transfer.h"
#include "inversion/scores.h"

/* What the regression sees. Words in files and parameters: "scene", "fused", "mixed", "lab". */
typedef enum tl_feature_kind {
    TL_FEATURES_SCENE = 0, /* the spectrum of the pixel */
    TL_FEATURES_FUSED,     /* the spectrum generated from it by the transfer */
    TL_FEATURES_MIXED,     /* both side by side, autoscaled */
    TL_FEATURES_LAB        /* the lab spectrum: cannot be mapped, shows what is attainable */
} tl_feature_kind;

/* Which spectra the regression of TL_FEATURES_FUSED is fitted on. Words: "lab", "generated". */
typedef enum tl_calibration { TL_CALIBRATION_LAB = 0, TL_CALIBRATION_GENERATED } tl_calibration;

typedef struct tl_pipeline_options {
    tl_feature_kind features;
    tl_calibration calibration;
    tl_transfer_options transfer; /* for fused and mixed */
    int max_components;           /* >= 1 */
    tl_component_rule rule;
    int inner_folds; /* for the number of components, >= 2 */
    int log;         /* 1: the natural logarithm of the property is modelled */
    int outer_folds; /* >= 2 */
    int repeats;     /* >= 1 */
    double level;    /* of the prediction intervals, in (0, 1) */
    int64_t seed;
    int threads;
} tl_pipeline_options;

/* The defaults: scene features, 15 components at most chosen by "tol", 5 inner and 5 outer folds,
 * 10 repeats, level 0.90, seed 1, one thread, no logarithm, ridge transfer. */
tl_pipeline_options tl_pipeline_defaults(void);

/* All samples; borrowed. No NaN anywhere: samples with gaps are left out before. */
typedef struct tl_pipeline_data {
    ptrdiff_t n;
    const tl_matrix *scene; /* [n, p] reflectance at the sample's pixel; NULL for lab features */
    const tl_matrix *lab;   /* [n, p] lab spectra at the same bands; NULL for scene features */
    const double *y;        /* [n] measured property */
    const ptrdiff_t *group; /* [n] equal numbers are never separated; NULL = all independent */
} tl_pipeline_data;

/* A private copy of the rows that may be learnt from. Fits take this and nothing else, so a test
 * row cannot reach one. y is on the scale of the model (logarithm taken). Owner. */
typedef struct tl_training {
    ptrdiff_t n;
    tl_matrix scene;
    tl_matrix lab;
    double *y;
    ptrdiff_t *group;
} tl_training;

/* Copies some rows of data.
 *
 * rows   [n_rows] row numbers in [0, data->n)
 * log_y  1: the natural logarithm of the property is taken
 * t      uninitialised; empty on failure
 * fails  TL_DATA a property <= 0 with log_y; TL_NOMEM */
tl_code tl_training_take(const tl_pipeline_data *data, const ptrdiff_t *rows, ptrdiff_t n_rows,
                         int log_y, tl_training *t, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_training_free(tl_training *t);

/* Value on the scale of the model = intercept + scene . x + generated . transfer(x). A linear
 * transfer is already multiplied into scene, so generated and transfer are only there for networks.
 * Owner. */
typedef struct tl_function {
    ptrdiff_t p;
    double intercept;
    double *scene;     /* [p] */
    double *generated; /* [p], NULL when transfer is not used */
    tl_transfer transfer;
    int components;
    /* exp(value) * smearing is the property when the logarithm is modelled: the mean of
     * exp(training residual), Duan 1983, J. Am. Stat. Assoc. 78:605. Else 1. */
    double smearing;
} tl_function;

/* Fits on the training rows: transfer, number of components by inner cross-validation (its folds
 * are drawn from the seed and from index), regression.
 *
 * given   NULL, or a transfer that takes the place of the fitted one; emptied (moved into f)
 * index   names the fit, so that each has folds of its own
 * f       uninitialised; empty on failure
 * fails   TL_DATA fewer than 4 rows, or fewer than 2 independent samples; what the transfer fails
 *         with; TL_NOMEM */
tl_code tl_function_fit(const tl_training *t, const tl_pipeline_options *o, tl_transfer *given,
                        uint32_t index, tl_function *f, tl_err *err);

/* Values on the scale of the model.
 *
 * x       [n, p] spectra of pixels; lab spectra for lab features
 * value   [n] out
 * NaN     anywhere in a row gives NaN
 * fails   TL_SHAPE; TL_NOMEM */
tl_code tl_function_evaluate(const tl_function *f, const tl_matrix *x, double *value, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_function_free(tl_function *f);

#endif
