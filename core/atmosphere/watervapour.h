/* SPDX-License-Identifier: GPL-2.0-or-later
 * The column of water vapour above each cell of a scene, from the depth of its absorption bands. */
#ifndef TL_ATMOSPHERE_WATERVAPOUR_H
#define TL_ATMOSPHERE_WATERVAPOUR_H

#include <stddef.h>

#include "atmosphere/airbands.h"

enum { TL_WATER_MAX_BANDS = 64 };

/* The bands of one absorption feature: those inside it, and the shoulders on both sides. */
typedef struct tl_water_feature {
    ptrdiff_t n; /* bands that are used; 0 = the scene lacks the feature */
    ptrdiff_t band[TL_WATER_MAX_BANDS];
    int part[TL_WATER_MAX_BANDS]; /* 0 left shoulder, 1 inside, 2 right shoulder */
    double centre_nm[3];          /* mean wavelength of each part */
} tl_water_feature;

/* The feature at 940 nm (925-955 nm between 865-885 and 1020-1040 nm) or 1130 nm (1120-1150 nm
 * between 1060-1090 and 1230-1250 nm).
 *
 * usable   [bands->n] 1 where a band may be used
 * returns  1 when the scene has bands in all three parts */
int tl_atmosphere_water_feature_find(const double *centre_nm, const int *usable, ptrdiff_t n,
                                     int at_1130, tl_water_feature *feature);

/* The load for which the ground inside the feature is as bright as the straight line between its
 * shoulders.
 *
 * top     [feature->n] reflectance at the top of the atmosphere, in the order of feature->band
 * returns g cm-2, inside the axis of bands; NaN where a value is missing or the shoulders reflect
 *         less than 0.02
 * source  Gao and Goetz 1990, J. Geophys. Res. 95:3549 (continuum over the shoulders); Kaufman and
 *         Gao 1992, IEEE Trans. Geosci. Remote Sens. 30:871 (940 nm) */
double tl_atmosphere_water_retrieve(const tl_air_bands *bands, const tl_water_feature *feature,
                                    const float *top);

#endif
