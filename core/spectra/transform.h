/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fixed transforms of spectra before a regression. Nothing here is fitted: a row depends on itself
 * alone, so transforming before a split leaks nothing. */
#ifndef TL_SPECTRA_TRANSFORM_H
#define TL_SPECTRA_TRANSFORM_H

#include <stddef.h>

#include "base/matrix.h"
#include "base/status.h"
#include "spectra/savgol.h"
#include "spectra/segments.h"

typedef enum tl_transform_step {
    TL_STEP_ABSORBANCE = 0, /* log10(1 / R), R no lower than 1e-4 */
    TL_STEP_CONTINUUM,      /* R / upper hull, per segment */
    TL_STEP_SMOOTH,         /* Savitzky-Golay, per segment */
    TL_STEP_DERIVATIVE,     /* first derivative of it, per nm */
    TL_STEP_DERIVATIVE2,    /* second derivative of it, per nm^2 */
    TL_STEP_SNV             /* (value - mean of the row) / standard deviation (n - 1) of the row */
} tl_transform_step;

enum { TL_TRANSFORM_STEPS = 4 }; /* maximum number of steps of a chain */

/* Names of the steps for users, by tl_transform_step; NULL-terminated. */
extern const char *const tl_transform_words[];

/* A chain for spectra of p bands. Owner; zeroed = empty. No step: spectra stay as they are. */
typedef struct tl_transform {
    ptrdiff_t p;
    ptrdiff_t n_steps;
    tl_transform_step step[TL_TRANSFORM_STEPS];
    ptrdiff_t window; /* of smoothing and derivatives, bands */
    ptrdiff_t degree;
    double *centre_nm; /* [p] */
    tl_segments segments;
    tl_savgol savgol[TL_TRANSFORM_STEPS]; /* of the steps that have one */
} tl_transform;

/* Creates a chain from its name: "none" or step words joined by "+", as in
 * "absorbance+derivative+snv". The order is fixed, each group has at most one step:
 *   absorbance or continuum; smooth; derivative or derivative2; snv.
 *
 * window     odd, bands; usually 11
 * degree     of the polynomial; usually 2
 * centre_nm  [p] nm, in the order of the bands
 * transform  uninitialised; empty on failure
 * fails      TL_ARG an unknown word, another order, window or degree outside its range; TL_NOMEM
 * source     absorbance, snv: Barnes, Dhanoa & Lister 1989, Appl. Spectrosc. 43:772; continuum.h;
 *            savgol.h */
tl_code tl_spectra_transform_init(const char *name, ptrdiff_t window, ptrdiff_t degree,
                                  const double *centre_nm, ptrdiff_t p, tl_transform *transform,
                                  tl_err *err);

/* Checks a name alone: TL_OK or TL_ARG. */
tl_code tl_spectra_transform_check(const char *name, tl_err *err);

/* Transforms n spectra in place.
 *
 * x      [p, n] one band after the other
 * work   [(p + 2) * n + p] work space
 * NaN    in a band spreads to what depends on it; snv makes the whole spectrum NaN. A constant
 *        spectrum becomes 0 under snv
 * cost   O(p n), times the window for smoothing; the bits of a spectrum do not depend on n */
void tl_spectra_transform_block(const tl_transform *transform, double *x, ptrdiff_t n,
                                double *work);

/* The same for the rows of a matrix [n, p], in place.
 *
 * fails  TL_SHAPE; TL_NOMEM */
tl_code tl_spectra_transform_rows(const tl_transform *transform, tl_matrix *x, tl_err *err);

/* 1 when the chain is a linear map of the spectrum (no step, smoothing and derivatives only). */
int tl_spectra_transform_is_linear(const tl_transform *transform);

/* That map, for chains that are linear: transformed = map x.
 *
 * map    uninitialised, becomes [p, p]
 * fails  TL_INTERNAL the chain is not linear; TL_NOMEM */
tl_code tl_spectra_transform_linear(const tl_transform *transform, tl_matrix *map, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_spectra_transform_free(tl_transform *transform);

#endif
