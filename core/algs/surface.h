/* SPDX-License-Identifier: GPL-2.0-or-later
 * The drained surface that the hydrological tools start from: a DEM, filled unless told
 * otherwise. */
#ifndef TL_ALGS_SURFACE_H
#define TL_ALGS_SURFACE_H

#include "algs/algorithm.h"
#include "base/grid.h"

/* Descriptors of the parameters dem, fill and min_slope, the same in every tool that has them. */
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
            "already filled: water that enters a pit or a flat stays there.",                  \
        .fallback = "yes"                                                                      \
    }
#define TL_SURFACE_ARG_MIN_SLOPE                                                                 \
    {                                                                                            \
        .id = "min_slope", .kind = TL_ARG_NUMBER, .label = "Minimum slope of filled areas",      \
        .unit = "degree",                                                                        \
        .help =                                                                                  \
            "Filled depressions rise at least this much away from their outlet, so they drain. " \
            "0 leaves flats, which keep the water that enters them.",                            \
        .fallback = "0.01", .advanced = 1, .min = 0, .max = 45                                   \
    }

/* Reads dem and fills it as the parameters say; says in the log what was assumed and how much
 * memory it takes.
 *
 * bytes_per_cell  of the whole tool
 * surface         initialised here, metres; NaN = NoData
 * fails           as the reader and tl_hydro_fill */
tl_code tl_algs_read_surface(const tl_job *job, double bytes_per_cell, tl_grid *surface,
                             const tl_progress *p, tl_err *err);

/* As above without filling, whatever the parameters. */
tl_code tl_algs_read_ground(const tl_job *job, double bytes_per_cell, tl_grid *dem, tl_err *err);

#endif
