/* SPDX-License-Identifier: GPL-2.0-or-later
 * Position and distance of the sun. */
#ifndef TL_ATMOSPHERE_SUN_H
#define TL_ATMOSPHERE_SUN_H

#include "base/status.h"

typedef struct tl_sun {
    double zenith_deg;  /* from the vertical, without refraction */
    double azimuth_deg; /* clockwise from north */
    double distance_au; /* of the earth */
} tl_sun;

/* The sun over a position at a time, from the low-precision formulas of the Astronomical Almanac:
 * within 0.01 degree and 0.0001 astronomical units from 1950 to 2050.
 *
 * utc            "2022-04-24T03:12:05Z"; the Z and fractions of seconds may be missing
 * latitude_deg   -90..90
 * longitude_deg  east positive
 * fails          TL_ARG the text is not such a time, or the position is not on the earth
 * source         Michalsky 1988, Solar Energy 40:227 */
tl_code tl_atmosphere_sun(const char *utc, double latitude_deg, double longitude_deg, tl_sun *sun,
                          tl_err *err);

#endif
