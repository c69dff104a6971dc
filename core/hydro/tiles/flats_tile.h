/* SPDX-License-Identifier: GPL-2.0-or-later
 * Flats that cross tiles: the increments of tl_hydro_drain_flats, tile by tile. Each function works
 * on plain arrays of one window: a tile and the ring of cells around it, as far as they exist.
 *
 * Order of work: tl_hydro_tiles_flats_mark in all tiles; tl_hydro_tiles_flats_seed in those with
 * flats; tl_hydro_tiles_flats_relax in those whose ring has changed, until none has (steps are
 * shortest paths, so the order of tiles does not matter); tl_hydro_tiles_flats_label in all,
 * tl_hydro_tiles_flats_join once, tl_hydro_tiles_flats_finish in all. */
#ifndef TL_HYDRO_TILES_FLATS_TILE_H
#define TL_HYDRO_TILES_FLATS_TILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/grid.h"
#include "base/status.h"
#include "hydro/cellqueue.h"

/* The number of steps where it is not known, or where no path exists. */
#define TL_FLATS_FAR INT32_MAX

/* One tile with its ring; borrowed arrays of the shape of the window. */
typedef struct tl_flats_tile {
    const tl_grid *surface; /* [nrow, ncol] of the window; metres */
    ptrdiff_t row0, col0;   /* the tile within the window */
    ptrdiff_t rows, cols;
    unsigned char *receivers; /* as tl_hydro_route_all without flats; finish adds those of flats */
    /* 0: the cell is not part of a flat; else steps to the nearest exit of the flat */
    int32_t *toward;
    int32_t *away;  /* the same from the cells next to higher ones */
    int32_t *label; /* flats of the tile, 1 ...; 0 none. The ring has none */
} tl_flats_tile;

/* What tiles exchange about their flats. The rim of a tile are the cells at its sides: the northern
 * and the southern row, then the western and the eastern column. */
typedef struct tl_flats_border {
    ptrdiff_t rows, cols;
    ptrdiff_t n_label;
    /* [n_label + 1] maximum number of steps from higher cells; 0: none is next to the flat */
    int32_t *farthest;
    int32_t *label; /* [2 cols + 2 rows] of the rim */
    float *z;       /* [2 cols + 2 rows] */
} tl_flats_border;

/* Marks the cells of the tile that belong to flats.
 *
 * returns their number */
ptrdiff_t tl_hydro_tiles_flats_mark(const tl_flats_tile *t);

/* First steps: cells next to an exit, and cells next to higher ones. */
void tl_hydro_tiles_flats_seed(const tl_flats_tile *t);

/* Shortens the steps of the cells of the tile as far as its ring allows.
 *
 * steps    toward or away
 * is_first 1: the seeds inside count, too
 * queue    of any content; used and left empty
 * changed  out: bit i is set when the neighbour of the tile in direction i (N ... NW) is affected
 * fails    TL_NOMEM */
tl_code tl_hydro_tiles_flats_relax(const tl_flats_tile *t, int32_t *steps, int is_first,
                                   tl_cellqueue *queue, int *changed, tl_err *err);

/* Numbers the flats of the tile; the same numbers each time.
 *
 * border  initialised here
 * fails   TL_NOMEM */
tl_code tl_hydro_tiles_flats_label(const tl_flats_tile *t, tl_cellqueue *queue,
                                   tl_flats_border *border, tl_err *err);

/* Joins flats that touch across tiles: farthest becomes that of the whole flat.
 *
 * border  [n_down n_across] row by row
 * fails   TL_DATA more than 2^31 flats; TL_NOMEM */
tl_code tl_hydro_tiles_flats_join(tl_flats_border *border, ptrdiff_t n_down, ptrdiff_t n_across,
                                  tl_err *err);

/* Directs the cells of flats with an exit; labels are those of tl_hydro_tiles_flats_label.
 *
 * returns cells of flats without one */
ptrdiff_t tl_hydro_tiles_flats_finish(const tl_flats_tile *t, const tl_flats_border *border);

/* Frees; zeroed is fine. */
void tl_hydro_tiles_flats_border_free(tl_flats_border *border);

#endif
