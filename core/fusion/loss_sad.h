/* SPDX-License-Identifier: GPL-2.0-or-later
 * The spectral angle, exact down to very small angles, and its gradient. */
#ifndef TL_FUSION_LOSS_SAD_H
#define TL_FUSION_LOSS_SAD_H

#include <stddef.h>

/* Angle between two spectra in radians, in [0, pi].
 *
 * The arccosine of the cosine loses all digits near 0 and its gradient divides by the sine. With
 * unit vectors u, v the half-angle form 2 atan2(|u - v|, |u + v|) keeps them. Below 1e-10 rad, and
 * for opposite vectors, the gradient has no defined direction and is 0. If y or s is shorter than
 * 1e-12, angle and gradient are 0.
 *
 * y, s    [p]
 * weight  of the gradient
 * dy      [p] weight times the gradient with respect to y is added; NULL = not wanted
 * NaN     makes the result NaN
 * cost    O(p), no allocation
 * source  Kruse et al. 1993, Remote Sens. Environ. 44:145 (the angle); Kahan 2006 (its form) */
double tl_fusion_angle(ptrdiff_t p, const double *y, const double *s, double weight, double *dy);

/* Mean of tl_fusion_angle over rows.
 *
 * y, s    [rows, p]
 * weight  of the gradient
 * dy      [rows, p] weight times the gradient of that mean is added; NULL = not wanted */
double tl_fusion_sad(ptrdiff_t rows, ptrdiff_t p, const double *y, const double *s, double weight,
                     double *dy);

#endif
