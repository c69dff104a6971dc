/* SPDX-License-Identifier: GPL-2.0-or-later
 * A run whose rasters are kept in tiles, because they do not fit into the memory limit: the DEM is
 * read by stripes of rows, and results are written in the same way. */
#ifndef TL_TOOLS_TERRAIN_TILED_DEM_H
#define TL_TOOLS_TERRAIN_TILED_DEM_H

#include "base/georef.h"
#include "hydro/fill.h"
#include "job/algorithm.h"
#include "recipes/elevation.h"
#include "tiles/paged.h"
#include "tools/terrain/dem_input.h"

/* Set by tl_tiled_dem_start; tools only read it. */
typedef struct tl_tiled_dem {
    tl_job *job;
    const char *output_path; /* scratch files are stored in the folder of this output */
    ptrdiff_t nrow;          /* of the elevation model */
    ptrdiff_t ncol;
    tl_georef geo; /* owner */
    ptrdiff_t stripe_rows;
    double bytes;           /* memory of all rasters in tiles together */
    double work_bytes;      /* memory of tiles at work and queues */
    ptrdiff_t side;         /* of the tiles at work, cells */
    int threads;            /* tiles at work at a time */
    tl_flood_order order;   /* in which depressions are filled; by level unless it is set */
    tl_elevation elevation; /* how the values of the file are converted to metres */
    double cache;           /* limit of the block cache before the run */
    int is_bounded;         /* 1: that limit is to be restored */
} tl_tiled_dem;

/* Divides the memory limit, and limits the cache of the readers meanwhile.
 *
 * t            uninitialised; to be stopped also after a failure
 *  output_path  the path of an output, or NULL
 * fails   as open_raster of source/store.h; TL_NOMEM */
tl_code tl_tiled_dem_start(tl_job *job, const char *output_path, tl_tiled_dem *t, tl_err *err);

/* Frees and restores the cache; zeroed and already stopped runs are fine. */
void tl_tiled_dem_stop(tl_tiled_dem *t);

/* A new scratch file; user is a tl_tiled_dem. */
tl_code tl_tiled_dem_scratch(void *user, tl_scratch *scratch, tl_err *err);

/* The number of stripes, and the rows of one. */
ptrdiff_t tl_tiled_dem_stripes(const tl_tiled_dem *t);
tl_box tl_tiled_dem_stripe(const tl_tiled_dem *t, ptrdiff_t i);

/* A stripe of the elevation model as the file holds it.
 *
 * raster  of the parameter dem
 * value   [stripe_rows, ncol] out: metres above geo.height_origin_m, NaN = NoData */
tl_code tl_tiled_dem_read_stripe(const tl_tiled_dem *t, tl_raster *raster, tl_box stripe,
                                 float *value, tl_err *err);

/* Reads dem into a raster in tiles; logs what tl_dem_input_read logs.
 *
 * z      initialised here: float, metres above geo.height_origin_m, NaN = NoData and beyond the raster, t->bytes of memory;
 *        empty on failure
 * what   names the quantity in the sentence of a failure
 * fails  TL_DATA all cells are NoData, or a value is infinite; as the reader; TL_NOMEM; TL_IO as
 *        the scratch file; TL_CANCELLED */
tl_code tl_tiled_dem_elevation(const tl_tiled_dem *t, const char *what, tl_paged *z,
                               const tl_progress *p, tl_err *err);

/* Fills it in place, with the bytes of tl_hydro_fill_in_order.
 *
 * min_slope_deg  in [0, 45] */
tl_code tl_tiled_dem_fill(const tl_tiled_dem *t, double min_slope_deg, tl_paged *z,
                          const tl_progress *p, tl_err *err);

/* Reads and fills as the parameters fill and min_slope ask. */
tl_code tl_tiled_dem_surface(const tl_tiled_dem *t, tl_paged *z, const tl_progress *p, tl_err *err);

/* Computes the values of a stripe.
 *
 * value  [stripe.nrow, stripe.ncol] out */
typedef tl_code (*tl_stripe_maker)(void *user, tl_box stripe, float *value, tl_err *err);

/* Writes the values that make computes, stripe by stripe from the north, as the output id, with the
 * run record. */
tl_code tl_tiled_dem_write_made(const tl_tiled_dem *t, const char *id, tl_layer layer,
                                tl_stripe_maker make, void *user, const tl_progress *p,
                                tl_err *err);

/* Adds the origin of the heights to a stripe of elevations. */
void tl_tiled_dem_add_origin(const tl_tiled_dem *t, tl_box stripe, float *value);

/* Writes elevations, the origin added. */
tl_code tl_tiled_dem_write_elevation(const tl_tiled_dem *t, const char *id, tl_layer layer,
                                     tl_paged *z, const tl_progress *p, tl_err *err);

/* Writes a raster of floats. */
tl_code tl_tiled_dem_write(const tl_tiled_dem *t, const char *id, tl_layer layer, tl_paged *z,
                           const tl_progress *p, tl_err *err);

#endif
