/* SPDX-License-Identifier: GPL-2.0-or-later
 * Sunlight on slopes; see light.h. */
#include "simulate/light.h"

#include <math.h>

static const double sun_zenith_rad = 0.61;  /* 35 degrees */
static const double sun_azimuth_rad = 2.62; /* 150 degrees */

void tl_simulate_light(const float *slope_rad, const float *aspect_rad, ptrdiff_t n, float *light) {
    for (ptrdiff_t i = 0; i < n; i++) {
        const double tilt = (double)slope_rad[i];
        const double towards = sun_azimuth_rad - (double)aspect_rad[i];
        const double slanted = isnan(aspect_rad[i]) ? 0.0 : sin(tilt) * cos(towards);
        light[i] = (float)fmax(0.0, cos(tilt) + tan(sun_zenith_rad) * slanted);
    }
}
