/* SPDX-License-Identifier: GPL-2.0-or-later
 * Boxes of tiles; see tiling.h. */
#include "tiles/tiling.h"

#include "base/minmax.h"
#include "terrain/neighbours.h"

tl_tiling tl_tiles_tiling_make(ptrdiff_t nrow, ptrdiff_t ncol, ptrdiff_t tile_rows,
                               ptrdiff_t tile_cols) {
    tl_tiling t = {.nrow = nrow, .ncol = ncol};
    t.tile_rows = tl_min(tl_max(tile_rows, 1), nrow);
    t.tile_cols = tl_min(tl_max(tile_cols, 1), ncol);
    t.down = (nrow + t.tile_rows - 1) / t.tile_rows;
    t.across = (ncol + t.tile_cols - 1) / t.tile_cols;
    return t;
}

tl_box tl_tiles_tiling_box(const tl_tiling *t, ptrdiff_t tile) {
    tl_box box = {.row0 = tile / t->across * t->tile_rows,
                  .col0 = tile % t->across * t->tile_cols,
                  .nrow = t->tile_rows,
                  .ncol = t->tile_cols};
    box.nrow = tl_min(t->nrow - box.row0, box.nrow);
    box.ncol = tl_min(t->ncol - box.col0, box.ncol);
    return box;
}

tl_box tl_tiles_tiling_halo(const tl_tiling *t, ptrdiff_t tile, ptrdiff_t halo) {
    tl_box box = tl_tiles_tiling_box(t, tile);
    box.row0 -= halo;
    box.col0 -= halo;
    box.nrow += 2 * halo;
    box.ncol += 2 * halo;
    return box;
}

ptrdiff_t tl_tiles_tiling_neighbour(const tl_tiling *t, ptrdiff_t tile, int i) {
    const ptrdiff_t row = tile / t->across + tl_drow[i];
    const ptrdiff_t col = tile % t->across + tl_dcol[i];
    return row < 0 || col < 0 || row >= t->down || col >= t->across ? -1 : row * t->across + col;
}
