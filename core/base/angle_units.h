/* SPDX-License-Identifier: GPL-2.0-or-later
 * Pi, and degrees in radians. */
#ifndef TL_BASE_ANGLE_UNITS_H
#define TL_BASE_ANGLE_UNITS_H

#define TL_PI 3.14159265358979323846
#define TL_RADIANS_PER_DEGREE (TL_PI / 180.0)

#endif
