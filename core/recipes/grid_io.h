/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reading a DEM and writing grids, as many tools do. */
#ifndef TL_RECIPES_GRID_IO_H
#define TL_RECIPES_GRID_IO_H

#include "base/grid.h"
#include "job/algorithm.h"

/* Reads band 1 of the raster parameter id.
 *
 * dem    initialised here, metres above its geo.height_origin_m; NaN = NoData
 * fails  TL_DATA no cell holds a value, or as tl_recipes_height_factor and tl_recipes_settle_position; what the
 *        reader fails with */
tl_code tl_recipes_read_dem(const tl_job *job, const char *id, tl_grid *dem, tl_err *err);

/* Fails with TL_DATA: the raster of the parameter id has no value. */
tl_code tl_recipes_no_values(const tl_job *job, const char *id, tl_err *err);

/* Band 1 of the raster parameter id on the grid of like, aligned by position: a raster on another grid
 * is resampled, which is logged.
 *
 * grid   initialised here
 * fails  as read_grid_like of source/store.h */
tl_code tl_recipes_read_grid_like(const tl_job *job, const char *id, const tl_grid *like,
                                  tl_resampling resampling, tl_grid *grid, tl_err *err);

/* A layer that is not a spectral band. */
tl_layer tl_recipes_layer(const char *description, const char *unit);

/* Writes one grid as the output id, with the run record.
 *
 * fails  as the writers of source/store.h */
tl_code tl_recipes_write_grid(tl_job *job, const char *id, const tl_grid *grid, tl_layer layer,
                              tl_err *err);

/* Writes a grid of elevations, its origin added.
 *
 * fails  as the writers of source/store.h; TL_NOMEM */
tl_code tl_recipes_write_elevation(tl_job *job, const char *id, const tl_grid *z, tl_layer layer,
                                   tl_err *err);

/* Writes grids as the layers of one raster.
 *
 * grid   [n] of equal shape
 * layer  [n]
 * fails  as the writers of source/store.h */
tl_code tl_recipes_write_grids(tl_job *job, const char *id, const tl_grid *const *grid,
                               const tl_layer *layer, ptrdiff_t n, tl_err *err);

/* Writes features as the layer of an output, with the run record.
 *
 * id     of the output parameter
 * geo    their coordinate reference system
 * fails  as write_features of the store */
tl_code tl_recipes_write_features(tl_job *job, const char *id, const tl_features *features,
                                  const tl_georef *geo, tl_err *err);

#endif
