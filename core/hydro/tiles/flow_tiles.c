/* SPDX-License-Identifier: GPL-2.0-or-later
 * Tiles are visited as long as any has ready cells at its rim; see flow_tiles.h. */
#include "hydro/tiles/flow_tiles.h"

#include "base/alloc.h"
#include "hydro/tiles/flow_tile.h"
#include "hydro/tiles/route_tiles.h"

typedef struct summing {
    const tl_dem_tiles *dem;
    tl_paged *receivers;
    tl_paged *weight;
    tl_flow_options options;
    tl_tiles_sums *sums;
    tl_paged waiting;
    tl_tile_window window;
    tl_accumulator spread;     /* its arrays hold the largest window */
    unsigned char *directions; /* those of spread, to be filled */
    float *amount;             /* weights of the largest window */
    tl_flow_rim *rim;          /* [tiles] */
    ptrdiff_t n_tiles;
} summing;

static tl_code allocate(summing *s, tl_err *err) {
    const ptrdiff_t max_cells = tl_hydro_tiles_window_max_cells(s->dem);
    TL_TRY(tl_hydro_tiles_raster(s->dem, sizeof(int64_t), &s->sums->total, err));
    TL_TRY(tl_hydro_tiles_raster(s->dem, 1, &s->waiting, err));
    TL_TRY(tl_hydro_tiles_window_init(&s->window, s->dem, err));
    s->directions = tl_acquire(max_cells, 1);
    s->spread.total = tl_acquire(max_cells, sizeof *s->spread.total);
    s->spread.waiting = tl_acquire(max_cells, 1);
    s->amount = s->weight == NULL ? NULL : tl_acquire(max_cells, sizeof *s->amount);
    s->rim = tl_acquire(s->n_tiles, sizeof *s->rim);
    if (s->directions == NULL || s->spread.total == NULL || s->spread.waiting == NULL ||
        (s->weight != NULL && s->amount == NULL) || s->rim == NULL) {
        return tl_no_memory(err, "%td tiles of %td cells", s->n_tiles, max_cells);
    }
    for (ptrdiff_t tile = 0; tile < s->n_tiles; tile++) {
        const tl_box box = tl_tiles_tiling_box(&s->dem->tiling, tile);
        s->rim[tile].rows = box.nrow;
        s->rim[tile].cols = box.ncol;
    }
    s->spread.receivers = s->directions;
    s->spread.route = (tl_route){&s->window.surface, &s->window.cells, &s->options};
    return TL_OK;
}

static void free_summing(summing *s) {
    tl_tiles_paged_free(&s->waiting);
    tl_hydro_tiles_window_free(&s->window);
    tl_release(s->directions);
    tl_release(s->spread.total);
    tl_release(s->spread.waiting);
    tl_hydro_cellqueue_free(&s->spread.ready);
    tl_release(s->amount);
    for (ptrdiff_t tile = 0; tile < s->n_tiles && s->rim != NULL; tile++) {
        tl_hydro_tiles_flow_rim_free(&s->rim[tile]);
    }
    tl_release(s->rim);
}

/* The grain for the sum that all cells add, without signs. */
static tl_code find_grains(summing *s, tl_err *err) {
    const tl_tiling *t = &s->dem->tiling;
    float *row_weights = s->weight == NULL ? NULL : tl_acquire(t->ncol, sizeof *row_weights);
    if (s->weight != NULL && row_weights == NULL) {
        return tl_no_memory(err, "a row of weights");
    }
    double total = 0.0;
    tl_code code = TL_OK;
    for (ptrdiff_t row = 0; row < t->nrow && code == TL_OK; row++) {
        if (s->weight != NULL) {
            code = tl_tiles_paged_read(s->weight, (tl_box){row, 0, 1, t->ncol}, row_weights, err);
        }
        if (code == TL_OK) {
            total += tl_hydro_accumulator_row_total(
                tl_hydro_flow_cell_size(&s->options, s->dem->cells, row), row_weights, t->ncol);
        }
    }
    tl_release(row_weights);
    return code == TL_OK ? tl_hydro_accumulator_grains(total, &s->sums->grains, err) : code;
}

