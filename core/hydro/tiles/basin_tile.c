/* SPDX-License-Identifier: GPL-2.0-or-later
 * Labels in one tile and from rim to rim; see basin_tile.h. */
#include "hydro/tiles/basin_tile.h"

#include "base/alloc.h"
#include "hydro/route.h"
#include "hydro/tiles/fill_tiles.h"
#include "terrain/neighbours.h"

void tl_hydro_tiles_basin_border_free(tl_basin_border *border) {
    tl_release(border->label);
    tl_release(border->exit);
    *border = (tl_basin_border){0};
}

static int is_inside(const tl_basin_tile *t, ptrdiff_t at) {
    const ptrdiff_t row = t->box.row0 + at / t->box.ncol - t->tile.row0;
    const ptrdiff_t col = t->box.col0 + at % t->box.ncol - t->tile.col0;
    return row >= 0 && col >= 0 && row < t->tile.nrow && col < t->tile.ncol;
}

static ptrdiff_t next_of(const tl_basin_tile *t, ptrdiff_t at) {
    const int i = tl_hydro_route_direction(t->receivers[at]);
    return i < 0 ? -1 : at + tl_drow[i] * t->box.ncol + tl_dcol[i];
}

static ptrdiff_t window_cell(const tl_basin_tile *t, ptrdiff_t row, ptrdiff_t col) {
    return (t->tile.row0 - t->box.row0 + row) * t->box.ncol + t->tile.col0 - t->box.col0 + col;
}

/* Labels the path down from a cell of the tile by where it ends. Where it leaves the tile, the
 * label is that of the ring, or -1 - its cell in the window while the ring is not known. */
static void follow_down(const tl_basin_tile *t, ptrdiff_t start, int ring_is_known) {
    ptrdiff_t at = start;
    int found = TL_BASIN_OPEN;
    while (found == TL_BASIN_OPEN) {
        if (!is_inside(t, at)) {
            found = ring_is_known ? t->label[at] : (int)(-1 - at);
        } else if (t->label[at] != TL_BASIN_OPEN) {
            found = t->label[at];
        } else {
            at = next_of(t, at);
            found = at < 0 ? TL_BASIN_NONE : TL_BASIN_OPEN;
        }
    }
    for (at = start; at >= 0 && is_inside(t, at) && t->label[at] == TL_BASIN_OPEN;
         at = next_of(t, at)) {
        t->label[at] = found;
    }
}

static void follow_all(const tl_basin_tile *t, int ring_is_known) {
    for (ptrdiff_t row = 0; row < t->tile.nrow; row++) {
        for (ptrdiff_t col = 0; col < t->tile.ncol; col++) {
            follow_down(t, window_cell(t, row, col), ring_is_known);
        }
    }
}

static void note(const tl_basin_tile *t, tl_basin_border *border, ptrdiff_t row, ptrdiff_t col,
                 ptrdiff_t raster_ncol) {
    const ptrdiff_t k = tl_hydro_tiles_fill_rim_index(t->tile.nrow, t->tile.ncol, row, col);
    const int label = t->label[window_cell(t, row, col)];
    border->label[k] = label < 0 ? TL_BASIN_OPEN : label;
    if (label < 0) {
        const ptrdiff_t out = -1 - (ptrdiff_t)label;
        border->exit[k] =
            (t->box.row0 + out / t->box.ncol) * raster_ncol + t->box.col0 + out % t->box.ncol;
    }
}

tl_code tl_hydro_tiles_basin_tile_solve(const tl_basin_tile *t, ptrdiff_t raster_ncol,
                                        tl_basin_border *border, tl_err *err) {
    border->n = tl_hydro_tiles_fill_rim_count(t->tile.nrow, t->tile.ncol);
    border->label = tl_acquire(border->n, sizeof *border->label);
    border->exit = tl_acquire(border->n, sizeof *border->exit);
    if (border->label == NULL || border->exit == NULL) {
        tl_hydro_tiles_basin_border_free(border);
        return tl_no_memory(err, "the sides of a tile");
    }
    follow_all(t, 0);
    for (ptrdiff_t row = 0; row < t->tile.nrow; row++) {
        const int whole = row == 0 || row == t->tile.nrow - 1;
        for (ptrdiff_t col = 0; col < t->tile.ncol; col++) {
            if (whole || col == 0 || col == t->tile.ncol - 1) {
                note(t, border, row, col, raster_ncol);
            }
        }
    }
    return TL_OK;
}

/* --- from tile to tile --- */

/* The tile of a cell of the raster, and its index in the rim of that tile. */
static ptrdiff_t rim_of(const tl_tiling *tiling, ptrdiff_t cell, ptrdiff_t *tile) {
    const ptrdiff_t row = cell / tiling->ncol;
    const ptrdiff_t col = cell % tiling->ncol;
    *tile = tl_tiles_tiling_of(tiling, row, col);
    const tl_box box = tl_tiles_tiling_box(tiling, *tile);
    return tl_hydro_tiles_fill_rim_index(box.nrow, box.ncol, row - box.row0, col - box.col0);
}

static void follow_rim(const tl_tiling *tiling, tl_basin_border *border, ptrdiff_t tile,
                       ptrdiff_t k) {
    ptrdiff_t here = tile;
    ptrdiff_t at = k;
    while (border[here].label[at] == TL_BASIN_OPEN) {
        at = rim_of(tiling, border[here].exit[at], &here);
    }
    const int found = border[here].label[at];
    here = tile;
    at = k;
    while (border[here].label[at] == TL_BASIN_OPEN) {
        border[here].label[at] = found;
        at = rim_of(tiling, border[here].exit[at], &here);
    }
}

void tl_hydro_tiles_basin_follow(const tl_tiling *tiling, tl_basin_border *border) {
    for (ptrdiff_t tile = 0; tile < tl_tiles_tiling_count(tiling); tile++) {
        for (ptrdiff_t k = 0; k < border[tile].n; k++) {
            follow_rim(tiling, border, tile, k);
        }
    }
}

void tl_hydro_tiles_basin_tile_finish(const tl_basin_tile *t, const tl_tiling *tiling,
                                      const tl_basin_border *border) {
    for (ptrdiff_t row = 0; row < t->box.nrow; row++) {
        for (ptrdiff_t col = 0; col < t->box.ncol; col++) {
            const ptrdiff_t at = row * t->box.ncol + col;
            if (!is_inside(t, at)) {
                ptrdiff_t tile;
                const ptrdiff_t k =
                    rim_of(tiling, (t->box.row0 + row) * tiling->ncol + t->box.col0 + col, &tile);
                t->label[at] = border[tile].label[k];
            }
        }
    }
    follow_all(t, 1);
}
