/* SPDX-License-Identifier: GPL-2.0-or-later
 * Stream cells gathered tile by tile; see net_tiles.h. */
#include "hydro/tiles/net_tiles.h"

#include <math.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "hydro/route.h"

typedef struct gathering {
    const tl_dem_tiles *dem;
    tl_paged *receivers;
    tl_tiles_sums *count;
    tl_tiles_sums *area;
    const tl_streams_options *options;
    tl_net *net;
    double cell_m2;
    tl_tile_window window;
    unsigned char *directions; /* of the largest window */
    int64_t *cells;
    int64_t *m2; /* NULL where all cells are equal */
} gathering;

static tl_code allocate(gathering *g, tl_err *err) {
    const ptrdiff_t max_cells = tl_hydro_tiles_window_max_cells(g->dem);
    TL_TRY(tl_hydro_tiles_window_init(&g->window, g->dem, err));
    g->directions = tl_acquire(max_cells, 1);
    g->cells = tl_acquire(max_cells, sizeof *g->cells);
    g->m2 = g->area == NULL ? NULL : tl_acquire(max_cells, sizeof *g->m2);
    return g->directions == NULL || g->cells == NULL || (g->area != NULL && g->m2 == NULL)
               ? tl_no_memory(err, "a tile of %td cells", max_cells)
               : TL_OK;
}

static tl_code take_cell(gathering *g, ptrdiff_t row, ptrdiff_t col, tl_err *err) {
    const tl_tile_window *w = &g->window;
    const ptrdiff_t at = tl_hydro_tiles_window_at(w, row, col);
    if (isnan(w->surface.data[at])) {
        return TL_OK;
    }
    const double count = (double)g->cells[at] / g->count->grains;
    /* There is an area wherever there are square metres. */
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
    const double area = g->m2 == NULL ? count * g->cell_m2 : (double)g->m2[at] / g->area->grains;
    g->net->max_cells = tl_max_double(count, g->net->max_cells);
    if (!tl_hydro_net_reaches(g->options, count, area)) {
        return TL_OK;
    }
    tl_net_cell cell = {.at = (w->tile.row0 + row) * g->net->ncol + w->tile.col0 + col,
                        .count = count,
                        .area_m2 = area,
                        .z = w->surface.data[at],
                        .direction = (signed char)tl_hydro_route_direction(g->directions[at])};
    if (cell.direction < 0) {
        cell.missing =
            tl_hydro_net_missing(&w->surface, at / w->surface.ncol, at % w->surface.ncol);
    }
    return tl_hydro_net_add(g->net, &cell, err);
}

static tl_code gather(gathering *g, const tl_progress *p, tl_err *err) {
    TL_TRY(allocate(g, err));
    const ptrdiff_t n_tiles = tl_tiles_tiling_count(&g->dem->tiling);
    for (ptrdiff_t tile = 0; tile < n_tiles; tile++) {
        TL_TRY(tl_progress_at(p, (double)tile / (double)n_tiles, err));
        TL_TRY(tl_hydro_tiles_window_move(&g->window, g->dem, tile, err));
        TL_TRY(tl_hydro_tiles_window_read(&g->window, g->receivers, g->directions, err));
        TL_TRY(tl_hydro_tiles_window_read(&g->window, &g->count->total, g->cells, err));
        if (g->area != NULL) {
            TL_TRY(tl_hydro_tiles_window_read(&g->window, &g->area->total, g->m2, err));
        }
        for (ptrdiff_t row = 0; row < g->window.tile.nrow; row++) {
            for (ptrdiff_t col = 0; col < g->window.tile.ncol; col++) {
                TL_TRY(take_cell(g, row, col, err));
            }
        }
    }
    return tl_hydro_net_close(g->net, err);
}

tl_code tl_hydro_tiles_net(const tl_dem_tiles *dem, tl_paged *receivers, tl_tiles_sums *count,
                           tl_tiles_sums *area, const tl_streams_options *options, tl_net *net,
                           const tl_progress *p, tl_err *err) {
    gathering g = {.dem = dem,
                   .receivers = receivers,
                   .count = count,
                   .area = area,
                   .options = options,
                   .net = net,
                   .cell_m2 = tl_hydro_net_cell_m2(dem->cells)};
    tl_hydro_net_start(net, dem->tiling.nrow, dem->tiling.ncol);
    const tl_code code = gather(&g, p, err);
    tl_hydro_tiles_window_free(&g.window);
    tl_release(g.directions);
    tl_release(g.cells);
    tl_release(g.m2);
    if (code != TL_OK) {
        tl_hydro_net_free(net);
    }
    return code;
}
