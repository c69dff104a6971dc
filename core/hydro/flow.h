/* SPDX-License-Identifier: GPL-2.0-or-later
 * Where water goes: flow directions, flow accumulation and specific catchment area. */
#ifndef TL_HYDRO_FLOW_H
#define TL_HYDRO_FLOW_H

#include <stddef.h>

#include "base/grid.h"
#include "base/progress.h"
#include "base/status.h"

typedef enum tl_flow_method {
    TL_FLOW_MFD = 0, /* to all lower neighbours (Freeman 1991) */
    TL_FLOW_D8       /* to the steepest neighbour (O'Callaghan & Mark 1984) */
} tl_flow_method;

/* What happens at the grid edge and beside NoData. */
typedef enum tl_flow_edge {
    /* MFD: heights beyond are mirrored, that share of the flow leaves. D8: a cell with a missing
     * neighbour passes nothing on. SAGA's rule. */
    TL_FLOW_EDGE_SAGA = 0,
    /* Only existing neighbours count: water runs along the edge while it finds a lower cell. */
    TL_FLOW_EDGE_DRAIN
} tl_flow_edge;

typedef enum tl_flow_unit { TL_FLOW_CELLS = 0, TL_FLOW_M2 } tl_flow_unit;

typedef struct tl_flow_options {
    tl_flow_method method;
    tl_flow_edge edge;
    double convergence; /* exponent of MFD, in (0, 20]; 1.1 is usual */
    tl_flow_unit unit;
} tl_flow_options;

/* One flow direction per cell, and an order in which no cell precedes one that drains into it. */
typedef struct tl_d8 {
    ptrdiff_t nrow;
    ptrdiff_t ncol;
    signed char *direction; /* [nrow ncol] 0..7 = N, NE, ... NW; -1: outlet, pit or NoData */
    ptrdiff_t *order;       /* [n_order] cells with data, upstream first */
    ptrdiff_t n_order;
} tl_d8;

/* Direction of the steepest descent, the first of equals in the order N ... NW. Flats are not
 * resolved: a cell without a strictly lower neighbour has none (a surface filled with a minimum
 * slope has no such cells except outlets).
 *
 * d8      uninitialised; empty on failure
 * surface [nrow, ncol] metres, NaN = NoData; read only
 * fails   TL_DATA as tl_cells_init; TL_NOMEM; TL_CANCELLED
 * cost    O(n), 9 bytes per cell kept, 1 more while working
 * source  O'Callaghan & Mark 1984, Comput. Vis. Graph. Image Process. 28:323 */
tl_code tl_d8_init(tl_d8 *d8, const tl_grid *surface, tl_flow_edge edge, const tl_progress *p,
                   tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_d8_free(tl_d8 *d8);

/* Index of the cell that the cell at drains into, or -1. */
ptrdiff_t tl_d8_next(const tl_d8 *d8, ptrdiff_t at);

/* Number of cells (TL_FLOW_CELLS) or area in m2 (TL_FLOW_M2) that drain through each cell, the cell
 * itself included.
 *
 * surface [nrow, ncol] metres, NaN = NoData; fill it first, flow into a pit or a flat stays there
 * flow    initialised here, [nrow, ncol]; sums are doubles, stored as floats
 * NaN     exactly where surface is NaN
 * fails   TL_ARG convergence; TL_DATA; TL_NOMEM; TL_CANCELLED
 * cost    O(n), 17 (MFD) or 18 (D8) bytes per cell beside the output
 * source  Freeman 1991 Comput. Geosci. 17:413 */
tl_code tl_hydro_accumulate(const tl_grid *surface, const tl_flow_options *options, tl_grid *flow,
                            const tl_progress *p, tl_err *err);

/* As above for D8 directions that are there already: the sum of the weights of all cells that drain
 * through a cell, the cell itself included.
 *
 * weight [nrow] weight of the cells of a row; NULL = 1
 * total  [nrow, ncol] overwritten; 0 in NoData cells
 * cost   O(n), no allocation */
void tl_d8_accumulate(const tl_d8 *d8, const double *weight, double *total);

/* Specific catchment area in m2 per metre of contour: area / flow width, where the width of a cell
 * is |cos a| dx + |sin a| dy for the direction of descent a (Zevenbergen & Thorne). A flat cell
 * counts as a = -1 rad, which makes it 1.3818 cells wide (SAGA's rule).
 *
 * surface [nrow, ncol] metres, NaN = NoData
 * area_m2 [nrow, ncol] catchment area in m2
 * sca     initialised here, [nrow, ncol] metres
 * NaN     where surface or area_m2 is NaN
 * fails   TL_SHAPE; TL_DATA; TL_NOMEM
 * source  Quinn et al. 1991 Hydrol. Process. 5:59 */
tl_code tl_hydro_sca(const tl_grid *surface, const tl_grid *area_m2, tl_grid *sca, tl_err *err);

#endif
