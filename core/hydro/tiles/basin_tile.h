/* SPDX-License-Identifier: GPL-2.0-or-later
 * Labels that spread upstream in one tile, and the paths of water through it.
 *
 * Order of work: tl_hydro_tiles_basin_tile_solve in all tiles, tl_hydro_tiles_basin_follow once,
 * tl_hydro_tiles_basin_tile_finish in all. */
#ifndef TL_HYDRO_TILES_BASIN_TILE_H
#define TL_HYDRO_TILES_BASIN_TILE_H

#include "base/status.h"
#include "tiles/tiling.h"

/* Labels: 0 = not known, 1 = drains into no link, 2 + number of a link. */
enum { TL_BASIN_OPEN = 0, TL_BASIN_NONE = 1, TL_BASIN_FIRST = 2 };

/* One tile in its window. */
typedef struct tl_basin_tile {
    tl_box tile; /* in the raster */
    tl_box box;  /* the window: the tile and the cells around it, as far as they exist */
    const unsigned char *receivers; /* [box] one direction per cell at most */
    int *label;                     /* [box] */
} tl_basin_tile;

/* Where the water of the rim cells of a tile goes; the rim as in hydro/tiles/fill_tiles.h. */
typedef struct tl_basin_border {
    ptrdiff_t n;
    int *label;      /* [n] TL_BASIN_OPEN: it leaves the tile */
    ptrdiff_t *exit; /* [n] cell of the raster into which it leaves in that case */
} tl_basin_border;

/* Follows the water inside the tile.
 *
 * raster_ncol  columns of the raster, for the cells of exits
 * border       initialised here
 * fails        TL_NOMEM */
tl_code tl_hydro_tiles_basin_tile_solve(const tl_basin_tile *t, ptrdiff_t raster_ncol,
                                        tl_basin_border *border, tl_err *err);

/* Follows the water of all rims from tile to tile; afterwards every label is known.
 *
 * border  [tiles of the tiling] */
void tl_hydro_tiles_basin_follow(const tl_tiling *tiling, tl_basin_border *border);

/* Labels all cells of the tile. */
void tl_hydro_tiles_basin_tile_finish(const tl_basin_tile *t, const tl_tiling *tiling,
                                      const tl_basin_border *border);

/* Frees; zeroed is fine. */
void tl_hydro_tiles_basin_border_free(tl_basin_border *border);

#endif
