/* SPDX-License-Identifier: GPL-2.0-or-later
 * The exponential of many numbers at once: plain arithmetic on vectors, so that the bits are the
 * same on every processor. */
#ifndef TL_NUM_EXPONENTIAL_H
#define TL_NUM_EXPONENTIAL_H

#include <stddef.h>

/* y = exp(x), relative error below 4e-16. Arguments below -708 give exp(-708), those above 709 give
 * exp(709).
 *
 * x, y  [n]; may be the same array
 * NaN   gives NaN */
void tl_num_exp(ptrdiff_t n, const double *x, double *y);

#endif
