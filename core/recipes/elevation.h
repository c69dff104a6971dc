/* SPDX-License-Identifier: GPL-2.0-or-later
 * Elevations as files store them, converted to metres: every tool that reads a DEM passes its values
 * through this file, so that all of them agree on which are elevations. */
#ifndef TL_RECIPES_ELEVATION_H
#define TL_RECIPES_ELEVATION_H

#include "job/algorithm.h"

enum { TL_ELEVATION_MARKS = 5, TL_ELEVATION_CODES = 4 };

/* Zeroed, then started. */
typedef struct tl_elevation {
    double height_m; /* metres per unit of the file */
    double lowest;   /* in the unit of the file: what is below is no elevation on the Earth */
    double highest;
    /* Values that many files use for missing cells and that could be elevations. */
    ptrdiff_t mark_found[TL_ELEVATION_MARKS];
    /* The first different values outside of lowest..highest, and all others of them. */
    float code[TL_ELEVATION_CODES];
    ptrdiff_t code_found[TL_ELEVATION_CODES];
    ptrdiff_t n_others;
    float least; /* of all values outside */
    float largest;
} tl_elevation;

/* Finds the unit of dem (tl_recipes_height_factor), and the limits of the relief: 12 000 m below and
 * 9500 m above the sea on the Earth, none on other bodies. A factor above 1 is interpreted as a vertical
 * exaggeration, to which the limits do not apply.
 *
 * geo    of dem
 * fails  as tl_recipes_height_factor */
tl_code tl_recipes_elevation_start(const tl_job *job, const tl_georef *geo, tl_elevation *e,
                                   tl_err *err);

/* Turns n values to metres, in place, and counts what tl_recipes_elevation_log reports.
 *
 * NaN  stays NaN; values beyond the relief become NaN */
void tl_recipes_elevation_convert(tl_elevation *e, float *value, ptrdiff_t n);

/* After the last value: warns of values that look like missing ones, and of those that were
 * excluded.
 *
 * fails  TL_DATA more different values are beyond the relief than missing cells are marked with,
 *        so that the unit is probably another one */
tl_code tl_recipes_elevation_log(const tl_job *job, const tl_elevation *e, tl_err *err);

#endif
