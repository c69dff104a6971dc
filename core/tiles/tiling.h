/* SPDX-License-Identifier: GPL-2.0-or-later
 * How a raster is cut into tiles: boxes of cells, with and without a rim of neighbours. */
#ifndef TL_TILES_TILING_H
#define TL_TILES_TILING_H

#include <stddef.h>

/* A rectangle of cells; it may reach beyond the raster only where that is documented. */
typedef struct tl_box {
    ptrdiff_t row0;
    ptrdiff_t col0;
    ptrdiff_t nrow;
    ptrdiff_t ncol;
} tl_box;

/* Tiles are numbered row by row from the north-west; the last of a row and of a column may be
 * smaller than the others. */
typedef struct tl_tiling {
    ptrdiff_t nrow; /* of the raster */
    ptrdiff_t ncol;
    ptrdiff_t tile_rows; /* of a full tile */
    ptrdiff_t tile_cols;
    ptrdiff_t down; /* tiles from north to south */
    ptrdiff_t across;
} tl_tiling;

/* Cuts a raster. Sides below 1 count as 1; a tile larger than the raster covers all of it. */
tl_tiling tl_tiles_tiling_make(ptrdiff_t nrow, ptrdiff_t ncol, ptrdiff_t tile_rows,
                               ptrdiff_t tile_cols);

/* The number of tiles. */
static inline ptrdiff_t tl_tiles_tiling_count(const tl_tiling *t) {
    return t->down * t->across;
}

/* The cells of a tile. */
tl_box tl_tiles_tiling_box(const tl_tiling *t, ptrdiff_t tile);

/* The cells of a tile and halo more on every side, also beyond the raster. */
tl_box tl_tiles_tiling_halo(const tl_tiling *t, ptrdiff_t tile, ptrdiff_t halo);

/* The neighbouring tile in direction i of terrain/neighbours.h; -1 beyond the raster. */
ptrdiff_t tl_tiles_tiling_neighbour(const tl_tiling *t, ptrdiff_t tile, int i);

/* The tile that holds a cell of the raster. */
static inline ptrdiff_t tl_tiles_tiling_of(const tl_tiling *t, ptrdiff_t row, ptrdiff_t col) {
    return row / t->tile_rows * t->across + col / t->tile_cols;
}

#endif
