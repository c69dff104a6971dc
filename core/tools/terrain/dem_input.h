/* SPDX-License-Identifier: GPL-2.0-or-later
 * The drained surface that the hydrological tools start from: a DEM, filled unless the parameter
 * fill is no. */
#ifndef TL_TOOLS_TERRAIN_DEM_INPUT_H
#define TL_TOOLS_TERRAIN_DEM_INPUT_H

#include "base/grid.h"
#include "job/algorithm.h"

/* Descriptors of parameters that are the same in every tool that has them. */
#define TL_SURFACE_ARG_DEM                                                                       \
    {                                                                                            \
        .id = "dem", .kind = TL_ARG_RASTER, .label = "Elevation", .unit = "m",                   \
        .help =                                                                                  \
            "Elevation in metres, first band. A DEM in degrees is measured in true metres, row " \
            "by row."                                                                            \
    }
#define TL_SURFACE_ARG_FILL                                                                        \
    {                                                                                              \
        .id = "fill", .kind = TL_ARG_FLAG, .label = "Fill depressions first",                      \
        .help =                                                                                    \
            "Fills depressions before water is routed, so that it can leave every cell. Turn it "  \
            "off only for a DEM that fillsinks has already filled: water that enters a pit stays " \
            "there.",                                                                              \
        .fallback = "yes"                                                                          \
    }
#define TL_SURFACE_ARG_MIN_SLOPE                                                                  \
    {                                                                                             \
        .id = "min_slope", .kind = TL_ARG_NUMBER, .label = "Minimum slope of filled areas",       \
        .unit = "degree",                                                                         \
        .help =                                                                                   \
            "Slope at which filled depressions rise away from their outlet, so that they drain. " \
            "With 0 they stay level and drain towards their outlets, and filling is quicker.",    \
        .fallback = "0.01", .advanced = 1, .min = 0, .max = 45                                    \
    }

#define TL_SURFACE_ARG_CONVERGENCE                                                               \
    {                                                                                            \
        .id = "convergence", .kind = TL_ARG_NUMBER, .label = "Convergence", .unit = "",          \
        .help =                                                                                  \
            "Exponent of the slope when water is divided among all lower neighbours. Higher "    \
            "values concentrate the water in fewer neighbours; 1.1 is the value of Freeman and " \
            "of SAGA.",                                                                          \
        .fallback = "1.1", .advanced = 1, .min = 0.01, .max = 20                                 \
    }

/* Reads dem and fills it as the parameters fill and min_slope ask; logs the assumptions about it
 * and the memory needed.
 *
 * bytes_per_cell  of the whole tool; 0: tl_memory_plan_make was called already
 * surface         initialised here, metres; NaN = NoData
 * fails           as the reader and tl_hydro_fill */
tl_code tl_dem_input_read_surface(const tl_job *job, double bytes_per_cell, tl_grid *surface,
                                  const tl_progress *p, tl_err *err);

/* As above without filling, whatever the parameters. */
tl_code tl_dem_input_read(const tl_job *job, double bytes_per_cell, tl_grid *dem, tl_err *err);

/* The surface of tl_dem_input_read_surface with its catchment area, routed to all lower neighbours
 * with the parameter convergence. Reports the first four fifths of the whole run's progress.
 *
 * bytes_per_cell  of the whole tool; 0: tl_memory_plan_make was called already
 * surface         initialised here, metres; NaN = NoData
 * keep_flats      1: water that enters a flat stays there, as in SAGA
 * area_m2         initialised here, m2, the cell itself included; NaN where surface is
 * fails           as the reader, tl_hydro_fill and tl_hydro_accumulate; the caller frees both also
 *                 after a failure */
tl_code tl_dem_input_read_catchment(const tl_job *job, double bytes_per_cell, tl_grid *surface,
                                    int keep_flats, tl_grid *area_m2, tl_err *err);

#endif
