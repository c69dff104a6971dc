/* SPDX-License-Identifier: GPL-2.0-or-later
 * Runs in tiles: how the memory is divided, reading and writing by stripes; see tiled_dem.h. */
#include "tools/terrain/tiled_dem.h"

#include <math.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "hydro/tiles/fill_slope.h"
#include "hydro/tiles/fill_tiles.h"
#include "recipes/dem_units.h"
#include "recipes/grid_io.h"
#include "terrain/cells.h"
#include "tools/terrain/dem_report.h"

/* Small tiles, so that a flood along the contour lines needs few of them at a time. */
enum { side_in_memory = 64 };

/* The limit in sixteenths: nine for rasters in tiles, four for tiles at work and queues, one for
 * the block cache, and two for stripes that are read and written. */
static void divide(tl_tiled_dem *t, double memory, ptrdiff_t block_rows) {
    t->bytes = memory * 9.0 / 16.0;
    t->work_bytes = memory * 4.0 / 16.0;
    /* Two stripes and what the writer holds of them. */
    const double rows = memory / 64.0 / (4.0 * (double)t->ncol);
    t->stripe_rows = rows < 1.0 ? 1 : (ptrdiff_t)rows;
    /* Whole blocks of the file, so that none is decoded twice. */
    if (block_rows > 1 && block_rows < t->nrow) {
        const ptrdiff_t blocks = t->stripe_rows / block_rows;
        t->stripe_rows = tl_max(blocks, 1) * block_rows;
    }
    t->stripe_rows = tl_min(t->stripe_rows, t->nrow);
    t->side = memory < 134217728.0 ? 256 : 512;
    /* 32 bytes per cell of a tile at work. */
    const double max_tiles = t->work_bytes / (32.0 * (double)t->side * (double)t->side);
    const int threads = tl_job_threads(t->job);
    t->threads = (double)threads > max_tiles ? (max_tiles < 1.0 ? 1 : (int)max_tiles) : threads;
}

tl_code tl_tiled_dem_start(tl_job *job, const char *output_path, tl_tiled_dem *t, tl_err *err) {
    const tl_store *store = tl_job_store(job);
    *t = (tl_tiled_dem){.job = job, .output_path = output_path};
    tl_raster *raster = NULL;
    TL_TRY(store->open_raster(tl_job_text(job, "dem"), "dem", &raster, err));
    const tl_raster_info *info = store->raster_info(raster);
    t->nrow = info->nrow;
    t->ncol = info->ncol;
    tl_code code = tl_georef_copy(&t->geo, &info->geo, err);
    if (code == TL_OK) {
        code = tl_recipes_elevation_start(job, raster, &t->geo, &t->elevation, err);
    }
    if (code == TL_OK) {
        code = tl_recipes_settle_position(job, &t->geo, err);
    }
    divide(t, tl_job_memory_bytes(job), info->block_rows);
    store->close_raster(raster);
    const double cache = tl_job_memory_bytes(job) / 16.0;
    if (store->limit_cache != NULL && store->limit_cache(-1.0) > cache) {
        t->cache = store->limit_cache(cache);
        t->is_bounded = 1;
    }
    return code;
}

void tl_tiled_dem_stop(tl_tiled_dem *t) {
    if (t->is_bounded) {
        (void)tl_job_store(t->job)->limit_cache(t->cache);
    }
    tl_georef_free(&t->geo);
    *t = (tl_tiled_dem){0};
}

tl_code tl_tiled_dem_scratch(void *user, tl_scratch *scratch, tl_err *err) {
    const tl_tiled_dem *t = user;
    return tl_job_store(t->job)->open_scratch(t->output_path, scratch, err);
}

ptrdiff_t tl_tiled_dem_stripes(const tl_tiled_dem *t) {
    return (t->nrow + t->stripe_rows - 1) / t->stripe_rows;
}

tl_box tl_tiled_dem_stripe(const tl_tiled_dem *t, ptrdiff_t i) {
    const ptrdiff_t row0 = i * t->stripe_rows;
    const ptrdiff_t left = t->nrow - row0;
    return (tl_box){row0, 0, tl_min(left, t->stripe_rows), t->ncol};
}

