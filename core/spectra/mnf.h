/* SPDX-License-Identifier: GPL-2.0-or-later
 * Minimum noise fraction: directions of a scene in the order of their signal-to-noise ratio, in
 * units of the noise. Uses no property, so it is fitted once on a scene.
 *
 * source  Green, Berman, Switzer & Craig 1988, IEEE Trans. Geosci. Remote Sens. 26:65 */
#ifndef TL_SPECTRA_MNF_H
#define TL_SPECTRA_MNF_H

#include <jansson.h>
#include <stddef.h>

#include "base/matrix.h"
#include "base/status.h"

enum { TL_MNF_LOT = 256 };

/* Sums over pixels and over differences of neighbouring pixels, fed piece by piece. Owner; zeroed =
 * empty. */
typedef struct tl_mnf_sums {
    ptrdiff_t p;
    ptrdiff_t pixels;
    ptrdiff_t pairs;
    double *origin;    /* [p] the first pixel: sums are relative to it */
    double *sum;       /* [p] of pixel - origin */
    double *noise_sum; /* [p] of the differences */
    tl_matrix data;    /* [p, p] sum of (pixel - origin)(pixel - origin)' */
    tl_matrix noise;   /* [p, p] sum of difference difference' */
    tl_matrix lot;     /* [TL_MNF_LOT, p] waiting to be added; kept for the next call */
} tl_mnf_sums;

/* The transform: components = weight (x - mean). Owner; zeroed = empty. */
typedef struct tl_mnf {
    ptrdiff_t p;
    ptrdiff_t k;      /* components, 1 .. p */
    double *mean;     /* [p] of the scene */
    tl_matrix weight; /* [k, p] */
    double *ratio;    /* [k] decreasing: variance of the component; 1 = noise only */
} tl_mnf;

/* Empty sums for p bands.
 *
 * sums   uninitialised; empty on failure
 * fails  TL_NOMEM; TL_ARG p < 1 */
tl_code tl_spectra_mnf_sums_init(tl_mnf_sums *sums, ptrdiff_t p, tl_err *err);

/* Adds n pixels. The same pieces in the same order lead to the same bits.
 *
 * x     physical values: band j of pixel i is x[j * stride + i]
 * NaN   in any band excludes the pixel
 * cost  n p^2 multiply-adds; no allocation */
void tl_spectra_mnf_data_add(tl_mnf_sums *sums, const float *x, ptrdiff_t n, ptrdiff_t stride);

/* Adds the differences of two rows of n pixels: each pixel of the upper row minus its diagonal
 * neighbour (one column further) in the lower row.
 *
 * upper, lower  band j of pixel i is upper[j * stride + i]
 * NaN           in any band of a pair excludes the pair
 * cost          n p^2 multiply-adds; no allocation */
void tl_spectra_mnf_noise_add(tl_mnf_sums *sums, const float *upper, const float *lower,
                              ptrdiff_t n, ptrdiff_t stride);

/* Adds the sums of another part of the scene; the order of merging is part of the bits.
 *
 * fails  TL_SHAPE other bands */
tl_code tl_spectra_mnf_merge(tl_mnf_sums *into, const tl_mnf_sums *from, tl_err *err);

/* The covariance of the noise (half that of the differences) and of the data, as they enter the
 * fit. Fewer than 10 p pairs do not determine p (p + 1) / 2 covariances: the noise is then shrunk
 * towards its diagonal by 1 - pairs / (10 p), and always by a millionth, so that identical bands do
 * no harm. Its variances are at least a millionth of the data's (1 for a band that never changes).
 *
 * noise, data  uninitialised, become [p, p]
 * fails        TL_DATA fewer than 2 pairs or pixels; TL_NOMEM */
tl_code tl_spectra_mnf_covariances(const tl_mnf_sums *sums, tl_matrix *noise, tl_matrix *data,
                                   tl_err *err);

/* Solves S w = ratio S_noise w with w' S_noise w = 1 for the k largest ratios. The largest entry of
 * each w is positive.
 *
 * k      1 .. p
 * mnf    uninitialised; empty on failure
 * fails  TL_ARG k; TL_DATA as tl_spectra_mnf_covariances; TL_NUMERIC the noise is not positive
 *        definite; TL_NOMEM
 * cost   about 10 p^3 */
tl_code tl_spectra_mnf_fit(const tl_mnf_sums *sums, ptrdiff_t k, tl_mnf *mnf, tl_err *err);

/* Components of spectra, in units of the noise.
 *
 * x           [n, p]
 * components  uninitialised, becomes [n, k]
 * NaN         anywhere in a row makes its components NaN
 * fails       TL_SHAPE; TL_NOMEM */
tl_code tl_spectra_mnf_components(const tl_mnf *mnf, const tl_matrix *x, tl_matrix *components,
                                  tl_err *err);

/* The first k components only, in the uninitialised to.
 *
 * fails  TL_ARG k outside 1 .. mnf->k; TL_NOMEM */
tl_code tl_spectra_mnf_first(const tl_mnf *mnf, ptrdiff_t k, tl_mnf *to, tl_err *err);

/* The transform as a new JSON object {"mean" [p], "weight" [k][p], "ratio" [k]}, to be released
 * with json_decref; NULL on failure.
 *
 * fails  TL_NUMERIC a number is not finite; TL_NOMEM */
tl_code tl_spectra_mnf_to_json(const tl_mnf *mnf, json_t **json, tl_err *err);

/* Reads it back with the same bits; the document may be hostile.
 *
 * p      bands that it must have
 * mnf    uninitialised; empty on failure
 * fails  TL_FORMAT, naming the key; TL_NOMEM */
tl_code tl_spectra_mnf_from_json(const json_t *json, ptrdiff_t p, tl_mnf *mnf, tl_err *err);

/* Free; NULL, zeroed and already freed owners are fine. */
void tl_spectra_mnf_sums_free(tl_mnf_sums *sums);
void tl_spectra_mnf_free(tl_mnf *mnf);

#endif
