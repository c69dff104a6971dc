/* SPDX-License-Identifier: GPL-2.0-or-later
 * The DEM of a tool from the first row to the last, each read once, for tools that need only a few
 * rows at a time. */
#ifndef TL_TOOLS_TERRAIN_DEM_ROWS_H
#define TL_TOOLS_TERRAIN_DEM_ROWS_H

#include "job/algorithm.h"
#include "recipes/elevation.h"
#include "terrain/cells.h"
#include "tools/terrain/dem_report.h"

typedef struct tl_dem_rows {
    const tl_job *job;
    const char *what; /* the tool, for messages */
    tl_raster *raster;
    tl_georef geo;
    tl_cells cells;
    ptrdiff_t nrow;
    ptrdiff_t ncol;
    tl_elevation elevation;
    tl_relief relief;
    ptrdiff_t n_valid; /* cells with a value among those read */
} tl_dem_rows;

/* Opens the raster of the parameter dem.
 *
 * what   borrowed
 * fails  as the reader, tl_recipes_elevation_start, tl_recipes_settle_position and
 *        tl_terrain_cells_measure */
tl_code tl_dem_rows_open(const tl_job *job, const char *what, tl_dem_rows *g, tl_err *err);

/* The next rows; all must be read, in order. Any thread may call, one at a time.
 *
 * row    [n_rows, ncol] out: metres above geo.height_origin_m, NaN = NoData
 * fails  as the reader; TL_DATA an elevation is infinite */
tl_code tl_dem_rows_read(tl_dem_rows *g, ptrdiff_t row0, ptrdiff_t n_rows, float *row, tl_err *err);

/* After the last row: logs what tl_dem_report_log_grid logs.
 *
 * fails  TL_DATA no cell holds a value; as tl_recipes_elevation_log */
tl_code tl_dem_rows_log(const tl_dem_rows *g, tl_err *err);

/* Frees; zeroed and already closed owners are fine. */
void tl_dem_rows_close(tl_dem_rows *g);

#endif