tl_code tl_tiled_dem_read_stripe(const tl_tiled_dem *t, tl_raster *raster, tl_box stripe,
                                 float *value, tl_err *err) {
    tl_elevation uncounted = t->elevation;
    return tl_recipes_elevation_read(t->job, &uncounted, raster, stripe.row0, stripe.nrow, value,
                                     err);
}

static tl_code make_surface(const tl_tiled_dem *t, tl_paged *z, tl_err *err) {
    static const float nodata = NAN;
    const tl_paged_shape shape = {.nrow = t->nrow,
                                  .ncol = t->ncol,
                                  .size = sizeof nodata,
                                  .tile_rows = side_in_memory,
                                  .tile_cols = side_in_memory,
                                  .blank = &nodata,
                                  .bytes = t->bytes};
    tl_scratch scratch;
    TL_TRY(tl_job_store(t->job)->open_scratch(t->output_path, &scratch, err));
    return tl_tiles_paged_init(z, &shape, &scratch, err);
}

static tl_code read_stripes(const tl_tiled_dem *t, const char *what, tl_raster *raster,
                            float *value, tl_paged *z, const tl_progress *p, tl_err *err) {
    tl_elevation elevation = t->elevation;
    tl_relief relief = {0};
    ptrdiff_t valid = 0;
    const ptrdiff_t n = tl_tiled_dem_stripes(t);
    for (ptrdiff_t i = 0; i < n; i++) {
        const tl_box stripe = tl_tiled_dem_stripe(t, i);
        TL_TRY(tl_recipes_elevation_read(t->job, &elevation, raster, stripe.row0, stripe.nrow,
                                         value, err));
        const ptrdiff_t found =
            tl_dem_report_count_values(what, stripe.row0, stripe.nrow, stripe.ncol, value, err);
        if (found < 0) {
            return TL_DATA;
        }
        valid += found;
        tl_dem_report_look(&relief, value, stripe.nrow * stripe.ncol);
        TL_TRY(tl_tiles_paged_write(z, stripe, value, t->ncol, err));
        TL_TRY(tl_progress_at(p, (double)(i + 1) / (double)n, err));
    }
    TL_TRY(tl_recipes_elevation_log(t->job, &elevation, err));
    if (valid == 0) {
        return tl_recipes_no_values(t->job, "dem", err);
    }
    tl_dem_report_log(t->job, &t->geo, t->nrow, t->ncol, &relief);
    return TL_OK;
}

tl_code tl_tiled_dem_elevation(const tl_tiled_dem *t, const char *what, tl_paged *z,
                               const tl_progress *p, tl_err *err) {
    const tl_store *store = tl_job_store(t->job);
    tl_raster *raster = NULL;
    tl_code code = TL_OK;
    *z = (tl_paged){0};
    float *value = tl_acquire(t->stripe_rows * t->ncol, sizeof *value);
    if (value == NULL) {
        return tl_no_memory(err, "%td rows", t->stripe_rows);
    }
    TL_CHECK(store->open_raster(tl_job_text(t->job, "dem"), "dem", &raster, err));
    TL_CHECK(make_surface(t, z, err));
    code = read_stripes(t, what, raster, value, z, p, err);
done:
    store->close_raster(raster);
    tl_release(value);
    if (code != TL_OK) {
        tl_tiles_paged_free(z);
    }
    return code;
}

tl_code tl_tiled_dem_fill(const tl_tiled_dem *t, double min_slope_deg, tl_paged *z,
                          const tl_progress *p, tl_err *err) {
    /* The lowest surface does not depend on the size of cells; a raster that has none is refused
     * all the same, as in tl_hydro_fill. */
    tl_cells cells;
    TL_TRY(tl_terrain_cells_measure(&cells, &t->geo, t->nrow, "fill", err));
    tl_terrain_cells_free(&cells);
    if (!(min_slope_deg > 0.0)) {
        return tl_hydro_tiles_fill_lowest(z, t->side, t->threads, p, err);
    }
    const tl_fill_memory memory = {.queue_bytes = t->work_bytes * 0.8,
                                   .marks_bytes = t->work_bytes * 0.2,
                                   .open = tl_tiled_dem_scratch,
                                   .user = (void *)(uintptr_t)t};
    return tl_hydro_tiles_fill_slope(z, &t->geo, min_slope_deg, t->order, &memory, p, err);
}

