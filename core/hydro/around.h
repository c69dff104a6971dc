/* SPDX-License-Identifier: GPL-2.0-or-later
 * A cell with its eight neighbours, as all routing rules look at it. */
#ifndef TL_HYDRO_AROUND_H
#define TL_HYDRO_AROUND_H

#include <math.h>
#include <stddef.h>

#include "terrain/neighbours.h"

/* Heights of the neighbours N ... NW; NaN where one is missing (outside or NoData).
 *
 * gives  how many are missing */
static inline int tl_around(const tl_grid *g, ptrdiff_t row, ptrdiff_t col,
                            float z[TL_NEIGHBOURS]) {
    int missing = 0;
    if (row > 0 && col > 0 && row < g->nrow - 1 && col < g->ncol - 1) {
        const float *centre = g->data + row * g->ncol + col;
        for (int i = 0; i < TL_NEIGHBOURS; i++) {
            z[i] = centre[tl_drow[i] * g->ncol + tl_dcol[i]];
            missing += isnan(z[i]) != 0;
        }
        return missing;
    }
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        const ptrdiff_t at = tl_neighbour(g, row, col, i);
        z[i] = at < 0 ? NAN : g->data[at];
        missing += at < 0;
    }
    return missing;
}

#endif
