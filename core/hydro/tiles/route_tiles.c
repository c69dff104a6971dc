/* SPDX-License-Identifier: GPL-2.0-or-later
 * Directions tile by tile, then flats by steps that tiles exchange; see route_tiles.h. */
#include "hydro/tiles/route_tiles.h"

#include "base/alloc.h"
#include "hydro/route.h"
#include "hydro/tiles/flats_tile.h"

typedef struct routing {
    const tl_dem_tiles *dem;
    tl_flow_options options; /* flats are kept, because they are directed afterwards */
    tl_paged *receivers;
    tl_paged toward; /* empty while no flat has been met */
    tl_paged away;
    tl_tile_window window;
    tl_flats_tile tile;    /* its arrays hold the largest window */
    ptrdiff_t *flats;      /* [tiles] cells in flats */
    unsigned char *is_due; /* [tiles] bit 0: is in due; bit 1: has been seeded */
    tl_cellqueue due;      /* tiles whose ring has changed */
    tl_cellqueue wave;
    tl_flats_border *border; /* [tiles] */
    ptrdiff_t n_tiles;
} routing;

static tl_code allocate(routing *r, tl_err *err) {
    const ptrdiff_t max_cells = tl_hydro_tiles_window_max_cells(r->dem);
    TL_TRY(tl_hydro_tiles_window_init(&r->window, r->dem, err));
    r->tile.receivers = tl_acquire(max_cells, 1);
    r->tile.toward = tl_acquire(max_cells, sizeof *r->tile.toward);
    r->flats = tl_acquire(r->n_tiles, sizeof *r->flats);
    return r->tile.receivers == NULL || r->tile.toward == NULL || r->flats == NULL
               ? tl_no_memory(err, "the flow directions of %td tiles", r->n_tiles)
               : TL_OK;
}

static void free_routing(routing *r) {
    tl_hydro_tiles_window_free(&r->window);
    tl_release(r->tile.receivers);
    tl_release(r->tile.toward);
    tl_release(r->tile.away);
    tl_release(r->tile.label);
    tl_release(r->flats);
    tl_release(r->is_due);
    for (ptrdiff_t i = 0; i < r->n_tiles && r->border != NULL; i++) {
        tl_hydro_tiles_flats_border_free(&r->border[i]);
    }
    tl_release(r->border);
    tl_hydro_cellqueue_free(&r->due);
    tl_hydro_cellqueue_free(&r->wave);
    tl_tiles_paged_free(&r->toward);
    tl_tiles_paged_free(&r->away);
}

static tl_code move_to(routing *r, ptrdiff_t tile, tl_err *err) {
    TL_TRY(tl_hydro_tiles_window_move(&r->window, r->dem, tile, err));
    r->tile.surface = &r->window.surface;
    r->tile.row0 = r->window.row0;
    r->tile.col0 = r->window.col0;
    r->tile.rows = r->window.tile.nrow;
    r->tile.cols = r->window.tile.ncol;
    return TL_OK;
}

/* --- cells that are not flat --- */

static tl_code route_tile(routing *r, ptrdiff_t tile, int drains_flats, tl_err *err) {
    TL_TRY(move_to(r, tile, err));
    const tl_route route = {&r->window.surface, &r->window.cells, &r->options};
    TL_TRY(tl_hydro_route_all(&route, r->tile.receivers, NULL, err));
    TL_TRY(tl_hydro_tiles_window_write(&r->window, r->receivers, r->tile.receivers, err));
    if (!drains_flats) {
        return TL_OK;
    }
    r->flats[tile] = tl_hydro_tiles_flats_mark(&r->tile);
    if (r->flats[tile] == 0) {
        return TL_OK;
    }
    if (r->toward.tile == NULL) {
        TL_TRY(tl_hydro_tiles_raster(r->dem, sizeof(int32_t), &r->toward, err));
        tl_paged *const all[] = {r->dem->surface, r->receivers, &r->toward};
        TL_TRY(tl_hydro_tiles_share(r->dem, all, 3, err));
    }
    return tl_hydro_tiles_window_write(&r->window, &r->toward, r->tile.toward, err);
}

/* --- flats --- */

static tl_code start_flats(routing *r, tl_err *err) {
    const ptrdiff_t max_cells = tl_hydro_tiles_window_max_cells(r->dem);
    TL_TRY(tl_hydro_tiles_raster(r->dem, sizeof(int32_t), &r->away, err));
    tl_paged *const all[] = {r->dem->surface, r->receivers, &r->toward, &r->away};
    TL_TRY(tl_hydro_tiles_share(r->dem, all, 4, err));
    r->tile.away = tl_acquire(max_cells, sizeof *r->tile.away);
    r->tile.label = tl_acquire(max_cells, sizeof *r->tile.label);
    r->is_due = tl_acquire(r->n_tiles, 1);
    r->border = tl_acquire(r->n_tiles, sizeof *r->border);
    if (r->tile.away == NULL || r->tile.label == NULL || r->is_due == NULL || r->border == NULL) {
        return tl_no_memory(err, "the flow directions of %td tiles", r->n_tiles);
    }
    for (ptrdiff_t tile = 0; tile < r->n_tiles; tile++) {
        if (r->flats[tile] > 0) {
            r->is_due[tile] = 1;
            TL_TRY(tl_hydro_cellqueue_put(&r->due, tile, err));
        }
    }
    return TL_OK;
}

/* Seeds a tile at its first visit, shortens its steps, and queues the neighbours that are
 * affected. */
