/* SPDX-License-Identifier: GPL-2.0-or-later
 * Facts of a scene; see scene.h. */
#include "source/scene.h"

#include <math.h>

tl_scene_facts tl_source_scene_facts_none(void) {
    const double unknown = (double)NAN;
    return (tl_scene_facts){.latitude_deg = unknown,
                            .longitude_deg = unknown,
                            .elevation_m = unknown,
                            .sun_zenith_deg = unknown,
                            .sun_azimuth_deg = unknown,
                            .view_zenith_deg = unknown,
                            .view_azimuth_deg = unknown,
                            .earth_sun_au = unknown,
                            .water_vapour_g_cm2 = unknown,
                            .aod_550 = unknown};
}
