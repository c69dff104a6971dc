/* SPDX-License-Identifier: GPL-2.0-or-later
 * Breaching: depressions are drained by cutting the cheapest ditch through their rim. */
#ifndef TL_HYDRO_BREACH_H
#define TL_HYDRO_BREACH_H

#include "base/grid.h"
#include "base/progress.h"
#include "base/status.h"

typedef struct tl_breach_options {
    int max_length;             /* search distance in cells, 1 to 1000: rows and columns */
    double max_depth_m;         /* deepest cut of a cell; 0 = no limit */
    double min_slope_deg;       /* fall of the ditch, in [0, 45]; at least the step of a float */
    const unsigned char *leave; /* [nrow ncol] 1: pits there are left; NULL = none */
} tl_breach_options;

/* Cuts a ditch from every pit or flat to the lower cell of least cost, where the cost of a ditch is
 * the sum of the depths cut. A lower cell is one below the bottom of the ditch there, or any outlet
 * (a cell with a missing neighbour), which is cut as well.
 *
 * Pits are cells that have all neighbours and no lower one, treated from low to high, equal ones
 * row by row. Of ends of equal cost the first by row and column is chosen.
 *
 * surface  [nrow, ncol] metres, NaN = NoData; changed: no cell is raised. Every ditch falls
 *          strictly
 * solved   out: pits that a ditch drains
 * unsolved out: pits that no ditch within the limits drains; they stay
 * fails    TL_ARG; TL_DATA as tl_terrain_cells_init; TL_NOMEM; TL_CANCELLED
 * cost     O(n) plus O(m log m) per pit, m = (2 max_length + 1)^2 at most; 24 m bytes
 * source   Lindsay 2016 Hydrol. Process. 30:846 */
tl_code tl_hydro_breach(tl_grid *surface, const tl_breach_options *options, ptrdiff_t *solved,
                        ptrdiff_t *unsolved, const tl_progress *p, tl_err *err);

#endif
