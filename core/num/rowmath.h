/* SPDX-License-Identifier: GPL-2.0-or-later
 * Logarithm, exponential and arctangent of many numbers side by side. */
#ifndef TL_NUM_ROWMATH_H
#define TL_NUM_ROWMATH_H

#include <stddef.h>

/* Bound of the relative error of the functions below, generous: they are within 1e-15. Who rounds to
 * float knows with it whether the C library would have given the same float, which is so but once in
 * a hundred thousand numbers, and asks the library for the rest. */
#define TL_ROW_ERROR 1e-14

/* The same bits on every processor. x and y [n] must not overlap. A loop over whole rows is what the
 * compiler can spread over vector registers; calls of the C library are not.
 *
 * tl_num_row_log   natural logarithm of normal numbers above 0; anything else gives a number without
 *              meaning, NaN gives NaN or such a number
 * tl_num_row_exp   for -700 .. 700; likewise
 * tl_num_row_atan  for numbers from 0 on; NaN gives NaN */
void tl_num_row_log(const double *x, double *y, ptrdiff_t n);
void tl_num_row_exp(const double *x, double *y, ptrdiff_t n);
void tl_num_row_atan(const double *x, double *y, ptrdiff_t n);

#endif
