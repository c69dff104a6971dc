/* SPDX-License-Identifier: GPL-2.0-or-later
 * Filling, routing and factors of a run in tiles; see tiled_water.h. */
#include "algs/tiled_water.h"

#include "tiles/flow_tiles.h"

tl_code tl_algs_tiled_water(const tl_algs_tiled *t, int fills, const char *what,
                            tl_tiled_water *water, const tl_progress *p, tl_err *err) {
    *water = (tl_tiled_water){.tiled = t};
    TL_TRY(fills ? tl_algs_tiled_surface(t, &water->surface, p, err)
                 : tl_algs_tiled_ground(t, what, &water->surface, p, err));
    TL_TRY(tl_cells_measure(&water->cells, &t->geo, t->nrow, what, err));
    water->ground = (tl_tiles_ground){.surface = &water->surface,
                                      .cells = &water->cells,
                                      .tiling = tl_tiling_make(t->nrow, t->ncol, t->side, t->side),
                                      .bytes = t->bytes,
                                      .open_scratch = tl_algs_tiled_scratch,
                                      .user = (void *)(uintptr_t)t};
    return TL_OK;
}

void tl_tiled_water_free(tl_tiled_water *water) {
    tl_paged_free(&water->surface);
    tl_cells_free(&water->cells);
}

tl_code tl_algs_tiled_factors(tl_job *job, tl_tiled_water *water, tl_paged *area,
                              const tl_factor_source *source, const char *const id[TL_FACTORS],
                              const tl_progress *p, tl_err *err) {
    tl_paged *const all[] = {&water->surface, area};
    TL_TRY(tl_tiles_share(&water->ground, all, 2, err));
    const tl_factor_tiles tiles = {.surface = &water->surface,
                                   .area_m2 = area,
                                   .cells = &water->cells,
                                   .geo = &water->tiled->geo,
                                   .strip_bytes = water->tiled->work_bytes};
    return tl_algs_write_tiled_factors(job, source, &tiles, id, p, err);
}

tl_code tl_algs_tiled_run(tl_job *job, const char *beside, int fills,
                          const tl_flow_options *options, const tl_factor_source *source,
                          const char *const id[TL_FACTORS], tl_err *err) {
    const tl_progress read = tl_progress_part(tl_job_progress(job), 0.0, 0.4);
    const tl_progress route = tl_progress_part(tl_job_progress(job), 0.4, 0.8);
    const tl_progress rest = tl_progress_part(tl_job_progress(job), 0.8, 1.0);
    tl_algs_tiled tiled = {0};
    tl_tiled_water water = {0};
    tl_paged area = {0};
    tl_code code = TL_OK;
    TL_CHECK(tl_algs_tiled_start(job, beside, &tiled, err));
    TL_CHECK(tl_algs_tiled_water(&tiled, fills, "flow accumulation", &water, &read, err));
    TL_CHECK(tl_tiles_accumulate(&water.ground, options, NULL, &area, &route, err));
    code = tl_algs_tiled_factors(job, &water, &area, source, id, &rest, err);
done:
    tl_paged_free(&area);
    tl_tiled_water_free(&water);
    tl_algs_tiled_stop(&tiled);
    return code;
}
