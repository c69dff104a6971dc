/* SPDX-License-Identifier: GPL-2.0-or-later
 * One raster layer in memory: float values, NaN = NoData, row 0 in the north. */
#ifndef TL_BASE_GRID_H
#define TL_BASE_GRID_H

#include <stddef.h>

#include "base/georef.h"
#include "base/status.h"

typedef struct tl_grid {
    ptrdiff_t nrow;
    ptrdiff_t ncol;
    float *data; /* [nrow, ncol], row-major */
    tl_georef geo;
} tl_grid;

/* Zero-filled grid of that shape.
 *
 * g      uninitialised; empty on failure
 * geo    copied; NULL = metric cells of side 1 without CRS
 * fails  TL_ARG a side is below 1; TL_NOMEM */
tl_code tl_grid_init(tl_grid *g, ptrdiff_t nrow, ptrdiff_t ncol, const tl_georef *geo, tl_err *err);

/* A copy of a grid with its own memory.
 *
 * copy   uninitialised; empty on failure
 * fails  TL_NOMEM */
tl_code tl_grid_copy(tl_grid *copy, const tl_grid *from, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_grid_free(tl_grid *g);

/* Index of a cell in data. */
static inline ptrdiff_t tl_grid_at(const tl_grid *g, ptrdiff_t row, ptrdiff_t col) {
    return row * g->ncol + col;
}

#endif
