/* SPDX-License-Identifier: GPL-2.0-or-later
 * What is known about a scene as a whole, and the form in which a scene is stored. */
#ifndef TL_SOURCE_SCENE_H
#define TL_SOURCE_SCENE_H

#include "base/bands.h"

/* Facts of one acquisition. They are stored with the scene in the metadata domain TILTH_SCENE, so
 * that calibration and atmospheric correction need no second file. */
typedef struct tl_scene_facts {
    char sensor[32];         /* "GF5B AHSI"; "" = unknown, as in all texts here */
    char level[32];          /* "L1", "L2A", in the product's own words */
    char utc[32];            /* ISO 8601, "2022-04-24T03:12:05Z" */
    double latitude_deg;     /* of the centre, WGS 84; NaN = unknown, as in all numbers here */
    double longitude_deg;    /* of the centre, east positive */
    double elevation_m;      /* mean height of the surface */
    double sun_zenith_deg;   /* from the vertical */
    double sun_azimuth_deg;  /* clockwise from north */
    double view_zenith_deg;  /* from the vertical */
    double view_azimuth_deg; /* clockwise from north */
    double earth_sun_au;     /* distance in astronomical units */
    double water_vapour_g_cm2;
    double aod_550; /* aerosol optical depth at 550 nm */
} tl_scene_facts;

/* All unknown. */
tl_scene_facts tl_source_scene_facts_none(void);

typedef enum tl_stored_type { TL_STORED_FLOAT32, TL_STORED_INT16, TL_STORED_UINT16 } tl_stored_type;
typedef enum tl_interleave { TL_BY_BAND, TL_BY_LINE, TL_BY_PIXEL } tl_interleave;

/* How a scene is stored. Whole numbers are round((value - offset) / scale) with the scale and
 * offset of the band table, clipped to the type, and the NoData of the band table where the value
 * is NaN. */
typedef struct tl_scene_form {
    tl_stored_type type;
    tl_interleave interleave;
} tl_scene_form;

#endif
