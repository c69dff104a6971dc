/* SPDX-License-Identifier: GPL-2.0-or-later
 * Flow accumulation in one tile, and what tiles exchange: water that leaves a tile waits at
 * the rim of the next one until all donors of a cell there have passed on.
 *
 * Order of work: tl_hydro_tiles_flow_tile_start and tl_hydro_tiles_flow_tile_solve in all tiles,
 * tl_hydro_tiles_flow_tile_send after each; then, as long as a rim holds ready cells,
 * tl_hydro_tiles_flow_tile_solve there. Sums are whole numbers (hydro/accumulator.h), so the order
 * of tiles does not matter. */
#ifndef TL_HYDRO_TILES_FLOW_TILE_H
#define TL_HYDRO_TILES_FLOW_TILE_H

#include "base/status.h"
#include "hydro/accumulator.h"
#include "tiles/tiling.h"

/* The rim of a tile: its northern and southern row, then its western and eastern column; a cell in
 * two of them counts in the first. */
typedef struct tl_flow_rim {
    ptrdiff_t rows, cols;
    unsigned char *open;    /* [2 cols + 2 rows] donors that had not passed on at the last visit */
    unsigned char *arrived; /* [same] donors that have since; NULL: none */
    int64_t *grains;        /* [same] what they passed on; NULL: nothing */
    ptrdiff_t n_ready;      /* cells that wait for no other any more */
} tl_flow_rim;

/* Index in the rim of a cell of the tile; -1 inside. */
ptrdiff_t tl_hydro_tiles_flow_rim_index(const tl_flow_rim *rim, ptrdiff_t row, ptrdiff_t col);

/* The tile within its window; the arrays of spread are of the shape of the window. */
typedef struct tl_flow_tile {
    tl_accumulator *spread;
    ptrdiff_t row0, col0;
    ptrdiff_t rows, cols;
} tl_flow_tile;

/* Counts the donors of the cells of the tile. */
void tl_hydro_tiles_flow_tile_start(const tl_flow_tile *t);

/* Adds the water that waits at the rim and passes on the flow of all ready cells; the ring around
 * the tile gathers what leaves it.
 *
 * is_first  1: cells inside may be ready as well
 * rim       NULL arrays: nothing has arrived yet; emptied, then open is set again
 * fails     TL_NOMEM */
tl_code tl_hydro_tiles_flow_tile_solve(const tl_flow_tile *t, int is_first, tl_flow_rim *rim,
                                       tl_err *err);

/* Moves what the ring has gathered to the rim of the neighbour in direction i (N ... NW).
 *
 * to      rim of that neighbour; its open may still be NULL
 * fails   TL_NOMEM */
tl_code tl_hydro_tiles_flow_tile_send(const tl_flow_tile *t, int i, tl_flow_rim *to, tl_err *err);

/* Frees; zeroed is fine. */
void tl_hydro_tiles_flow_rim_free(tl_flow_rim *rim);

#endif
