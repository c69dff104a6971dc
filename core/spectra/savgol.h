/* SPDX-License-Identifier: GPL-2.0-or-later
 * Savitzky-Golay smoothing and derivatives of spectra that never reach across a gap.
 *
 * source  Savitzky & Golay 1964, Anal. Chem. 36:1627; polynomial ends: Gorry 1990, Anal. Chem.
 *         62:570 */
#ifndef TL_SPECTRA_SAVGOL_H
#define TL_SPECTRA_SAVGOL_H

#include <stddef.h>

#include "base/matrix.h"
#include "base/status.h"
#include "spectra/segments.h"

enum { TL_SAVGOL_MAX_WINDOW = 101, TL_SAVGOL_MAX_DEGREE = 6 };

typedef struct tl_savgol_options {
    ptrdiff_t window;     /* bands, odd, 3 .. TL_SAVGOL_MAX_WINDOW */
    ptrdiff_t degree;     /* of the polynomial, 0 .. TL_SAVGOL_MAX_DEGREE and below window */
    ptrdiff_t derivative; /* 0 = smoothing; at most degree */
    int true_wavelengths; /* 0: bands of a segment are evenly spaced; 1: at their wavelengths */
} tl_savgol_options;

/* The weights for a row of p bands: band j becomes a sum over its neighbours. Owner; zeroed =
 * empty. */
typedef struct tl_savgol {
    ptrdiff_t p;
    ptrdiff_t *first; /* [p] first band of the sum */
    ptrdiff_t *count; /* [p] number of bands in the sum */
    tl_matrix weight; /* [p, window] the first count of each row are used */
} tl_savgol;

/* The weights of one sum: the derivative, at position at, of the polynomial that fits values at the
 * positions t best in the least-squares sense.
 *
 * t           [n] distinct positions, any unit
 * degree      below n, at most TL_SAVGOL_MAX_DEGREE
 * derivative  at most degree
 * weight      [n] out; unit 1 / (unit of t)^derivative
 * fails       TL_NUMERIC positions coincide */
tl_code tl_spectra_savgol_weights(const double *t, ptrdiff_t n, ptrdiff_t degree,
                                  ptrdiff_t derivative, double at, double *weight, tl_err *err);

/* Weights for all bands. The outer half windows of a segment use the polynomial of its outermost
 * whole window. In a segment shorter than the window the window shrinks to the largest odd length;
 * when that is not above the degree, smoothing copies the values and derivatives are 0.
 *
 * centre_nm  [p] nm; NULL: bands are one unit apart, as for true_wavelengths = 0 of a single step
 * segments   of the p bands
 * savgol     uninitialised; empty on failure. Derivatives are per nm^derivative: the step of evenly
 *            spaced bands is the mean step of their segment
 * fails      TL_ARG an option outside its range; TL_NOMEM; TL_NUMERIC
 * cost       O(p window degree^2) */
tl_code tl_spectra_savgol_init(const tl_savgol_options *options, const double *centre_nm,
                               const tl_segments *segments, tl_savgol *savgol, tl_err *err);

/* One row.
 *
 * from, to  [p] must not overlap
 * NaN       spreads to all bands whose sum contains it */
void tl_spectra_savgol_row(const tl_savgol *savgol, const double *restrict from,
                           double *restrict to);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_spectra_savgol_free(tl_savgol *savgol);

#endif
