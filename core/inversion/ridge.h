/* SPDX-License-Identifier: GPL-2.0-or-later
 * Ridge regression of one property: least squares with a penalty on the squared coefficients. */
#ifndef TL_INVERSION_RIDGE_H
#define TL_INVERSION_RIDGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/matrix.h"
#include "base/status.h"
#include "inversion/inner.h"

enum { tl_ridge_max_choices = 64 };

typedef struct tl_ridge_options {
    int n_share;
    double share[tl_ridge_max_choices]; /* lambda / (trace(X'X) / n), 1e-12 .. 1e6, increasing */
    int autoscale; /* 1: every feature is divided by its standard deviation first */
} tl_ridge_options;

/* What was chosen. */
typedef struct tl_ridge_setting {
    double share; /* lambda as a share of trace(X'X) / n, X centred (and scaled) */
} tl_ridge_setting;

/* value = intercept + sum_j coefficients[j] x_j, x in its own units. Owner; zeroed = empty. */
typedef struct tl_ridge {
    ptrdiff_t m;
    double intercept;
    double *coefficients; /* [m] */
} tl_ridge;

/* Shares 1e-6, 10^-5.5 .. 1e2; no scaling. */
tl_ridge_options tl_inversion_ridge_defaults(void);

/* Checks every range.
 *
 * fails  TL_ARG with the name of the option */
tl_code tl_inversion_ridge_options_check(const tl_ridge_options *o, tl_err *err);

/* Chooses the share with the smallest pooled squared error of the held-out rows; of equal ones the
 * larger share. One eigendecomposition per division, of the smaller of X'X and XX', serves all
 * shares.
 *
 * set    [n_sets]; every one of the n rows is held out in exactly one of them
 * index  not used: nothing is drawn
 * best   out
 * error  [n] out: predicted minus observed value of each row with that setting, unit of y
 * fails  TL_ARG; TL_SHAPE no row or no feature; TL_NUMERIC; TL_NOMEM
 * source Hoerl & Kennard 1970, Technometrics 12:55 */
tl_code tl_inversion_ridge_tune(const tl_inner_set *set, int n_sets, ptrdiff_t n,
                                const tl_ridge_options *o, uint32_t index, tl_ridge_setting *best,
                                double *error, tl_err *err);

/* Fits b = (X'X + lambda I)^-1 X'y with lambda = share trace(X'X) / n; X and y centred.
 *
 * x      [n, m] finite
 * y      [n] finite
 * index  not used: nothing is drawn
 * out    uninitialised; empty on failure
 * fails  as tl_inversion_ridge_tune
 * cost   n m min(n, m) + 9 min(n, m)^3 multiply-adds */
tl_code tl_inversion_ridge_fit(const tl_matrix *x, const double *y, const tl_ridge_options *o,
                               const tl_ridge_setting *setting, uint32_t index, tl_ridge *out,
                               tl_err *err);

/* The value of one row, summed in the order of features.
 *
 * row     [m]
 * returns unit of y; NaN when the row has a NaN */
double tl_inversion_ridge_predict(const tl_ridge *ridge, const double *row);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_inversion_ridge_free(tl_ridge *ridge);

#endif
