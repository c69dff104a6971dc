/* SPDX-License-Identifier: GPL-2.0-or-later
 * Linear equations with a symmetric positive definite matrix, by Cholesky's factorisation. */
#ifndef TL_NUM_CHOLESKY_H
#define TL_NUM_CHOLESKY_H

#include "base/matrix.h"
#include "base/status.h"

/* Factors a symmetric positive definite matrix, A = U'U.
 *
 * a      [n, n] A on entry, U in its upper triangle on return; the lower triangle is neither read
 *        nor written
 * NaN    fails with TL_NUMERIC
 * fails  TL_SHAPE a is not square; TL_NUMERIC a is not positive definite: a pivot is not above
 *        n * 2.2e-16 of the largest diagonal entry (a is then partly overwritten)
 * cost   n^3 / 3 multiply-adds, no allocation; the order of every sum is fixed
 * source Golub & Van Loan 2013, Matrix Computations, 4th ed., section 4.2 */
tl_code tl_num_cholesky_factor(tl_matrix *a, tl_err *err);

/* Solves U'U X = B in place.
 *
 * factor [n, n] the U of tl_num_cholesky_factor; read only
 * b      [n, m] B on entry, X on return
 * fails  TL_SHAPE the sides do not fit
 * cost   2 n^2 m multiply-adds, no allocation */
tl_code tl_num_cholesky_substitute(const tl_matrix *factor, tl_matrix *b, tl_err *err);

/* Both steps: factors a [n, n] and solves A X = B in place for b [n, m].
 *
 * a, b   both are overwritten
 * fails  as tl_num_cholesky_factor and tl_num_cholesky_substitute */
tl_code tl_num_cholesky_solve(tl_matrix *a, tl_matrix *b, tl_err *err);

#endif
