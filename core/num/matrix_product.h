/* SPDX-License-Identifier: GPL-2.0-or-later
 * Dense matrix products: every entry is one sum in increasing k, so it has the same bits whatever
 * the number of rows computed with it and whatever the processor's vector width. */
#ifndef TL_NUM_MATRIX_PRODUCT_H
#define TL_NUM_MATRIX_PRODUCT_H

#include <stddef.h>

/* C = A B (add = 0) or C += A B (add = 1).
 *
 * a      A(i, j) = a[i * a_row + j * a_col] for i < m and j < k, so A may be a transposed view
 * b      [k, n] row-major without padding
 * c      [m, n] row-major without padding; must not overlap A and B
 * NaN    spreads as in the sums
 * cost   m n k multiply-adds; no allocation; safe from many threads at once */
void tl_num_product(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const double *a, ptrdiff_t a_row,
                    ptrdiff_t a_col, const double *b, double *restrict c, int add);

/* to [ncol, nrow] = from [nrow, ncol] transposed; must not overlap. */
void tl_num_transpose(ptrdiff_t nrow, ptrdiff_t ncol, const double *restrict from,
                      double *restrict to);

#endif
