/* SPDX-License-Identifier: GPL-2.0-or-later
 * Features and property in standard deviations of the training rows. */
#ifndef TL_INVERSION_STANDARDISE_H
#define TL_INVERSION_STANDARDISE_H

#include <stddef.h>

#include "base/matrix.h"
#include "base/status.h"

/* Mean and standard deviation (n - 1) of every column. A column that varies by no more than the
 * rounding of its mean gets scale 1e30, so that it has no influence.
 *
 * x      [n, m] finite, n >= 1
 * mean   [m] out
 * scale  [m] out, > 0 */
void tl_inversion_moments(const tl_matrix *x, double *mean, double *scale);

/* (x - mean) / scale of every row.
 *
 * to     uninitialised, becomes [n, m]; empty on failure
 * fails  TL_NOMEM */
tl_code tl_inversion_standardise(const tl_matrix *x, const double *mean, const double *scale,
                                 tl_matrix *to, tl_err *err);

/* Squared Euclidean distances between rows, summed in column order.
 *
 * a, b   [n, m] and [l, m]
 * to     uninitialised, becomes [n, l]; empty on failure
 * fails  TL_NOMEM */
tl_code tl_inversion_squared_distances(const tl_matrix *a, const tl_matrix *b, tl_matrix *to,
                                       tl_err *err);

#endif
