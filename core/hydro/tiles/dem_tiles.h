/* SPDX-License-Identifier: GPL-2.0-or-later
 * A DEM in tiles: its surface, and windows of it as plain grids. */
#ifndef TL_HYDRO_TILES_DEM_TILES_H
#define TL_HYDRO_TILES_DEM_TILES_H

#include "base/grid.h"
#include "base/status.h"
#include "terrain/cells.h"
#include "tiles/paged.h"
#include "tiles/tiling.h"

/* Everything is borrowed. */
typedef struct tl_dem_tiles {
    tl_paged *surface;     /* float, metres; NaN = NoData and beyond the raster */
    const tl_cells *cells; /* [nrow] true sizes */
    tl_tiling tiling; /* the tiles that are processed one by one; need not be those of surface */
    double bytes;     /* maximum memory of surface and of the rasters derived from it */
    /* Opens a scratch file for a raster; NULL: all stays in memory. */
    tl_code (*open_scratch)(void *user, tl_scratch *scratch, tl_err *err);
    void *user;
} tl_dem_tiles;

/* A raster of the shape of the DEM with cells of 0; its memory is set by tl_hydro_tiles_share. */
tl_code tl_hydro_tiles_raster(const tl_dem_tiles *dem, size_t size, tl_paged *raster, tl_err *err);

/* Divides the memory of the DEM among the rasters that are used next, by the size of their cells.
 *
 * raster  [n]; NULL and empty ones are skipped
 * fails   as tl_tiles_paged_limit */
tl_code tl_hydro_tiles_share(const tl_dem_tiles *dem, tl_paged *const *raster, ptrdiff_t n,
                             tl_err *err);

/* A tile with the cells around it as far as they exist. */
typedef struct tl_tile_window {
    tl_box tile;
    tl_box box;           /* of the window, inside the raster */
    ptrdiff_t row0, col0; /* of the tile within the window */
    tl_grid surface;      /* [box.nrow, box.ncol]; without a georeference */
    tl_cells cells;       /* of the rows of the window; borrowed from the DEM */
} tl_tile_window;

/* Memory for any window of the DEM.
 *
 * window  uninitialised; freed with tl_hydro_tiles_window_free
 * fails   TL_NOMEM */
tl_code tl_hydro_tiles_window_init(tl_tile_window *window, const tl_dem_tiles *dem, tl_err *err);

/* Cells of the largest window. */
ptrdiff_t tl_hydro_tiles_window_max_cells(const tl_dem_tiles *dem);

/* Moves the window to a tile: _set without reading its surface, _move with it. */
void tl_hydro_tiles_window_set(tl_tile_window *window, const tl_dem_tiles *dem, ptrdiff_t tile);
tl_code tl_hydro_tiles_window_move(tl_tile_window *window, const tl_dem_tiles *dem, ptrdiff_t tile,
                                   tl_err *err);

/* Reads all of the window, or writes the tile in it; values are of the shape of the window. */
tl_code tl_hydro_tiles_window_read(const tl_tile_window *window, tl_paged *raster, void *values,
                                   tl_err *err);
tl_code tl_hydro_tiles_window_write(const tl_tile_window *window, tl_paged *raster,
                                    const void *values, tl_err *err);

/* Index in the window of a cell of the tile. */
static inline ptrdiff_t tl_hydro_tiles_window_at(const tl_tile_window *w, ptrdiff_t row,
                                                 ptrdiff_t col) {
    return (w->row0 + row) * w->box.ncol + w->col0 + col;
}

/* Frees; NULL, zeroed and already freed windows are fine. */
void tl_hydro_tiles_window_free(tl_tile_window *window);

#endif
