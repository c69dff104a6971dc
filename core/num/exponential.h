/* SPDX-License-Identifier: GPL-2.0-or-later
 * The exponential of many numbers at once, in double and in single precision: plain arithmetic that
 * the compiler can spread over vector registers, so that the bits are the same on every processor.
 * The two differ in the degree of their series, hence in their error, and in their limits. */
#ifndef TL_NUM_EXPONENTIAL_H
#define TL_NUM_EXPONENTIAL_H

#include <stddef.h>

/* y = exp(x), relative error below 4e-16. For arguments below -708 the result is exp(-708), for
 * those above 709 it is exp(709).
 *
 * x, y  [n]; may be the same array
 * NaN   stays NaN */
void tl_num_exp(ptrdiff_t n, const double *x, double *y);

/* y = exp(x) in single precision, relative error below 3e-7. For arguments below -87 the result is
 * exp(-87), for those above 88 it is exp(88).
 *
 * x, y  [n]; may be the same array
 * NaN   stays NaN */
void tl_num_exp_float(ptrdiff_t n, const float *x, float *y);

#endif
