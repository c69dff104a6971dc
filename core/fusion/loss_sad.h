/* SPDX-License-Identifier: GPL-2.0-or-later
 * The spectral angle, exact down to very small angles, and its gradient. */
#ifndef TL_FUSION_LOSS_SAD_H
#define TL_FUSION_LOSS_SAD_H

#include <stddef.h>

/* Angle between y and s [p] in radians, in [0, pi]; adds weight times its gradient with respect to
 * y to dy [p] (NULL: only the angle).
 *
 * The arccosine of the cosine loses all digits near 0 and its gradient divides by the sine. With
 * unit vectors u, v the half-angle form 2 atan2(|u - v|, |u + v|) keeps them. Below 1e-10 rad the
 * gradient has no direction left and counts as 0, as it does for opposite vectors. A y or s shorter
 * than 1e-12 gives 0 and no gradient; NaN gives NaN. cost   O(p), no allocation */
double tl_fusion_angle(ptrdiff_t p, const double *y, const double *s, double weight, double *dy);

/* Mean angle over rows of y and s [rows, p]; adds weight times the gradient of that mean to dy
 * [rows, p] (or NULL). */
double tl_fusion_sad(ptrdiff_t rows, ptrdiff_t p, const double *y, const double *s, double weight,
                     double *dy);

#endif
