/* SPDX-License-Identifier: GPL-2.0-or-later
 * True cell sizes of every row of an elevation model, computed once per run. */
#ifndef TL_TERRAIN_CELLS_H
#define TL_TERRAIN_CELLS_H

#include <stddef.h>

#include "base/grid.h"
#include "base/status.h"

typedef struct tl_cells {
    ptrdiff_t nrow;
    double *dx_m; /* [nrow] width of the cells of a row, metres */
    double *dy_m; /* [nrow] their height, metres */
} tl_cells;

/* Checks that dem can be analysed and computes its cell sizes (tl_georef_cell_m).
 *
 * cells  uninitialised; empty on failure
 * dem    [nrow, ncol] metres, NaN = NoData; read only
 * what   names the quantity in the sentence of a failure, for example "slope"
 * fails  TL_DATA every cell is NoData, a value is infinite, or the georeference defines no size;
 *        TL_NOMEM
 * cost   one pass over dem */
tl_code tl_terrain_cells_init(tl_cells *cells, const tl_grid *dem, const char *what, tl_err *err);

/* The sizes alone, for an elevation model that is not in memory as a whole.
 *
 * geo    of the elevation model
 * fails  TL_DATA the georeference defines no size; TL_NOMEM */
tl_code tl_terrain_cells_measure(tl_cells *cells, const tl_georef *geo, ptrdiff_t nrow,
                                 const char *what, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_terrain_cells_free(tl_cells *cells);

#endif
