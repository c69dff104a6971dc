/* SPDX-License-Identifier: GPL-2.0-or-later
 * Filling with a minimum slope for a raster of which only a part is in memory. */
#ifndef TL_HYDRO_TILES_FILL_SLOPE_H
#define TL_HYDRO_TILES_FILL_SLOPE_H

#include "base/georef.h"
#include "base/progress.h"
#include "base/status.h"
#include "hydro/fill.h"
#include "tiles/paged.h"

/* Opens one more scratch file; user is passed on to it. */
typedef tl_code (*tl_scratch_opener)(void *user, tl_scratch *scratch, tl_err *err);

/* Memory of the flood in addition to the raster. */
typedef struct tl_fill_memory {
    double queue_bytes;     /* maximum memory of the queue */
    double marks_bytes;     /* maximum memory of the marks, one bit per cell */
    tl_scratch_opener open; /* NULL: both stay in memory, whatever they need */
    void *user;
} tl_fill_memory;

/* Fills depressions in place as tl_hydro_fill_in_order does, to the last bit.
 *
 * The order in which the flood takes cells is decided by one queue for the whole raster, so the
 * flood moves from cell to cell and is not decomposed by tiles. It follows the contour lines
 * upwards; a small tile is needed while the flood is between its lowest and its highest cell, so
 * with small tiles (64 x 64) few of them are needed at a time.
 *
 * z              metres, NaN = NoData; no infinite values
 * geo            of the raster
 * min_slope_deg  above 0, at most 45
 * memory         NULL: queue and marks stay in memory
 * fails          TL_ARG min_slope_deg; TL_DATA the georeference has no cell sizes; TL_NOMEM; TL_IO
 *                as the scratch files; TL_CANCELLED */
tl_code tl_hydro_tiles_fill_slope(tl_paged *z, const tl_georef *geo, double min_slope_deg,
                                  tl_flood_order order, const tl_fill_memory *memory,
                                  const tl_progress *p, tl_err *err);

#endif
