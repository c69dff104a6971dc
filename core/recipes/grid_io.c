/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reading and writing of single layers; see grid_io.h. */
#include "recipes/grid_io.h"

#include <math.h>

#include "base/alloc.h"
#include "recipes/dem_units.h"
#include "recipes/elevation.h"

tl_code tl_recipes_no_values(const tl_job *job, const char *id, tl_err *err) {
    return tl_fail(err, TL_DATA,
                   "parameter '%s': '%s' holds NoData in every cell; wanted elevations", id,
                   tl_job_text(job, id));
}

/* Metres above the origin of e. */
static tl_code read_metres(const tl_job *job, const char *id, tl_raster *raster, tl_elevation *e,
                           tl_grid *dem, tl_err *err) {
    const tl_store *store = tl_job_store(job);
    const tl_raster_info *info = store->raster_info(raster);
    if (fabs(e->origin) > 0.0) {
        TL_TRY(tl_grid_init(dem, info->nrow, info->ncol, &info->geo, err));
        return tl_recipes_elevation_read(job, e, raster, 0, dem->nrow, dem->data, err);
    }
    TL_TRY(store->read_grid(tl_job_text(job, id), id, 1, dem, err));
    tl_recipes_elevation_convert(e, dem->data, dem->nrow * dem->ncol);
    return TL_OK;
}

static tl_code read_elevations(const tl_job *job, const char *id, tl_raster *raster, tl_grid *dem,
                               tl_err *err) {
    tl_georef geo =
        tl_job_store(job)->raster_info(raster)->geo; /* its texts stay with the raster */
    tl_elevation elevation;
    ptrdiff_t valid = 0;
    TL_TRY(tl_recipes_elevation_start(job, raster, &geo, &elevation, err));
    TL_TRY(read_metres(job, id, raster, &elevation, dem, err));
    dem->geo.height_origin_m = geo.height_origin_m;
    TL_TRY(tl_recipes_settle_position(job, &dem->geo, err));
    for (ptrdiff_t i = 0; i < dem->nrow * dem->ncol; i++) {
        valid += isfinite(dem->data[i]);
    }
    TL_TRY(tl_recipes_elevation_log(job, &elevation, err));
    return valid == 0 ? tl_recipes_no_values(job, id, err) : TL_OK;
}

tl_code tl_recipes_read_dem(const tl_job *job, const char *id, tl_grid *dem, tl_err *err) {
    const tl_store *store = tl_job_store(job);
    tl_raster *raster = NULL;
    *dem = (tl_grid){0};
    TL_TRY(store->open_raster(tl_job_text(job, id), id, &raster, err));
    const tl_code code = read_elevations(job, id, raster, dem, err);
    store->close_raster(raster);
    if (code != TL_OK) {
        tl_grid_free(dem);
    }
    return code;
}

tl_code tl_recipes_read_grid_like(const tl_job *job, const char *id, const tl_grid *like,
                                  tl_resampling resampling, tl_grid *grid, tl_err *err) {
    static const char *const words[] = {"the nearest cell", "bilinear interpolation",
                                        "area averages"};
    const tl_store *store = tl_job_store(job);
    const char *path = tl_job_text(job, id);
    tl_raster *raster = NULL;
    TL_TRY(store->open_raster(path, id, &raster, err));
    const tl_raster_info *info = store->raster_info(raster);
    const int same = info->nrow == like->nrow && info->ncol == like->ncol &&
                     tl_georef_same(&info->geo, &like->geo);
    store->close_raster(raster);
    TL_TRY(store->read_grid_like(path, id, 1, like, resampling, grid, err));
    if (!same) {
        tl_job_log(job, TL_INFO, "%s: '%s' is on another grid and is aligned by position (%s)", id,
                   path, words[resampling]);
    }
    return TL_OK;
}

tl_layer tl_recipes_layer(const char *description, const char *unit) {
    return (tl_layer){
        .description = description, .unit = unit, .centre_nm = (double)NAN, .fwhm_nm = (double)NAN};
}

static tl_code write_above_origin(tl_sink *sink, const tl_store *store, const tl_grid *z,
                                  tl_err *err) {
    float *row = tl_acquire(z->ncol, sizeof *row);
    tl_code code = row == NULL ? tl_no_memory(err, "a row of elevations") : TL_OK;
    for (ptrdiff_t r = 0; r < z->nrow && code == TL_OK; r++) {
        for (ptrdiff_t i = 0; i < z->ncol; i++) {
            row[i] = (float)((double)z->data[r * z->ncol + i] + z->geo.height_origin_m);
        }
        code = store->write_rows(sink, 0, r, 1, row, err);
    }
    tl_release(row);
    return code;
}

tl_code tl_recipes_write_elevation(tl_job *job, const char *id, const tl_grid *z, tl_layer layer,
                                   tl_err *err) {
    if (!(fabs(z->geo.height_origin_m) > 0.0)) {
        return tl_recipes_write_grid(job, id, z, layer, err);
    }
    const tl_store *store = tl_job_store(job);
    const char *record = NULL;
    tl_sink *sink = NULL;
    TL_TRY(tl_job_record(job, &record, err));
    TL_TRY(store->create_raster(tl_job_output(job, id), id, z->nrow, z->ncol, &z->geo, &layer, 1,
                                record, &sink, err));
    const tl_code code = write_above_origin(sink, store, z, err);
    if (code != TL_OK) {
        store->abandon_raster(sink);
        return code;
    }
    return store->finish_raster(sink, err);
}

tl_code tl_recipes_write_grid(tl_job *job, const char *id, const tl_grid *grid, tl_layer layer,
                              tl_err *err) {
    return tl_recipes_write_grids(job, id, &grid, &layer, 1, err);
}

tl_code tl_recipes_write_grids(tl_job *job, const char *id, const tl_grid *const *grid,
                               const tl_layer *layer, ptrdiff_t n, tl_err *err) {
    const tl_store *store = tl_job_store(job);
    const char *record = NULL;
    TL_TRY(tl_job_record(job, &record, err));
    tl_sink *sink = NULL;
    TL_TRY(store->create_raster(tl_job_output(job, id), id, grid[0]->nrow, grid[0]->ncol,
                                &grid[0]->geo, layer, n, record, &sink, err));
    for (ptrdiff_t i = 0; i < n; i++) {
        const tl_code code = store->write_rows(sink, i, 0, grid[i]->nrow, grid[i]->data, err);
        if (code != TL_OK) {
            store->abandon_raster(sink);
            return code;
        }
    }
    return store->finish_raster(sink, err);
}

tl_code tl_recipes_write_features(tl_job *job, const char *id, const tl_features *features,
                                  const tl_georef *geo, tl_err *err) {
    const char *record = NULL;
    TL_TRY(tl_job_record(job, &record, err));
    return tl_job_store(job)->write_features(tl_job_output(job, id), id, tl_job_layer(job, id),
                                             features, geo, record, err);
}
