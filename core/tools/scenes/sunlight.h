/* SPDX-License-Identifier: GPL-2.0-or-later
 * Sun and sunlight of a scene for tools that turn radiance into reflectance: from the user's
 * parameters, from the facts of the scene, or computed from time and place. */
#ifndef TL_TOOLS_SCENES_SUNLIGHT_H
#define TL_TOOLS_SCENES_SUNLIGHT_H

#include "atmosphere/sun.h"
#include "job/algorithm.h"

/* The parameters that tl_sunlight_fill_facts understands; a tool lists those that it wants. */
#define TL_SUNLIGHT_ARGUMENTS                                                                 \
    {.id = "sun_zenith",                                                                      \
     .kind = TL_ARG_NUMBER,                                                                   \
     .label = "Sun zenith angle",                                                             \
     .unit = "degree",                                                                        \
     .help =                                                                                  \
         "Angle of the sun from the vertical, in place of what the scene says. Without both " \
         "it is computed from time and place.",                                               \
     .optional = 1,                                                                           \
     .min = 0.0,                                                                              \
     .max = 89.0},                                                                            \
        {.id = "time",                                                                        \
         .kind = TL_ARG_TEXT,                                                                 \
         .label = "Time (UTC)",                                                               \
         .help =                                                                              \
             "Moment of the acquisition in UTC, for example 2022-04-24T03:12:05Z, in place "  \
             "of what the scene says. Chinese products give the time of Beijing: 8 hours "    \
             "less.",                                                                         \
         .optional = 1},                                                                      \
        {.id = "latitude",                                                                    \
         .kind = TL_ARG_NUMBER,                                                               \
         .label = "Latitude",                                                                 \
         .unit = "degree",                                                                    \
         .help = "Of the centre of the scene, north positive.",                               \
         .optional = 1,                                                                       \
         .advanced = 1,                                                                       \
         .min = -90.0,                                                                        \
         .max = 90.0},                                                                        \
        {.id = "longitude",                                                                   \
         .kind = TL_ARG_NUMBER,                                                               \
         .label = "Longitude",                                                                \
         .unit = "degree",                                                                    \
         .help = "Of the centre of the scene, east positive.",                                \
         .optional = 1,                                                                       \
         .advanced = 1,                                                                       \
         .min = -180.0,                                                                       \
         .max = 180.0},                                                                       \
    {                                                                                         \
        .id = "earth_sun_distance", .kind = TL_ARG_NUMBER, .label = "Distance of the sun",    \
        .unit = "au",                                                                         \
        .help =                                                                               \
            "Distance between earth and sun in astronomical units, in place of what the "     \
            "scene says or its date gives.",                                                  \
        .optional = 1, .advanced = 1, .min = 0.98, .max = 1.02                                \
    }

/* The sun of the metadata and the sun computed from time and position agree within hundredths of a
 * degree; a larger difference than this is a wrong time zone or a wrong position. */
#define TL_SUNLIGHT_TOLERANCE_DEG 2.0

typedef struct tl_sunlight_comparison {
    double angle_deg;           /* between both directions; of the zeniths without an azimuth */
    double zenith_error_deg;    /* of the zenith angle alone */
    double elevation_error_deg; /* if the angle of the facts were an elevation */
} tl_sunlight_comparison;

/* How far the sun of the facts is from the computed sun.
 *
 * NaN  all three without a zenith in the facts */
tl_sunlight_comparison tl_sunlight_compare(const tl_scene_facts *facts, const tl_sun *sun);

/* Sets zenith, azimuth and distance of the sun where the facts have none. */
void tl_sunlight_complete(tl_scene_facts *facts, const tl_sun *sun);

/* Completes the facts of a scene: parameters stand above what the scene says, and what neither
 * returns is computed from time and place. A geographic scene without a place gets that of its
 * centre. A sun of the scene that is more than 2 degrees away from the computed one is warned of.
 *
 * facts  in: of the scene; out: completed, as far as possible
 * fails  TL_ARG the time is none */
tl_code tl_sunlight_fill_facts(const tl_job *job, const tl_raster_info *info, tl_scene_facts *facts,
                               tl_err *err);

/* Sunlight above the air at 1 astronomical unit in the bands of a scene.
 *
 * path  table of the user with the columns wavelength (nm, or um when all are below 100) and
 *       irradiance (W m-2 um-1), of the parameter irradiance; NULL = the built-in spectrum
 * out   [bands->n] W m-2 um-1
 * NaN   bands without wavelength or beyond the table
 * fails TL_DATA the table is none, or lies far from the built-in one: another unit */
tl_code tl_sunlight_band_irradiance(const tl_job *job, const char *path, const tl_bands *bands,
                                    double *out, tl_err *err);

#endif
