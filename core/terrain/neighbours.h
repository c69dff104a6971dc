/* SPDX-License-Identifier: GPL-2.0-or-later
 * The one numbering of the eight neighbours of a cell: 0..7 = N, NE, E, SE, S, SW, W, NW. */
#ifndef TL_TERRAIN_NEIGHBOURS_H
#define TL_TERRAIN_NEIGHBOURS_H

#include <math.h>
#include <stddef.h>

#include "base/grid.h"

enum { TL_NEIGHBOURS = 8 };

/* Row and column steps of direction i; row 0 is the northern row. Odd directions are diagonal, the
 * opposite of i is (i + 4) % 8. */
static const signed char tl_drow[TL_NEIGHBOURS] = {-1, -1, 0, 1, 1, 1, 0, -1};
static const signed char tl_dcol[TL_NEIGHBOURS] = {0, 1, 1, 1, 0, -1, -1, -1};

/* Index in data of neighbour i of (row, col), or -1 when it is outside the grid. */
static inline ptrdiff_t tl_terrain_neighbour_inside(const tl_grid *g, ptrdiff_t row, ptrdiff_t col,
                                                    int i) {
    const ptrdiff_t r = row + tl_drow[i];
    const ptrdiff_t c = col + tl_dcol[i];
    return r >= 0 && r < g->nrow && c >= 0 && c < g->ncol ? r * g->ncol + c : -1;
}

/* Index in data of neighbour i, or -1 when it is missing: a NoData cell is treated exactly like the
 * outside of the grid. */
static inline ptrdiff_t tl_terrain_neighbour(const tl_grid *g, ptrdiff_t row, ptrdiff_t col,
                                             int i) {
    const ptrdiff_t at = tl_terrain_neighbour_inside(g, row, col, i);
    return at >= 0 && !isnan(g->data[at]) ? at : -1;
}

/* Distances in metres from a cell of dx by dy metres to the centres of its neighbours. */
static inline void tl_terrain_neighbour_lengths(double dx_m, double dy_m,
                                                double length_m[TL_NEIGHBOURS]) {
    /* sqrt of the sum of squares has the same bits as side * sqrt(2) only by chance; square cells
     * use the product, as the reference results did. */
    const double diagonal =
        dx_m < dy_m || dx_m > dy_m ? sqrt(dx_m * dx_m + dy_m * dy_m) : dx_m * sqrt(2.0);
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        length_m[i] = i % 2 == 1 ? diagonal : (i % 4 == 0 ? dy_m : dx_m);
    }
}

#endif