tl_code tl_tiled_dem_surface(const tl_tiled_dem *t, tl_paged *z, const tl_progress *p,
                             tl_err *err) {
    const tl_progress read = tl_progress_part(p, 0.0, 0.1);
    const tl_progress fill = tl_progress_part(p, 0.1, 1.0);
    TL_TRY(tl_tiled_dem_elevation(t, "fill", z, &read, err));
    if (!tl_job_flag(t->job, "fill")) {
        return TL_OK;
    }
    const tl_code code = tl_tiled_dem_fill(t, tl_job_number(t->job, "min_slope"), z, &fill, err);
    if (code != TL_OK) {
        tl_tiles_paged_free(z);
    }
    return code;
}

static tl_code write_stripes(const tl_tiled_dem *t, tl_sink *sink, float *value,
                             tl_stripe_maker make, void *user, const tl_progress *p, tl_err *err) {
    const ptrdiff_t n = tl_tiled_dem_stripes(t);
    for (ptrdiff_t i = 0; i < n; i++) {
        const tl_box stripe = tl_tiled_dem_stripe(t, i);
        TL_TRY(make(user, stripe, value, err));
        TL_TRY(tl_job_store(t->job)->write_rows(sink, 0, stripe.row0, stripe.nrow, value, err));
        TL_TRY(tl_progress_at(p, (double)(i + 1) / (double)n, err));
    }
    return TL_OK;
}

tl_code tl_tiled_dem_write_made(const tl_tiled_dem *t, const char *id, tl_layer layer,
                                tl_stripe_maker make, void *user, const tl_progress *p,
                                tl_err *err) {
    const tl_store *store = tl_job_store(t->job);
    const char *record = NULL;
    TL_TRY(tl_job_record(t->job, &record, err));
    float *value = tl_acquire(t->stripe_rows * t->ncol, sizeof *value);
    if (value == NULL) {
        return tl_no_memory(err, "%td rows", t->stripe_rows);
    }
    tl_sink *sink = NULL;
    tl_code code = store->create_raster(tl_job_output(t->job, id), id, t->nrow, t->ncol, &t->geo,
                                        &layer, 1, record, &sink, err);
    if (code == TL_OK) {
        code = write_stripes(t, sink, value, make, user, p, err);
        if (code != TL_OK) {
            store->abandon_raster(sink);
        } else {
            code = store->finish_raster(sink, err);
        }
    }
    tl_release(value);
    return code;
}

static tl_code read_from(void *user, tl_box stripe, float *value, tl_err *err) {
    return tl_tiles_paged_read(user, stripe, value, err);
}

tl_code tl_tiled_dem_write(const tl_tiled_dem *t, const char *id, tl_layer layer, tl_paged *z,
                           const tl_progress *p, tl_err *err) {
    return tl_tiled_dem_write_made(t, id, layer, read_from, z, p, err);
}

/* What the maker of elevations needs. */
typedef struct above {
    const tl_tiled_dem *tiled;
    tl_paged *z;
} above;

static tl_code read_elevation(void *user, tl_box stripe, float *value, tl_err *err) {
    const above *a = user;
    TL_TRY(tl_tiles_paged_read(a->z, stripe, value, err));
    tl_tiled_dem_add_origin(a->tiled, stripe, value);
    return TL_OK;
}

void tl_tiled_dem_add_origin(const tl_tiled_dem *t, tl_box stripe, float *value) {
    const double origin = t->geo.height_origin_m;
    for (ptrdiff_t i = 0; fabs(origin) > 0.0 && i < stripe.nrow * stripe.ncol; i++) {
        value[i] = (float)((double)value[i] + origin);
    }
}

tl_code tl_tiled_dem_write_elevation(const tl_tiled_dem *t, const char *id, tl_layer layer,
                                     tl_paged *z, const tl_progress *p, tl_err *err) {
    above a = {t, z};
    return tl_tiled_dem_write_made(t, id, layer, read_elevation, &a, p, err);
}
