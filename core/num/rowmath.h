/* SPDX-License-Identifier: GPL-2.0-or-later
 * Logarithm and arctangent of many numbers at once; their exponential is in num/exponential.h. */
#ifndef TL_NUM_ROWMATH_H
#define TL_NUM_ROWMATH_H

#include <stddef.h>

/* A generous bound of the relative error of the functions below and of tl_num_exp, which are within
 * 1e-15. A caller that rounds to float decides with it whether the C library would have returned
 * the same float; it calls the library for the others, about one number in a hundred thousand. */
#define TL_ROW_ERROR 1e-14

/* The same bits on every processor. A loop over whole rows is what the compiler can spread over
 * vector registers; calls of the C library cannot be spread.
 *
 * x, y             [n] must not overlap
 * tl_num_row_log   natural logarithm of normal numbers above 0; for anything else, NaN included,
 *                  the result has no meaning
 * tl_num_row_atan  arctangent of numbers from 0 on; NaN stays NaN */
void tl_num_row_log(const double *x, double *y, ptrdiff_t n);
void tl_num_row_atan(const double *x, double *y, ptrdiff_t n);

#endif
