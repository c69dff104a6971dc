/* SPDX-License-Identifier: GPL-2.0-or-later
 * True sinks: depressions that stay, because they are too deep or too large to be errors of the
 * elevation model. */
#ifndef TL_HYDRO_SINKS_H
#define TL_HYDRO_SINKS_H

#include "base/grid.h"
#include "base/status.h"

/* A depression is kept when it exceeds either; 0 = no such limit. */
typedef struct tl_sink_limits {
    double max_depth_m; /* largest rise of a cell when it is filled */
    double max_area_m2; /* true area of the cells that filling raises */
} tl_sink_limits;

/* Undoes the filling of true sinks. A depression is a group of raised cells that touch, sides or
 * corners.
 *
 * dem     [nrow, ncol] metres, NaN = NoData; read only
 * filled  [nrow, ncol] dem after tl_hydro_fill; cells of true sinks are set to the height of dem
 * sink    [nrow ncol] overwritten; 1 in cells of true sinks, else 0
 * n_sinks out: number of sinks kept
 * fails   TL_ARG a negative limit; TL_SHAPE; TL_DATA as tl_terrain_cells_init; TL_NOMEM
 * cost    O(n); 8 bytes per cell of the largest depression */
tl_code tl_hydro_keep_sinks(const tl_grid *dem, const tl_sink_limits *limits, tl_grid *filled,
                            unsigned char *sink, ptrdiff_t *n_sinks, tl_err *err);

#endif
