/* SPDX-License-Identifier: GPL-2.0-or-later
 * The angle between two spectra. Its gradient, for training, is in fusion/loss_sad.h. */
#ifndef TL_SPECTRA_ANGLE_H
#define TL_SPECTRA_ANGLE_H

#include <stddef.h>

/* The angle between two spectra, in radians, 0 to pi, over the bands that both have; NaN when there
 * are none or one spectrum is zero. 2 atan2(|u - v|, |u + v|) of the unit vectors is exact for
 * small angles.
 *
 * a, b    [p]
 * source  Kruse et al. 1993, Remote Sens. Environ. 44:145; Kahan 2006 (this form) */
double tl_spectra_angle(const double *a, const double *b, ptrdiff_t p);

#endif