static tl_code start_tile(summing *s, const tl_flow_tile *t, tl_err *err) {
    if (s->weight != NULL) {
        TL_TRY(tl_hydro_tiles_window_read(&s->window, s->weight, s->amount, err));
    }
    tl_hydro_tiles_flow_tile_start(t);
    for (ptrdiff_t row = 0; row < t->rows; row++) {
        const double size = tl_hydro_flow_cell_size(&s->options, &s->window.cells, t->row0 + row);
        for (ptrdiff_t col = 0; col < t->cols; col++) {
            const ptrdiff_t at = tl_hydro_tiles_window_at(&s->window, row, col);
            const double own =
                tl_hydro_accumulator_own(size, s->weight == NULL ? 1.0F : s->amount[at]);
            s->spread.total[at] = tl_hydro_accumulator_whole(own * s->sums->grains);
        }
    }
    return TL_OK;
}

static tl_code send_all(summing *s, const tl_flow_tile *t, ptrdiff_t tile, tl_err *err) {
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        const ptrdiff_t other = tl_tiles_tiling_neighbour(&s->dem->tiling, tile, i);
        if (other >= 0) {
            TL_TRY(tl_hydro_tiles_flow_tile_send(t, i, &s->rim[other], err));
        }
    }
    return TL_OK;
}

static tl_code visit(summing *s, ptrdiff_t tile, int is_first, tl_err *err) {
    TL_TRY(tl_hydro_tiles_window_move(&s->window, s->dem, tile, err));
    TL_TRY(tl_hydro_tiles_window_read(&s->window, s->receivers, s->directions, err));
    const tl_flow_tile t = {&s->spread, s->window.row0, s->window.col0, s->window.tile.nrow,
                            s->window.tile.ncol};
    if (is_first) {
        TL_TRY(start_tile(s, &t, err));
    } else {
        TL_TRY(tl_hydro_tiles_window_read(&s->window, &s->sums->total, s->spread.total, err));
        TL_TRY(tl_hydro_tiles_window_read(&s->window, &s->waiting, s->spread.waiting, err));
    }
    TL_TRY(tl_hydro_tiles_flow_tile_solve(&t, is_first, &s->rim[tile], err));
    TL_TRY(tl_hydro_tiles_window_write(&s->window, &s->sums->total, s->spread.total, err));
    TL_TRY(tl_hydro_tiles_window_write(&s->window, &s->waiting, s->spread.waiting, err));
    s->sums->n_visit++;
    return send_all(s, &t, tile, err);
}

/* The tile with the largest number of ready cells at its rim, so that few visits are needed; -1:
 * none has any. */
static ptrdiff_t next_tile(const summing *s) {
    ptrdiff_t best = -1;
    for (ptrdiff_t tile = 0; tile < s->n_tiles; tile++) {
        if (s->rim[tile].n_ready > (best < 0 ? 0 : s->rim[best].n_ready)) {
            best = tile;
        }
    }
    return best;
}

static tl_code sum_all(summing *s, const tl_progress *p, tl_err *err) {
    TL_TRY(allocate(s, err));
    tl_paged *const all[] = {s->dem->surface, s->receivers, &s->waiting, &s->sums->total,
                             s->weight};
    TL_TRY(tl_hydro_tiles_share(s->dem, all, 5, err));
    TL_TRY(find_grains(s, err));
    for (ptrdiff_t tile = 0; tile < s->n_tiles; tile++) {
        TL_TRY(tl_progress_at(p, 0.8 * (double)tile / (double)s->n_tiles, err));
        TL_TRY(visit(s, tile, 1, err));
    }
    const double first = (double)s->sums->n_visit;
    for (ptrdiff_t tile = next_tile(s); tile >= 0; tile = next_tile(s)) {
        /* The number of visits left is not known, so the steps of the progress become smaller and
         * smaller. */
        const double more = (double)s->sums->n_visit - first;
        TL_TRY(tl_progress_at(p, 0.8 + 0.2 * more / (more + first), err));
        TL_TRY(visit(s, tile, 0, err));
    }
    return tl_progress_at(p, 1.0, err);
}

