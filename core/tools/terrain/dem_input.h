/* SPDX-License-Identifier: GPL-2.0-or-later
 * The drained surface that the hydrological tools start from: a DEM, filled unless told
 * otherwise. */
#ifndef TL_TOOLS_TERRAIN_DEM_INPUT_H
#define TL_TOOLS_TERRAIN_DEM_INPUT_H

#include "base/grid.h"
#include "job/algorithm.h"

/* Descriptors of parameters that are the same in every tool that has them. */
#define TL_SURFACE_ARG_DEM                                                                      \
    {                                                                                           \
        .id = "dem", .kind = TL_ARG_RASTER, .label = "Elevation", .unit = "m",                  \
        .help =                                                                                 \
            "Elevation in metres, first band. Geographic grids (degrees) are measured in true " \
            "metres, row by row."                                                               \
    }
#define TL_SURFACE_ARG_FILL                                                                    \
    {                                                                                          \
        .id = "fill", .kind = TL_ARG_FLAG, .label = "Fill depressions first",                  \
        .help =                                                                                \
            "Fills depressions before routing. Turn it off only for a DEM that fillsinks has " \
            "already filled: water that enters a pit stays there.",                            \
        .fallback = "yes"                                                                      \
    }
#define TL_SURFACE_ARG_MIN_SLOPE                                                                 \
    {                                                                                            \
        .id = "min_slope", .kind = TL_ARG_NUMBER, .label = "Minimum slope of filled areas",      \
        .unit = "degree",                                                                        \
        .help =                                                                                  \
            "Filled depressions rise at least this much away from their outlet, so they drain. " \
            "0 gives the lowest surface; its flats then drain towards their exits.",             \
        .fallback = "0.01", .advanced = 1, .min = 0, .max = 45                                   \
    }

#define TL_SURFACE_ARG_CONVERGENCE                                                              \
    {                                                                                           \
        .id = "convergence", .kind = TL_ARG_NUMBER, .label = "Convergence", .unit = "",         \
        .help =                                                                                 \
            "Exponent of the routing to several neighbours: higher values gather the water in " \
            "fewer.",                                                                           \
        .fallback = "1.1", .advanced = 1, .min = 0.01, .max = 20                                \
    }

/* What an elevation model is going to need, and whether that is there. */
typedef struct tl_ground_plan {
    ptrdiff_t nrow;
    ptrdiff_t ncol;
    int too_large; /* 1: all at once does not fit into the memory limit */
} tl_ground_plan;

/* Looks at the size of dem and says in the log, before any work, how much memory the run needs and
 * whether the limit allows it.
 *
 * bytes_per_cell  of the whole tool when it holds all at once
 * whole           why the tool needs all at once, the end of a sentence; NULL: it can work in tiles
 * plan            out
 * fails           as open_raster of source/store.h */
tl_code tl_dem_input_plan(const tl_job *job, double bytes_per_cell, const char *whole,
                          tl_ground_plan *plan, tl_err *err);

/* Reads dem and fills it as the parameters say; says in the log what was assumed and how much
 * memory it takes.
 *
 * bytes_per_cell  of the whole tool; 0: tl_dem_input_plan has told that already
 * surface         initialised here, metres; NaN = NoData
 * fails           as the reader and tl_hydro_fill */
tl_code tl_dem_input_read_surface(const tl_job *job, double bytes_per_cell, tl_grid *surface,
                                  const tl_progress *p, tl_err *err);

/* As above without filling, whatever the parameters. */
tl_code tl_dem_input_read(const tl_job *job, double bytes_per_cell, tl_grid *dem, tl_err *err);

/* Elevations that look like missing values which the file does not declare, counted, and whether
 * there is any relief at all. */
enum { TL_MISSING_MARKS = 5 };
typedef struct tl_missing {
    ptrdiff_t found[TL_MISSING_MARKS];
    int has_values;
    int has_relief; /* 1: two values differ */
    float first;    /* of the values */
} tl_missing;

/* Adds what n values hold. */
void tl_dem_input_count_missing(tl_missing *missing, const float *value, ptrdiff_t n);

/* How many of the values of some rows are elevations; -1 when one is infinite, with the sentence in err.
 *
 * what  the tool
 * row0  the first of the rows */
ptrdiff_t tl_dem_input_count_values(const char *what, ptrdiff_t row0, ptrdiff_t n_rows,
                                    ptrdiff_t ncol, const float *value, tl_err *err);

/* Says what the map units of the DEM are taken for when they are not metres of a known CRS, which
 * elevations look like missing values, that all are equal, and that a raster of several bands is used
 * by its first one. */
void tl_dem_input_log_position(const tl_job *job, const tl_georef *geo, ptrdiff_t nrow,
                               ptrdiff_t ncol, const tl_missing *missing);

/* As above for a DEM in memory. */
void tl_dem_input_log_surface(const tl_job *job, const tl_grid *dem);

/* The surface of tl_dem_input_read_surface with its catchment area, routed to all lower neighbours with
 * the parameter convergence. Reports the first four fifths of the whole run's progress.
 *
 * bytes_per_cell  of the whole tool; 0: tl_dem_input_plan has told that already
 * surface         initialised here, metres; NaN = NoData
 * keep_flats      1: water that enters a flat stays there, as in SAGA
 * area_m2         initialised here, m2, the cell itself included; NaN where surface is
 * fails           as the reader, tl_hydro_fill and tl_hydro_accumulate; both are the caller's to
 *                 free then, too */
tl_code tl_dem_input_read_catchment(const tl_job *job, double bytes_per_cell, tl_grid *surface,
                                    int keep_flats, tl_grid *area_m2, tl_err *err);

#endif
