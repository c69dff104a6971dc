/* SPDX-License-Identifier: GPL-2.0-or-later
 * Elevations as files store them, converted to metres: every tool that reads a DEM passes its values
 * through this file, so that all of them agree on which are elevations. */
#ifndef TL_RECIPES_ELEVATION_H
#define TL_RECIPES_ELEVATION_H

#include "job/algorithm.h"

enum { TL_ELEVATION_MARKS = 6, TL_ELEVATION_CODES = 4 };

/* Zeroed, then started. */
typedef struct tl_elevation {
    double height_m; /* metres per unit of the file */
    double origin;   /* in the unit of the file: subtracted from every value; 0 as a rule */
    double lowest;   /* in the unit of the file: what is below is no elevation on the Earth */
    double highest;
    int is_kept; /* 1: values beyond the limits are so many that they are used; the unit is doubted */
    /* Values that many files use for missing cells and that could be elevations. */
    ptrdiff_t mark_found[TL_ELEVATION_MARKS]; /* the last is 0 */
    ptrdiff_t n_near_zero;                    /* 0 included */
    ptrdiff_t n_values;
    /* Different values beyond the limits, and all others of them. */
    int n_codes;
    float code[TL_ELEVATION_CODES];
    ptrdiff_t code_found[TL_ELEVATION_CODES];
    ptrdiff_t n_others;
    float smallest; /* of the others */
    float largest;
} tl_elevation;

/* Finds how the values of band 1 of an open DEM are turned to metres: its unit
 * (tl_recipes_height_factor), the limits of the relief (12 000 m below and 9500 m above the sea on the
 * Earth, none on other bodies), and for files of more digits than float32 (Float64, a scale or an offset) a round height that is
 * subtracted from all values, where that keeps the relief of high plains and mountains. A factor
 * above 1 is interpreted as a vertical exaggeration, to which the limits do not apply.
 *
 * raster  the parameter dem; a few small windows of it are read
 * geo     of dem; height_origin_m is set
 * fails   as tl_recipes_height_factor and read_window of source/store.h; TL_DATA most values beyond
 *         the limits are different ones, and assumptions are refused */
tl_code tl_recipes_elevation_start(const tl_job *job, tl_raster *raster, tl_georef *geo,
                                   tl_elevation *e, tl_err *err);

/* Reads rows and turns them to metres above the origin; counts what tl_recipes_elevation_log reports.
 *
 * out  [n_rows, ncol]
 * NaN  NoData; values beyond the limits, unless they are kept */
tl_code tl_recipes_elevation_read(const tl_job *job, tl_elevation *e, tl_raster *raster,
                                  ptrdiff_t row0, ptrdiff_t n_rows, float *out, tl_err *err);

/* The same for n values that were read already, above the origin of e; in place. */
void tl_recipes_elevation_convert(tl_elevation *e, float *value, ptrdiff_t n);

/* After the last value: warns of values that look like missing ones, and of those that were
 * excluded.
 *
 * fails  TL_DATA most values beyond the limits were different ones, which the windows read before did
 *        not show; assumptions are refused */
tl_code tl_recipes_elevation_log(const tl_job *job, const tl_elevation *e, tl_err *err);

#endif
