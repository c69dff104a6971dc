/* SPDX-License-Identifier: GPL-2.0-or-later
 * What covers a cell: cloud, snow, water, plants, crop residue, or else bare soil. */
#ifndef TL_IMAGERY_SURFACES_H
#define TL_IMAGERY_SURFACES_H

#include "imagery/windows.h"

/* The numbers are those of class rasters: add at the end, never reorder. */
typedef enum tl_surface {
    TL_SURFACE_NONE = 0, /* no value */
    TL_SURFACE_SOIL = 1,
    TL_SURFACE_RESIDUE = 2,
    TL_SURFACE_PLANTS = 3,
    TL_SURFACE_WATER = 4,
    TL_SURFACE_SNOW = 5,
    TL_SURFACE_CLOUD = 6,
    TL_SURFACE_OUTSIDE = 7, /* of the land cover that the user chose */
    TL_SURFACES
} tl_surface;

/* Thresholds between the classes, with the defaults of maskscene; reflectance 0..1. */
typedef struct tl_surface_rules {
    int gf5_test;     /* use the cloud test of GF-5 */
    int general_test; /* use the cloud test without thermal bands */
    double cloud;     /* reflectance in blue and visible from which a cell is cloud; 0.3 */
    double ndsi;      /* snow from here; 0.4 */
    double snow_near; /* snow reflects at least this in the near infrared; 0.11 */
    double plants;    /* NDVI from which plants cover the soil; 0.3 */
    double residue;   /* cellulose absorption index from which residue covers the soil; 0.01 */
} tl_surface_rules;

/* Indices of one cell; NaN where a part of the spectrum is missing. */
typedef struct tl_surface_indices {
    double ndvi;      /* near infrared, red */
    double ndsi;      /* green, 1610 nm */
    double cellulose; /* (R2030 + R2210) / 2 - R2100, reflectance; above 0 with dry plant matter */
} tl_surface_indices;

/* source  Rouse et al. 1974; Hall, Riggs and Salomonson 1995; Nagler et al. 2003, Remote Sens.
 *         Environ. 87:310 */
tl_surface_indices tl_imagery_indices(const double window[TL_WINDOWS]);

/* What covers the cell. Snow is tested before cloud, as both are bright; then water, plants,
 * residue.
 *
 * window  reflectance, of the surface or at the top of the atmosphere
 * NaN     no value in red or near infrared returns TL_SURFACE_NONE; a rule whose part of the
 *         spectrum is missing is not met
 * source  cloud: public code for GF-5, and Zhu and Woodcock 2012, Remote Sens. Environ. 118:83,
 *         eq. 1-4, 6 (without thermal bands) and 5 (water); snow: Hall et al. 1995, Remote Sens.
 *         Environ. 54:127 */
tl_surface tl_imagery_classify(const double window[TL_WINDOWS], const tl_surface_indices *index,
                               const tl_surface_rules *rules);

/* The name of a class, for example "bare soil". */
const char *tl_imagery_surface_name(tl_surface surface);

#endif
