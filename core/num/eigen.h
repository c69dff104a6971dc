/* SPDX-License-Identifier: GPL-2.0-or-later
 * Eigenvalues and eigenvectors of symmetric matrices. */
#ifndef TL_NUM_EIGEN_H
#define TL_NUM_EIGEN_H

#include "base/matrix.h"
#include "base/status.h"

/* A = V' diag(values) V with orthonormal rows of V.
 *
 * a       [n, n] symmetric, finite; the lower triangle is read, and all of it overwritten
 * values  [n] out, decreasing
 * vectors uninitialised, becomes [n, n]; row k belongs to values[k]; empty on failure. Its sign is
 *         such that the entry of largest size (the first of equals) is positive
 * NaN     fails with TL_NUMERIC
 * fails   TL_SHAPE a is not square; TL_NUMERIC entries above 1e140; TL_NOMEM
 * cost    about 9 n^3 multiply-adds
 * source  Golub & Van Loan 2013, Matrix Computations, 4th ed., section 8.3 */
tl_code tl_num_symmetric_eigen(tl_matrix *a, double *values, tl_matrix *vectors, tl_err *err);

#endif
