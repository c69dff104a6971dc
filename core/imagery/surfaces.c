/* SPDX-License-Identifier: GPL-2.0-or-later
 * What covers a cell; see surfaces.h. */
#include "imagery/surfaces.h"

#include <math.h>

#include "imagery/index.h"

static const char *const names[TL_SURFACES] = {
    [TL_SURFACE_NONE] = "no value",   [TL_SURFACE_SOIL] = "bare soil",
    [TL_SURFACE_RESIDUE] = "residue", [TL_SURFACE_PLANTS] = "plants",
    [TL_SURFACE_WATER] = "water",     [TL_SURFACE_SNOW] = "snow or ice",
    [TL_SURFACE_CLOUD] = "cloud",     [TL_SURFACE_OUTSIDE] = "outside the land cover",
};

const char *tl_imagery_surface_name(tl_surface surface) {
    return names[surface];
}

tl_surface_indices tl_imagery_indices(const double window[TL_WINDOWS]) {
    const double shoulders =
        0.5 * (window[TL_WINDOW_CELLULOSE_LEFT] + window[TL_WINDOW_CELLULOSE_RIGHT]);
    return (tl_surface_indices){
        tl_imagery_normalised_difference(window[TL_WINDOW_NEAR], window[TL_WINDOW_RED]),
        tl_imagery_normalised_difference(window[TL_WINDOW_GREEN], window[TL_WINDOW_SHORT]),
        shoulders - window[TL_WINDOW_CELLULOSE]};
}

/* Bright in blue and visible light, or high and cold: little water vapour above it at 1350 nm and
 * much less light from below at 2015 nm. The ratios are written as products, so that a T3 or T4
 * near zero does no harm. */
static int gf5_cloud(const double *w, double bright) {
    const double t1 = w[TL_WINDOW_DEEP_BLUE];
    const double t3 = w[TL_WINDOW_EDGE];
    const double t4 = w[TL_WINDOW_CARBON];
    return (t1 > bright && w[TL_WINDOW_VISIBLE] > bright) ||
           (t3 > 0.04 && t1 > 0.15 && t1 > 7.5 * t4 && t4 < t3);
}

/* White, hazy, bright in the short-wave infrared and not bright rock. */
static int general_cloud(const double *w, const tl_surface_indices *index, double bright) {
    const double mean = (w[TL_WINDOW_BLUE] + w[TL_WINDOW_GREEN] + w[TL_WINDOW_RED]) / 3.0;
    const double colour = fabs(w[TL_WINDOW_BLUE] - mean) + fabs(w[TL_WINDOW_GREEN] - mean) +
                          fabs(w[TL_WINDOW_RED] - mean);
    return mean > bright && w[TL_WINDOW_LONG] > 0.03 && index->ndsi < 0.8 && index->ndvi < 0.8 &&
           colour < 0.7 * mean && w[TL_WINDOW_BLUE] - 0.5 * w[TL_WINDOW_RED] > 0.08 &&
           w[TL_WINDOW_NEAR] > 0.75 * w[TL_WINDOW_SHORT];
}

tl_surface tl_imagery_classify(const double window[TL_WINDOWS], const tl_surface_indices *index,
                               const tl_surface_rules *rules) {
    const double near = window[TL_WINDOW_NEAR];
    if (isnan(near) || isnan(window[TL_WINDOW_RED])) {
        return TL_SURFACE_NONE;
    }
    if (index->ndsi > rules->ndsi && near > rules->snow_near) {
        return TL_SURFACE_SNOW;
    }
    if ((rules->gf5_test && gf5_cloud(window, rules->cloud)) ||
        (rules->general_test && general_cloud(window, index, 0.8 * rules->cloud))) {
        return TL_SURFACE_CLOUD;
    }
    if ((index->ndvi < 0.01 && near < 0.11) || (index->ndvi < 0.1 && near < 0.05)) {
        return TL_SURFACE_WATER;
    }
    if (index->ndvi >= rules->plants) {
        return TL_SURFACE_PLANTS;
    }
    return index->cellulose >= rules->residue ? TL_SURFACE_RESIDUE : TL_SURFACE_SOIL;
}
