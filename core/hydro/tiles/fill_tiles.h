/* SPDX-License-Identifier: GPL-2.0-or-later
 * The lowest surface without pits of a raster that is processed tile by tile: each tile is flooded
 * on its own and describes its rim; the rims are solved together; each tile is finished on its own.
 * The steps exchange plain data.
 *
 * The surface is that of hydro/lowest.h, whatever the tiles: along the path from a cell to the
 * outside that climbs least, only the highest cell counts, and a path through several tiles
 * consists of pieces inside one tile each.
 *
 * source  Barnes 2016 Comput. Geosci. 96:56 */
#ifndef TL_HYDRO_TILES_FILL_TILES_H
#define TL_HYDRO_TILES_FILL_TILES_H

#include <stddef.h>
#include <stdint.h>

#include "base/progress.h"
#include "base/status.h"
#include "tiles/paged.h"
#include "tiles/tiling.h"

/* Watersheds a and b of one tile meet, and the lowest path between them climbs to height. */
typedef struct tl_fill_pass {
    int32_t a;
    int32_t b;
    float height;
} tl_fill_pass;

/* The description of one tile. Watershed 0 holds the cells whose water leaves the raster from
 * inside the tile; every other one drains over a rim cell into a neighbouring tile. */
typedef struct tl_fill_border {
    ptrdiff_t nrow; /* of the tile */
    ptrdiff_t ncol;
    float *height;  /* [rim] metres; NaN = NoData */
    int32_t *label; /* [rim] watershed; -1 where height is NaN */
    int32_t n_labels;
    tl_fill_pass *pass; /* [n_pass] enough to find the lowest path between any two */
    ptrdiff_t n_pass;
    /* [n_labels] the outlet of each watershed, metres; set by tl_hydro_tiles_fill_solve_borders */
    float *level;
} tl_fill_border;

/* Frees; NULL, zeroed and already freed borders are fine. */
void tl_hydro_tiles_fill_border_free(tl_fill_border *border);

/* How many cells the rim of a tile has, and the number of one: north row, south row, the rest of
 * the west column, the rest of the east column. */
ptrdiff_t tl_hydro_tiles_fill_rim_count(ptrdiff_t nrow, ptrdiff_t ncol);
ptrdiff_t tl_hydro_tiles_fill_rim_index(ptrdiff_t nrow, ptrdiff_t ncol, ptrdiff_t row,
                                        ptrdiff_t col);

/* First step, for every tile on its own.
 *
 * z       [nrow, ncol] cells of the tile, metres, NaN = NoData
 * edge    [4] 1: the north, east, south, west side of the tile is one of the raster
 * border  initialised here, without level
 * fails   TL_NOMEM
 * cost    O(n log n); 8 bytes per cell in addition to z, and the queues */
tl_code tl_hydro_tiles_fill_solve_tile(const float *z, ptrdiff_t nrow, ptrdiff_t ncol,
                                       const int edge[4], tl_fill_border *border, tl_err *err);

/* Second step, once: computes the level of every border.
 *
 * border  [tiles of the tiling]
 * fails   TL_NOMEM; TL_DATA more than 2^31 watersheds
 * cost    O(r log r) for r rim cells of all tiles; 12 bytes per pass between watersheds */
tl_code tl_hydro_tiles_fill_solve_borders(const tl_tiling *tiling, tl_fill_border *border,
                                          tl_err *err);

/* Third step, for every tile on its own.
 *
 * z       [nrow, ncol] as in the first step; the rim is overwritten
 * filled  [nrow, ncol] out: metres, >= z; NaN exactly where z is NaN
 * fails   TL_NOMEM */
tl_code tl_hydro_tiles_fill_finish_tile(const tl_fill_border *border, float *z, float *filled,
                                        tl_err *err);

/* All three for a raster of floats, in place.
 *
 * z        metres, NaN = NoData; no infinite values
 * side     of the tiles, cells
 * threads  tiles worked on at a time; the surface does not depend on it
 * fails    as the steps, and as z; TL_CANCELLED
 * cost     z is read and written twice; 16 bytes per cell of the tiles at work */
tl_code tl_hydro_tiles_fill_lowest(tl_paged *z, ptrdiff_t side, int threads, const tl_progress *p,
                                   tl_err *err);

#endif
