/* SPDX-License-Identifier: GPL-2.0-or-later
 * Partial least squares regression of one property (PLS1), all numbers of components at once. */
#ifndef TL_INVERSION_PLS_H
#define TL_INVERSION_PLS_H

#include <stddef.h>

#include "base/matrix.h"
#include "base/status.h"

/* Owner. Row a of coefficients (a = 0 .. components) belongs to the model with a components: the
 * prediction of a spectrum x is intercept[a] + sum_j coefficients[a, j] x_j, x in its own units. */
typedef struct tl_pls {
    ptrdiff_t components;   /* may be fewer than asked: see tl_inversion_pls_fit */
    tl_matrix coefficients; /* [components + 1, p]; row 0 is zero */
    double *intercept;      /* [components + 1]; intercept[0] is the mean of y */
} tl_pls;

/* Fits y on the rows of x, columns centred. Kernel form with deflation of X'y only: starting with
 * s = X'y, every component takes
 *   w = s / |s|,   r = w - sum_j (P_j'w) R_j,   t = X r,   P = X't / t't,   q = r's / t't,
 *   s -= P q t't,  b += r q.
 * It stops early when what is left of X'y is below 1e-12 of its start: more components would fit
 * rounding errors.
 *
 * x               [n, p] finite
 * y               [n] finite
 * max_components  >= 0; not more than n - 1 and p are computed
 * autoscale       1: columns are also divided by their standard deviation (constant columns count
 *                 as zero)
 * out             initialised here
 * fails           TL_SHAPE x has no row or no column; TL_NOMEM
 * cost            O(n p A), one copy of x
 * source          Lindgren, Geladi & Wold 1993, J. Chemometrics 7:45; Dayal & MacGregor 1997,
 *                 J. Chemometrics 11:73 */
tl_code tl_inversion_pls_fit(const tl_matrix *x, const double *y, ptrdiff_t max_components,
                             int autoscale, tl_pls *out, tl_err *err);

/* The prediction of one spectrum, summed in band order.
 *
 * a      number of components; above the computed number means the last one
 * x      [p]
 * gives  unit of y; NaN when x holds one */
double tl_inversion_pls_predict(const tl_pls *fit, ptrdiff_t a, const double *x);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_inversion_pls_free(tl_pls *fit);

#endif
