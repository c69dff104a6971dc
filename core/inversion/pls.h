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
    ptrdiff_t components;   /* may be fewer than max_components: see tl_inversion_pls_fit */
    tl_matrix coefficients; /* [components + 1, p]; row 0 is zero */
    double *intercept;      /* [components + 1]; intercept[0] is the mean of y */
} tl_pls;

/* Fits y on the rows of x, columns centred. Kernel form with deflation of X'y only: starting with s
 * = X'y, every component is
 *   w = s / |s|,   r = w - sum_j (P_j'w) R_j,   t = X r,   P = X't / t't,   q = r's / t't,
 *   s -= P q t't,  b += r q.
 * It stops early when the remainder of X'y is below 1e-12 of its start: more components would fit
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

/* Owner: the latent space of a fit, by which a spectrum is compared with the training spectra. Row
 * a - 1 belongs to component a. */
typedef struct tl_pls_space {
    ptrdiff_t n;          /* training samples */
    ptrdiff_t components; /* as in tl_pls */
    tl_matrix weight;     /* [components, p] w, length 1 */
    tl_matrix rotation;   /* [components, p] R: t = ((x - mean) / scale)' R_a */
    tl_matrix loading;    /* [components, p] P */
    tl_matrix score;      /* [components, n] t of the training samples */
    double *y_loading;    /* [components] q */
    double *squares;      /* [components] t't */
    double *mean;         /* [p] of the training spectra */
    double *scale;        /* [p] 1 without autoscale; 0 = the column is constant and not used */
} tl_pls_space;

/* tl_inversion_pls_fit, which also keeps its latent space.
 *
 * out, space  initialised here; the same out, bit by bit
 * cost        as tl_inversion_pls_fit, and memory for 3 A p + A n numbers */
tl_code tl_inversion_pls_fit_space(const tl_matrix *x, const double *y, ptrdiff_t max_components,
                                   int autoscale, tl_pls *out, tl_pls_space *space, tl_err *err);

/* Importance of every band in the projection with a components,
 *   VIP_j = sqrt(p sum_k SS_k w_jk^2 / sum_k SS_k),   SS_k = q_k^2 t_k't_k.
 * Their mean square is 1, so bands above 1 count more than the average one.
 *
 * a       1 .. components; a number above the fitted ones means the last
 * vip     [p] out; 0 for all when nothing is explained
 * source  Wold, Johansson & Cocchi 1993; Chong & Jun 2005, Chemom. Intell. Lab. Syst. 78:103 */
void tl_inversion_pls_vip(const tl_pls_space *space, ptrdiff_t a, double *vip);

/* Distance of a spectrum from the training spectra, inside the latent space and outside it:
 *   T2 = sum_k t_k^2 / (t_k't_k / (n - 1)),   Q = sum_j (x_j - sum_k t_k P_kj)^2, x centred and
 * scaled. A band that was constant in training does not count.
 *
 * a       1 .. components; a number above the fitted ones means the last
 * x       [p]
 * work    [p] scratch
 * t2, q out; NaN when x has a NaN
 * source  Hotelling 1931, Ann. Math. Stat. 2:360; Jackson & Mudholkar 1979, Technometrics 21:341 */
void tl_inversion_pls_distance(const tl_pls_space *space, ptrdiff_t a, const double *x,
                               double *work, double *t2, double *q);

/* Limits that a new spectrum of the training population exceeds with probability 1 - level:
 *   T2: a (n^2 - 1) / (n (n - a)) F(level; a, n - a),
 *   Q:  g chi2(level; h), g = v / (2 m), h = 2 m^2 / v, mean m and variance v of the training Q.
 *
 * x         [n, p] the training spectra
 * t2, q     out; NaN where n <= a; q is 0 when the components explain the spectra exactly
 * fails     TL_SHAPE x has not the shape of the training spectra; TL_NOMEM
 * source    Tracy, Young & Mason 1992, J. Qual. Technol. 24:88; Nomikos & MacGregor 1995,
 *           Technometrics 37:41 */
tl_code tl_inversion_pls_limits(const tl_pls_space *space, ptrdiff_t a, const tl_matrix *x,
                                double level, double *t2, double *q, tl_err *err);

void tl_inversion_pls_space_free(tl_pls_space *space);

/* The prediction of one spectrum, summed in band order.
 *
 * a       number of components; a number above the fitted ones means the last
 * x       [p]
 * returns unit of y; NaN when x has a NaN */
double tl_inversion_pls_predict(const tl_pls *fit, ptrdiff_t a, const double *x);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_inversion_pls_free(tl_pls *fit);

#endif
