/* SPDX-License-Identifier: GPL-2.0-or-later
 * Checks of the elevations of a DEM, and the lines of the log about them. */
#ifndef TL_TOOLS_TERRAIN_DEM_REPORT_H
#define TL_TOOLS_TERRAIN_DEM_REPORT_H

#include "base/grid.h"
#include "job/algorithm.h"

/* Whether there is any relief. Zeroed = no value was seen. */
typedef struct tl_relief {
    int has_values;
    int has_relief; /* 1: two values differ */
    float first;    /* of the values */
} tl_relief;

/* Looks at n more values.
 *
 * NaN  is NoData and not looked at */
void tl_dem_report_look(tl_relief *relief, const float *value, ptrdiff_t n);

/* Counts the elevations in some rows.
 *
 * what     name of the tool, for the message
 * row0     number of the first row
 * value    [n_rows, ncol] NaN = NoData
 * returns  the number of values; -1 when one is infinite, and err is set to TL_DATA */
ptrdiff_t tl_dem_report_count_values(const char *what, ptrdiff_t row0, ptrdiff_t n_rows,
                                     ptrdiff_t ncol, const float *value, tl_err *err);

/* Logs how the map units of the DEM are interpreted when they are not metres of a known CRS, that all elevations are equal, and that only the first of
 * several bands is used. */
void tl_dem_report_log(const tl_job *job, const tl_georef *geo, ptrdiff_t nrow, ptrdiff_t ncol,
                       const tl_relief *relief);

/* The same for a DEM in memory, whose values are counted here. */
void tl_dem_report_log_grid(const tl_job *job, const tl_grid *dem);

#endif
