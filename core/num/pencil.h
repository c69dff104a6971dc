/* SPDX-License-Identifier: GPL-2.0-or-later
 * Eigenvalues of one symmetric matrix in the units of another. */
#ifndef TL_NUM_PENCIL_H
#define TL_NUM_PENCIL_H

#include "base/matrix.h"
#include "base/status.h"

/* Solves A w = l B w for all l.
 *
 * a, b     [n, n] symmetric, B positive definite; the lower triangles are read, both are
 *          overwritten
 * values   [n] out: l, decreasing
 * vectors  uninitialised, becomes [n, n]: row i holds the w of values[i], w' B w = 1, its largest
 *          entry positive (the first one of equals); empty on failure
 * NaN      fails with TL_NUMERIC
 * fails    TL_SHAPE; TL_NUMERIC B is not positive definite; TL_NOMEM
 * cost     about 10 n^3
 * source   Golub & Van Loan 2013, Matrix Computations, 4th ed., section 8.7 */
tl_code tl_num_pencil(tl_matrix *a, tl_matrix *b, double *values, tl_matrix *vectors, tl_err *err);

#endif
