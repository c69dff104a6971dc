/* SPDX-License-Identifier: GPL-2.0-or-later
 * A cell with its eight neighbours, as all routing rules use it. */
#ifndef TL_HYDRO_AROUND_H
#define TL_HYDRO_AROUND_H

#include <math.h>
#include <stddef.h>

#include "terrain/neighbours.h"

/* Heights of the neighbours N ... NW; NaN where one is missing (outside or NoData).
 *
 * returns the number that is missing */
static inline int tl_hydro_around(const tl_grid *g, ptrdiff_t row, ptrdiff_t col,
                                  float z[TL_NEIGHBOURS]) {
    if (row > 0 && col > 0 && row < g->nrow - 1 && col < g->ncol - 1) {
        const float *middle = g->data + row * g->ncol + col;
        const float *north = middle - g->ncol;
        const float *south = middle + g->ncol;
        z[0] = north[0];
        z[1] = north[1];
        z[2] = middle[1];
        z[3] = south[1];
        z[4] = south[0];
        z[5] = south[-1];
        z[6] = middle[-1];
        z[7] = north[-1];
        /* Heights are finite, so only a NaN makes the sum one. */
        if (!isnan(z[0] + z[1] + z[2] + z[3] + z[4] + z[5] + z[6] + z[7])) {
            return 0;
        }
        int missing = 0;
        for (int i = 0; i < TL_NEIGHBOURS; i++) {
            missing += isnan(z[i]) != 0;
        }
        return missing;
    }
    int missing = 0;
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        const ptrdiff_t at = tl_terrain_neighbour(g, row, col, i);
        z[i] = at < 0 ? NAN : g->data[at];
        missing += at < 0;
    }
    return missing;
}

/* 1: two cells are of one height, or one of them is NoData. */
static inline int tl_hydro_is_level(const tl_grid *g, ptrdiff_t a, ptrdiff_t b) {
    return !(g->data[a] < g->data[b]) && !(g->data[a] > g->data[b]);
}

#endif
