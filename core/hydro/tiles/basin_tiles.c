/* SPDX-License-Identifier: GPL-2.0-or-later
 * Subbasins over all tiles; see net_tiles.h. */
#include "base/alloc.h"
#include "hydro/tiles/basin_tile.h"
#include "hydro/tiles/net_tiles.h"

typedef struct labelling {
    const tl_dem_tiles *dem;
    tl_paged *receivers;
    tl_paged *label;
    tl_tile_window window;
    unsigned char *directions; /* of the largest window */
    int *number;
    tl_basin_border *border; /* [tiles] */
    ptrdiff_t n_tiles;
} labelling;

static tl_code set_label(labelling *w, ptrdiff_t cell, int label, tl_err *err) {
    const ptrdiff_t ncol = w->dem->tiling.ncol;
    int *at = tl_tiles_paged_at(w->label, cell / ncol, cell % ncol, 1, err);
    if (at == NULL) {
        return TL_IO;
    }
    *at = label;
    return TL_OK;
}

/* Sets the labels that are known: those of the cells of links, and of inlets, above which nothing
 * is mapped. */
static tl_code set_known(labelling *w, const tl_streams *streams, const tl_streams_options *options,
                         tl_err *err) {
    for (ptrdiff_t i = 0; i < options->n_node; i++) {
        if (options->node[i].is_inlet) {
            TL_TRY(set_label(w, options->node[i].cell, TL_BASIN_NONE, err));
        }
    }
    for (ptrdiff_t i = 0; i < streams->n_link; i++) {
        const tl_link *link = &streams->link[i];
        for (ptrdiff_t k = 0; k < link->n_own; k++) {
            TL_TRY(
                set_label(w, streams->vertex[link->first_own + k], TL_BASIN_FIRST + (int)i, err));
        }
    }
    return TL_OK;
}

static tl_code allocate(labelling *w, tl_err *err) {
    const ptrdiff_t max_cells = tl_hydro_tiles_window_max_cells(w->dem);
    TL_TRY(tl_hydro_tiles_raster(w->dem, sizeof(int), w->label, err));
    tl_paged *const all[] = {w->dem->surface, w->receivers, w->label};
    TL_TRY(tl_hydro_tiles_share(w->dem, all, 3, err));
    TL_TRY(tl_hydro_tiles_window_init(&w->window, w->dem, err));
    w->directions = tl_acquire(max_cells, 1);
    w->number = tl_acquire(max_cells, sizeof *w->number);
    w->border = tl_acquire(w->n_tiles, sizeof *w->border);
    return w->directions == NULL || w->number == NULL || w->border == NULL
               ? tl_no_memory(err, "a tile of %td cells", max_cells)
               : TL_OK;
}

static tl_code read_tile(labelling *w, ptrdiff_t tile, tl_basin_tile *t, tl_err *err) {
    tl_hydro_tiles_window_set(&w->window, w->dem, tile);
    TL_TRY(tl_hydro_tiles_window_read(&w->window, w->receivers, w->directions, err));
    TL_TRY(tl_hydro_tiles_window_read(&w->window, w->label, w->number, err));
    *t = (tl_basin_tile){w->window.tile, w->window.box, w->directions, w->number};
    return TL_OK;
}

static tl_code label_all(labelling *w, const tl_progress *p, tl_err *err) {
    const tl_tiling *tiling = &w->dem->tiling;
    tl_basin_tile t;
    for (ptrdiff_t tile = 0; tile < w->n_tiles; tile++) {
        TL_TRY(tl_progress_at(p, 0.5 * (double)tile / (double)w->n_tiles, err));
        TL_TRY(read_tile(w, tile, &t, err));
        TL_TRY(tl_hydro_tiles_basin_tile_solve(&t, tiling->ncol, &w->border[tile], err));
    }
    tl_hydro_tiles_basin_follow(tiling, w->border);
    for (ptrdiff_t tile = 0; tile < w->n_tiles; tile++) {
        TL_TRY(tl_progress_at(p, 0.5 + 0.5 * (double)tile / (double)w->n_tiles, err));
        TL_TRY(read_tile(w, tile, &t, err));
        tl_hydro_tiles_basin_tile_finish(&t, tiling, w->border);
        for (ptrdiff_t at = 0; at < t.box.nrow * t.box.ncol; at++) {
            w->number[at] -= TL_BASIN_FIRST;
        }
        TL_TRY(tl_hydro_tiles_window_write(&w->window, w->label, w->number, err));
    }
    return TL_OK;
}

tl_code tl_hydro_tiles_basins(const tl_dem_tiles *dem, tl_paged *receivers,
                              const tl_streams *streams, const tl_streams_options *options,
                              tl_paged *label, const tl_progress *p, tl_err *err) {
    labelling w = {.dem = dem, .receivers = receivers, .label = label};
    w.n_tiles = tl_tiles_tiling_count(&dem->tiling);
    *label = (tl_paged){0};
    tl_code code = allocate(&w, err);
    if (code == TL_OK) {
        code = set_known(&w, streams, options, err);
    }
    if (code == TL_OK) {
        code = label_all(&w, p, err);
    }
    for (ptrdiff_t tile = 0; tile < w.n_tiles && w.border != NULL; tile++) {
        tl_hydro_tiles_basin_border_free(&w.border[tile]);
    }
    tl_release(w.border);
    tl_release(w.directions);
    tl_release(w.number);
    tl_hydro_tiles_window_free(&w.window);
    if (code != TL_OK) {
        tl_tiles_paged_free(label);
    }
    return code;
}
