/* SPDX-License-Identifier: GPL-2.0-or-later
 * The optimisation inside a support vector regression: a kernel matrix in, dual coefficients
 * out. */
#ifndef TL_INVERSION_SVR_SOLVE_H
#define TL_INVERSION_SVR_SOLVE_H

#include <stddef.h>

#include "base/matrix.h"
#include "base/status.h"

struct svm_node;

/* Kernel values of n rows with each other in the form that libsvm reads. Owner. */
typedef struct tl_svr_kernel {
    ptrdiff_t n;
    struct svm_node *node; /* [n, n + 1]; the first of a row holds the number of the row */
    struct svm_node **row; /* [n] */
} tl_svr_kernel;

/* Allocates memory for n rows.
 *
 * k      uninitialised; empty on failure
 * fails  TL_NOMEM */
tl_code tl_inversion_svr_kernel_init(tl_svr_kernel *k, ptrdiff_t n, tl_err *err);

/* Fills it with exp(-gamma d).
 *
 * squared  [n, n] squared distances d, symmetric */
void tl_inversion_svr_kernel_fill(tl_svr_kernel *k, const tl_matrix *squared, double gamma);

/* Fills it with values computed elsewhere.
 *
 * value  [n, n] symmetric, positive semidefinite */
void tl_inversion_svr_kernel_take(tl_svr_kernel *k, const tl_matrix *value);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_inversion_svr_kernel_free(tl_svr_kernel *k);

/* Minimises  b'Kb / 2 - y'b + epsilon |b|_1  with |b_i| <= cost and sum b = 0; the regression is
 * sum_i b_i K(x_i, x) + intercept.
 *
 * libsvm solves it to a gap of 1e-3 between the Karush-Kuhn-Tucker conditions. It keeps the kernel
 * in single precision, which bounds what it can reach, so a smaller gap is reached by the same kind
 * of steps in double precision, started from its result.
 *
 * y          [n] in standard deviations
 * cost       > 0
 * epsilon    >= 0, in standard deviations of y
 * stop       the gap, in standard deviations of y; it ends earlier, with the current solution,
 *            after 1e6 + 1e4 n steps
 * beta       [n] out
 * intercept  out
 * fails      TL_NOMEM; TL_NUMERIC the solution is not finite
 * cost       n^2 to n^3; no random numbers; safe from many threads at once
 * source     Smola & Schoelkopf 2004, Stat. Comput. 14:199; Fan, Chen & Lin 2005, J. Mach. Learn.
 *            Res. 6:1889; Chang & Lin 2011, ACM Trans. Intell. Syst. Technol. 2:27 */
tl_code tl_inversion_svr_solve(const tl_svr_kernel *k, const double *y, double cost, double epsilon,
                               double stop, double *beta, double *intercept, tl_err *err);

#endif
