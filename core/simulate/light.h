/* SPDX-License-Identifier: GPL-2.0-or-later
 * Sunlight on slopes. */
#ifndef TL_SIMULATE_LIGHT_H
#define TL_SIMULATE_LIGHT_H

#include <stddef.h>

/* Direct sunlight on n cells relative to flat ground, for a sun of 35 degrees zenith and 150
 * degrees azimuth:
 *   cos i / cos z = cos s + tan z sin s cos(azimuth - aspect),   0 where the slope faces away.
 *
 * slope_rad   [n] s
 * aspect_rad  [n] clockwise from north, downhill; NaN = flat
 * light       [n] out
 * NaN         0 where the slope is NaN
 * source      Teillet, Guindon and Goodenough 1982, Can. J. Remote Sens. 8:84 (cosine law) */
void tl_simulate_light(const float *slope_rad, const float *aspect_rad, ptrdiff_t n, float *light);

#endif