static tl_code visit(routing *r, ptrdiff_t tile, tl_err *err) {
    enum { IS_DUE = 1, IS_SEEDED = 2 };
    const int is_first = (r->is_due[tile] & IS_SEEDED) == 0;
    r->is_due[tile] = IS_SEEDED;
    TL_TRY(move_to(r, tile, err));
    TL_TRY(tl_hydro_tiles_window_read(&r->window, &r->toward, r->tile.toward, err));
    TL_TRY(tl_hydro_tiles_window_read(&r->window, &r->away, r->tile.away, err));
    if (is_first) {
        tl_hydro_tiles_flats_seed(&r->tile);
    }
    int toward = 0;
    int away = 0;
    TL_TRY(tl_hydro_tiles_flats_relax(&r->tile, r->tile.toward, is_first, &r->wave, &toward, err));
    TL_TRY(tl_hydro_tiles_flats_relax(&r->tile, r->tile.away, is_first, &r->wave, &away, err));
    if (is_first || toward != 0) {
        TL_TRY(tl_hydro_tiles_window_write(&r->window, &r->toward, r->tile.toward, err));
    }
    if (is_first || away != 0) {
        TL_TRY(tl_hydro_tiles_window_write(&r->window, &r->away, r->tile.away, err));
    }
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        const ptrdiff_t other = tl_tiles_tiling_neighbour(&r->dem->tiling, tile, i);
        if (((toward | away) >> i & 1) && other >= 0 && r->flats[other] > 0 &&
            (r->is_due[other] & IS_DUE) == 0) {
            r->is_due[other] |= IS_DUE;
            TL_TRY(tl_hydro_cellqueue_put(&r->due, other, err));
        }
    }
    return TL_OK;
}

static tl_code label_tile(routing *r, ptrdiff_t tile, tl_flats_border *border, tl_err *err) {
    TL_TRY(move_to(r, tile, err));
    TL_TRY(tl_hydro_tiles_window_read(&r->window, &r->toward, r->tile.toward, err));
    TL_TRY(tl_hydro_tiles_window_read(&r->window, &r->away, r->tile.away, err));
    return tl_hydro_tiles_flats_label(&r->tile, &r->wave, border, err);
}

static tl_code finish_tile(routing *r, ptrdiff_t tile, tl_err *err) {
    tl_flats_border again = {0};
    TL_TRY(label_tile(r, tile, &again, err));
    tl_hydro_tiles_flats_border_free(&again);
    TL_TRY(tl_hydro_tiles_window_read(&r->window, r->receivers, r->tile.receivers, err));
    tl_hydro_tiles_flats_finish(&r->tile, &r->border[tile]);
    return tl_hydro_tiles_window_write(&r->window, r->receivers, r->tile.receivers, err);
}

static tl_code drain_flats(routing *r, const tl_progress *p, tl_err *err) {
    TL_TRY(start_flats(r, err));
    while (r->due.count > 0) {
        TL_TRY(tl_progress_at(p, 0.0, err));
        TL_TRY(visit(r, tl_hydro_cellqueue_take(&r->due), err));
    }
    for (ptrdiff_t tile = 0; tile < r->n_tiles; tile++) {
        if (r->flats[tile] > 0) {
            TL_TRY(tl_progress_at(p, 0.5 * (double)tile / (double)r->n_tiles, err));
            TL_TRY(label_tile(r, tile, &r->border[tile], err));
        }
    }
    TL_TRY(tl_hydro_tiles_flats_join(r->border, r->dem->tiling.down, r->dem->tiling.across, err));
    for (ptrdiff_t tile = 0; tile < r->n_tiles; tile++) {
        if (r->flats[tile] > 0) {
            TL_TRY(tl_progress_at(p, 0.5 + 0.5 * (double)tile / (double)r->n_tiles, err));
            TL_TRY(finish_tile(r, tile, err));
        }
    }
    return TL_OK;
}

static tl_code route(routing *r, int drains_flats, const tl_progress *p, tl_err *err) {
    const tl_progress first = tl_progress_part(p, 0.0, 0.6);
    const tl_progress rest = tl_progress_part(p, 0.6, 1.0);
    TL_TRY(tl_hydro_tiles_raster(r->dem, 1, r->receivers, err));
    tl_paged *const all[] = {r->dem->surface, r->receivers};
    TL_TRY(tl_hydro_tiles_share(r->dem, all, 2, err));
    TL_TRY(allocate(r, err));
    for (ptrdiff_t tile = 0; tile < r->n_tiles; tile++) {
        TL_TRY(tl_progress_at(&first, (double)tile / (double)r->n_tiles, err));
        TL_TRY(route_tile(r, tile, drains_flats, err));
    }
    if (r->toward.tile != NULL) {
        TL_TRY(drain_flats(r, &rest, err));
    }
    return tl_progress_at(p, 1.0, err);
}

tl_code tl_hydro_tiles_route(const tl_dem_tiles *dem, const tl_flow_options *options,
                             tl_paged *receivers, const tl_progress *p, tl_err *err) {
    routing r = {.dem = dem, .options = *options, .receivers = receivers};
    r.options.weight = NULL;
    r.options.keep_flats = 1;
    r.n_tiles = tl_tiles_tiling_count(&dem->tiling);
    *receivers = (tl_paged){0};
    const tl_code code = route(&r, !options->keep_flats, p, err);
    free_routing(&r);
    if (code != TL_OK) {
        tl_tiles_paged_free(receivers);
    }
    return code;
}
