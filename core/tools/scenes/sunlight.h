/* SPDX-License-Identifier: GPL-2.0-or-later
 * Sun and sunlight of a scene for tools that turn radiance into reflectance: from the user's
 * parameters, from the facts of the scene, or computed from time and position. */
#ifndef TL_TOOLS_SCENES_SUNLIGHT_H
#define TL_TOOLS_SCENES_SUNLIGHT_H

#include "atmosphere/sun.h"
#include "job/algorithm.h"

/* The parameters that tl_sunlight_fill_facts understands; a tool lists those that it needs. */
#define TL_SUNLIGHT_ARGUMENTS                                                        \
    {.id = "sun_zenith",                                                             \
     .kind = TL_ARG_NUMBER,                                                          \
     .label = "Sun zenith angle",                                                    \
     .unit = "degree",                                                               \
     .help =                                                                         \
         "Angle of the sun from the vertical. Without it, the angle that the scene " \
         "states is used, or it is computed from time and position.",                \
     .optional = 1,                                                                  \
     .min = 0.0,                                                                     \
     .max = 89.0},                                                                   \
        {.id = "time",                                                               \
         .kind = TL_ARG_TEXT,                                                        \
         .label = "Time (UTC)",                                                      \
         .help =                                                                     \
             "Moment of the acquisition in UTC, for example 2022-04-24T03:12:05Z. "  \
             "Without it, the time that the scene states is used. Chinese products " \
             "state Beijing time; subtract 8 hours.",                                \
         .optional = 1},                                                             \
        {.id = "latitude",                                                           \
         .kind = TL_ARG_NUMBER,                                                      \
         .label = "Latitude",                                                        \
         .unit = "degree",                                                           \
         .help =                                                                     \
             "Latitude of the centre of the scene, north positive. Without it, the " \
             "position that the scene states is used.",                              \
         .optional = 1,                                                              \
         .advanced = 1,                                                              \
         .min = -90.0,                                                               \
         .max = 90.0},                                                               \
        {.id = "longitude",                                                          \
         .kind = TL_ARG_NUMBER,                                                      \
         .label = "Longitude",                                                       \
         .unit = "degree",                                                           \
         .help =                                                                     \
             "Longitude of the centre of the scene, east positive. Without it, the " \
             "position that the scene states is used.",                              \
         .optional = 1,                                                              \
         .advanced = 1,                                                              \
         .min = -180.0,                                                              \
         .max = 180.0},                                                              \
    {                                                                                \
        .id = "earth_sun_distance", .kind = TL_ARG_NUMBER,                           \
        .label = "Distance between earth and sun", .unit = "au",                     \
        .help =                                                                      \
            "Distance in astronomical units. Without it, the value that the scene "  \
            "states is used, or it is computed from the date.",                      \
        .optional = 1, .advanced = 1, .min = 0.98, .max = 1.02                       \
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

/* Completes the facts of a scene: parameters replace what the scene states, and what neither has is
 * computed from time and position. A geographic scene without a position gets that of its centre.
 * Logs a warning when the sun of the scene and the computed one differ by more than the tolerance.
 *
 * facts  in: of the scene; out: completed, as far as possible
 * fails  TL_ARG the time cannot be read */
tl_code tl_sunlight_fill_facts(const tl_job *job, const tl_raster_info *info, tl_scene_facts *facts,
                               tl_err *err);

/* Sunlight at the top of the atmosphere, at 1 astronomical unit in the bands of a scene.
 *
 * path  table of the user with the columns wavelength (nm, or um when all are below 100) and
 *       irradiance (W m-2 um-1), of the parameter irradiance; NULL = the built-in spectrum
 * out   [bands->n] W m-2 um-1
 * NaN   bands without wavelength or beyond the table
 * fails TL_DATA the table lacks columns or rows, or is far from the built-in one: another unit */
tl_code tl_sunlight_band_irradiance(const tl_job *job, const char *path, const tl_bands *bands,
                                    double *out, tl_err *err);

#endif
