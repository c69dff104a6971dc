/* SPDX-License-Identifier: GPL-2.0-or-later
 * The logistic function of whole arrays. */
#ifndef TL_FUSION_SIGMOID_H
#define TL_FUSION_SIGMOID_H

#include <stddef.h>

/* y = 1 / (1 + exp(-x)).
 *
 * x    [n]
 * y    [n]; may be x
 * NaN  stays NaN
 * cost one exponential a value; the same bits for every n and processor */
void tl_fusion_sigmoid(ptrdiff_t n, const double *x, double *y);

/* The same in float and in place, with the float exponential. */
void tl_fusion_sigmoid_float(ptrdiff_t n, float *x);

#endif