tl_code tl_hydro_tiles_sum(const tl_dem_tiles *dem, tl_paged *receivers,
                           const tl_flow_options *options, tl_paged *weight, tl_tiles_sums *sums,
                           const tl_progress *p, tl_err *err) {
    *sums = (tl_tiles_sums){0};
    TL_TRY(tl_hydro_flow_check(options, err));
    summing s = {.dem = dem, .receivers = receivers, .weight = weight, .sums = sums};
    s.options = *options;
    s.options.weight = NULL;
    s.n_tiles = tl_tiles_tiling_count(&dem->tiling);
    const tl_code code = sum_all(&s, p, err);
    free_summing(&s);
    if (code != TL_OK) {
        tl_hydro_tiles_sums_free(sums);
    }
    return code;
}

void tl_hydro_tiles_sums_free(tl_tiles_sums *sums) {
    if (sums != NULL) {
        tl_tiles_paged_free(&sums->total);
        *sums = (tl_tiles_sums){0};
    }
}

/* --- sums as floats --- */

static tl_code store_tiles(const tl_dem_tiles *dem, tl_tiles_sums *sums, tl_paged *flow,
                           tl_tile_window *window, int64_t *total, float *stored, tl_err *err) {
    for (ptrdiff_t tile = 0; tile < tl_tiles_tiling_count(&dem->tiling); tile++) {
        TL_TRY(tl_hydro_tiles_window_move(window, dem, tile, err));
        TL_TRY(tl_hydro_tiles_window_read(window, &sums->total, total, err));
        for (ptrdiff_t at = 0; at < window->box.nrow * window->box.ncol; at++) {
            stored[at] =
                isnan(window->surface.data[at]) ? NAN : (float)((double)total[at] / sums->grains);
        }
        TL_TRY(tl_hydro_tiles_window_write(window, flow, stored, err));
    }
    return TL_OK;
}

static tl_code store_flow(const tl_dem_tiles *dem, tl_tiles_sums *sums, tl_paged *flow,
                          tl_err *err) {
    const ptrdiff_t max_cells = tl_hydro_tiles_window_max_cells(dem);
    tl_tile_window window = {0};
    int64_t *total = tl_acquire(max_cells, sizeof *total);
    float *stored = tl_acquire(max_cells, sizeof *stored);
    tl_code code = TL_OK;
    if (total == NULL || stored == NULL) {
        code = tl_no_memory(err, "a tile of %td cells", max_cells);
        goto done;
    }
    TL_CHECK(tl_hydro_tiles_raster(dem, sizeof(float), flow, err));
    tl_paged *const all[] = {dem->surface, &sums->total, flow};
    TL_CHECK(tl_hydro_tiles_share(dem, all, 3, err));
    TL_CHECK(tl_hydro_tiles_window_init(&window, dem, err));
    code = store_tiles(dem, sums, flow, &window, total, stored, err);
done:
    tl_hydro_tiles_window_free(&window);
    tl_release(total);
    tl_release(stored);
    return code;
}

tl_code tl_hydro_tiles_accumulate(const tl_dem_tiles *dem, const tl_flow_options *options,
                                  tl_paged *weight, tl_paged *flow, const tl_progress *p,
                                  tl_err *err) {
    const tl_progress first = tl_progress_part(p, 0.0, 0.3);
    const tl_progress rest = tl_progress_part(p, 0.3, 1.0);
    tl_paged receivers = {0};
    tl_tiles_sums sums = {0};
    tl_code code = TL_OK;
    *flow = (tl_paged){0};
    TL_CHECK(tl_hydro_tiles_route(dem, options, &receivers, &first, err));
    TL_CHECK(tl_hydro_tiles_sum(dem, &receivers, options, weight, &sums, &rest, err));
    tl_tiles_paged_free(&receivers);
    code = store_flow(dem, &sums, flow, err);
done:
    tl_tiles_paged_free(&receivers);
    tl_hydro_tiles_sums_free(&sums);
    if (code != TL_OK) {
        tl_tiles_paged_free(flow);
    }
    return code;
}
