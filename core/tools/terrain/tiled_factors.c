/* SPDX-License-Identifier: GPL-2.0-or-later
 * Filling, routing and factors of a run in tiles; see tiled_factors.h. */
#include "tools/terrain/tiled_factors.h"

#include "base/alloc.h"
#include "hydro/route.h"
#include "hydro/tiles/flow_tiles.h"

tl_code tl_tiled_factors_water(const tl_tiled_dem *t, int fills, const char *what,
                               tl_tiled_water *water, const tl_progress *p, tl_err *err) {
    *water = (tl_tiled_water){.tiled = t};
    TL_TRY(fills ? tl_tiled_dem_surface(t, &water->surface, p, err)
                 : tl_tiled_dem_elevation(t, what, &water->surface, p, err));
    TL_TRY(tl_terrain_cells_measure(&water->cells, &t->geo, t->nrow, what, err));
    water->dem = (tl_dem_tiles){.surface = &water->surface,
                                .cells = &water->cells,
                                .tiling = tl_tiles_tiling_make(t->nrow, t->ncol, t->side, t->side),
                                .bytes = t->bytes,
                                .open_scratch = tl_tiled_dem_scratch,
                                .user = (void *)(uintptr_t)t};
    return TL_OK;
}

void tl_tiled_factors_water_free(tl_tiled_water *water) {
    tl_tiles_paged_free(&water->surface);
    tl_terrain_cells_free(&water->cells);
}

tl_code tl_tiled_factors_compute(tl_job *job, tl_tiled_water *water, tl_paged *area,
                                 const tl_factor_source *source, const char *const id[TL_FACTORS],
                                 const tl_progress *p, tl_err *err) {
    tl_paged *const all[] = {&water->surface, area};
    TL_TRY(tl_hydro_tiles_share(&water->dem, all, 2, err));
    const tl_factor_tiles tiles = {.surface = &water->surface,
                                   .area_m2 = area,
                                   .cells = &water->cells,
                                   .geo = &water->tiled->geo,
                                   .strip_bytes = water->tiled->work_bytes};
    return tl_terrain_strips_write_tiled(job, source, &tiles, id, p, err);
}

/* --- layers that need neighbours --- */

/* A stripe of the surface, and of another raster, with the adjacent rows that exist. */
typedef struct looking {
    tl_tiled_water *water;
    tl_paged *other; /* area, or receivers */
    void *values;    /* of other, [rows, ncol] */
    tl_grid surface;
    tl_cells cells; /* borrowed */
    tl_flow_options options;
    tl_direction_code code_of;
} looking;

static tl_code allocate(looking *l, tl_err *err) {
    const tl_tiled_dem *t = l->water->tiled;
    const ptrdiff_t max_cells = (t->stripe_rows + 2) * t->ncol;
    l->surface.data = tl_acquire(max_cells, sizeof *l->surface.data);
    l->values = tl_acquire(max_cells, l->other->size);
    return l->surface.data == NULL || l->values == NULL
               ? tl_no_memory(err, "%td rows", t->stripe_rows + 2)
               : TL_OK;
}

/* row0  out: first row of the stripe within the rows read */
static tl_code look_at(looking *l, tl_box stripe, ptrdiff_t *row0, tl_err *err) {
    const ptrdiff_t nrow = l->water->tiled->nrow;
    const ptrdiff_t end = stripe.row0 + stripe.nrow;
    *row0 = stripe.row0 > 0;
    const tl_box box = {stripe.row0 - *row0, 0, stripe.nrow + *row0 + (end < nrow), stripe.ncol};
    l->surface.nrow = box.nrow;
    l->surface.ncol = box.ncol;
    l->cells = (tl_cells){.nrow = box.nrow,
                          .dx_m = l->water->cells.dx_m + box.row0,
                          .dy_m = l->water->cells.dy_m + box.row0};
    TL_TRY(tl_tiles_paged_read(&l->water->surface, box, l->surface.data, err));
    return tl_tiles_paged_read(l->other, box, l->values, err);
}

static tl_code make_sca(void *user, tl_box stripe, float *value, tl_err *err) {
    looking *l = user;
    ptrdiff_t row0 = 0;
    TL_TRY(look_at(l, stripe, &row0, err));
    const tl_grid area = {.nrow = l->surface.nrow, .ncol = l->surface.ncol, .data = l->values};
    tl_hydro_sca_rows(&l->surface, &area, &l->cells, row0, stripe.nrow, value);
    return TL_OK;
}

static tl_code make_directions(void *user, tl_box stripe, float *value, tl_err *err) {
    looking *l = user;
    ptrdiff_t row0 = 0;
    TL_TRY(look_at(l, stripe, &row0, err));
    const tl_route route = {&l->surface, &l->cells, &l->options};
    tl_hydro_route_directions(&route, row0, stripe.nrow, l->values, l->code_of, value);
    return TL_OK;
}

static tl_code write_looking(looking *l, tl_stripe_maker make, const char *id, tl_layer layer,
                             const tl_progress *p, tl_err *err) {
    tl_paged *const all[] = {&l->water->surface, l->other};
    tl_code code = tl_hydro_tiles_share(&l->water->dem, all, 2, err);
    if (code == TL_OK) {
        code = allocate(l, err);
    }
    if (code == TL_OK) {
        code = tl_tiled_dem_write_made(l->water->tiled, id, layer, make, l, p, err);
    }
    tl_release(l->surface.data);
    tl_release(l->values);
    return code;
}

tl_code tl_tiled_factors_sca(tl_tiled_water *water, tl_paged *area, const char *id, tl_layer layer,
                             const tl_progress *p, tl_err *err) {
    looking l = {.water = water, .other = area};
    return write_looking(&l, make_sca, id, layer, p, err);
}

tl_code tl_tiled_factors_directions(tl_tiled_water *water, tl_paged *receivers,
                                    const tl_flow_options *options, tl_direction_code code_of,
                                    const char *id, tl_layer layer, const tl_progress *p,
                                    tl_err *err) {
    looking l = {.water = water, .other = receivers, .options = *options, .code_of = code_of};
    return write_looking(&l, make_directions, id, layer, p, err);
}

/* --- a whole run --- */

tl_code tl_tiled_factors_run(tl_job *job, const char *output_path, int fills,
                             const tl_flow_options *options, const tl_factor_source *source,
                             const char *const id[TL_FACTORS], tl_err *err) {
    const tl_progress read = tl_progress_part(tl_job_progress(job), 0.0, 0.4);
    const tl_progress route = tl_progress_part(tl_job_progress(job), 0.4, 0.8);
    const tl_progress rest = tl_progress_part(tl_job_progress(job), 0.8, 1.0);
    tl_tiled_dem tiled = {0};
    tl_tiled_water water = {0};
    tl_paged area = {0};
    tl_code code = TL_OK;
    TL_CHECK(tl_tiled_dem_start(job, output_path, &tiled, err));
    TL_CHECK(tl_tiled_factors_water(&tiled, fills, "flow accumulation", &water, &read, err));
    TL_CHECK(tl_hydro_tiles_accumulate(&water.dem, options, NULL, &area, &route, err));
    code = tl_tiled_factors_compute(job, &water, &area, source, id, &rest, err);
done:
    tl_tiles_paged_free(&area);
    tl_tiled_factors_water_free(&water);
    tl_tiled_dem_stop(&tiled);
    return code;
}
