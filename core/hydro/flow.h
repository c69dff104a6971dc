/* SPDX-License-Identifier: GPL-2.0-or-later
 * Where water goes: flow directions, flow accumulation and specific catchment area. */
#ifndef TL_HYDRO_FLOW_H
#define TL_HYDRO_FLOW_H

#include <stddef.h>

#include "base/grid.h"
#include "base/progress.h"
#include "base/status.h"
#include "terrain/cells.h"
#include "terrain/neighbours.h"

typedef enum tl_flow_method {
    TL_FLOW_MFD = 0,       /* to all lower neighbours (Freeman 1991) */
    TL_FLOW_D8,            /* to the steepest neighbour (O'Callaghan & Mark 1984) */
    TL_FLOW_MFD_QIN,       /* as MFD, more concentrated where it is steeper (Qin et al. 2011) */
    TL_FLOW_DINF_SAGA,     /* to the two neighbours on either side of the aspect, as in SAGA */
    TL_FLOW_DINF_TARBOTON, /* to the two corners of the steepest facet (Tarboton 1997) */
} tl_flow_method;

/* What happens at the grid edge and next to NoData. */
typedef enum tl_flow_edge {
    /* MFD: elevations beyond the edge are mirrored, and their share of the flow leaves. D8 and
     * Tarboton's D-infinity: a cell with a missing neighbour passes nothing on. SAGA's and TauDEM's
     * rule. */
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
    int keep_flats;        /* 1: water that enters a flat stays there, as in SAGA */
    int threads;           /* maximum number of threads; below 1 counts as 1 */
    const tl_grid *weight; /* what a cell adds per cell or m2, NaN = nothing; NULL = 1 everywhere */
} tl_flow_options;

/* Checks the options of an accumulation.
 *
 * fails  TL_ARG convergence */
tl_code tl_hydro_flow_check(const tl_flow_options *options, tl_err *err);

/* What a cell of a row adds before it is weighted: its area in m2, or 1. */
static inline double tl_hydro_flow_cell_size(const tl_flow_options *options, const tl_cells *cells,
                                             ptrdiff_t row) {
    return options->unit == TL_FLOW_M2 ? cells->dx_m[row] * cells->dy_m[row] : 1.0;
}

/* Numbers that programs use for directions. A cell without a direction has -1 (SAGA) or 0. */
typedef enum tl_direction_code {
    TL_DIRECTION_SAGA = 0, /* 0..7 = N, NE, ... NW, clockwise */
    TL_DIRECTION_ESRI,     /* 1 E, 2 SE, 4 S ... 128 NE, clockwise */
    TL_DIRECTION_TAUDEM    /* 1 E, 2 NE, 3 N ... 8 SE, counter-clockwise */
} tl_direction_code;

/* The number of direction 0..7 or -1 in that code. */
int tl_hydro_direction_number(int direction, tl_direction_code code);

/* One flow direction per cell. */
typedef struct tl_d8 {
    ptrdiff_t nrow;
    ptrdiff_t ncol;
    signed char *direction; /* [nrow ncol] 0..7 = N, NE, ... NW; -1: outlet, pit or NoData */
} tl_d8;

/* Direction of the steepest descent, the first of equals in the order N ... NW. Cells of flats
 * follow tl_hydro_drain_flats to the exits of the flat, so every cell of a filled surface reaches
 * an outlet, also with a minimum slope of 0. Outlets are the cells with a missing neighbour that
 * have no direction; any other cell without one is a pit.
 *
 * d8      uninitialised; empty on failure
 * surface [nrow, ncol] metres, NaN = NoData; read only
 * fails   TL_DATA as tl_terrain_cells_init; TL_NOMEM; TL_CANCELLED
 * cost    O(n), 1 byte per cell; 4 more while working where there are flats
 * source  O'Callaghan & Mark 1984, Comput. Vis. Graph. Image Process. 28:323 */
tl_code tl_hydro_d8_init(tl_d8 *d8, const tl_grid *surface, tl_flow_edge edge, const tl_progress *p,
                         tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_hydro_d8_free(tl_d8 *d8);

/* Index of the cell that the cell at drains into, or -1. */
static inline ptrdiff_t tl_hydro_d8_next(const tl_d8 *d8, ptrdiff_t at) {
    const int i = d8->direction[at];
    return i < 0 ? -1 : at + tl_drow[i] * d8->ncol + tl_dcol[i];
}

/* Number of cells (TL_FLOW_CELLS) or area in m2 (TL_FLOW_M2) that drain through each cell, the cell
 * itself included, or the sum of their weights. A sum below 0 is kept but not passed on.
 *
 * Flow over flats follows one direction per cell (tl_hydro_drain_flats), whatever the method.
 *
 * surface [nrow, ncol] metres, NaN = NoData; fill it first, flow into a pit stays there
 * flow    initialised here, [nrow, ncol]; sums are whole numbers of a small unit
 *         (hydro/accumulator.h), so they do not depend on the order of cells or on tiles; stored as
 *         floats
 * NaN     exactly where surface is NaN
 * fails   TL_ARG convergence; TL_SHAPE weight; TL_DATA, also infinite weights; TL_NOMEM;
 *         TL_CANCELLED
 * cost    O(n), 10 bytes per cell, of which 4 stay as the output; a short stack
 * source  Freeman 1991 Comput. Geosci. 17:413; Qin et al. 2011 Precis. Agric. 12:32;
 *         Tarboton 1997 Water Resour. Res. 33:309 */
tl_code tl_hydro_accumulate(const tl_grid *surface, const tl_flow_options *options, tl_grid *flow,
                            const tl_progress *p, tl_err *err);

/* Where the water of each cell goes: for D8 the number of its direction, for D-infinity the angle
 * in radians counter-clockwise from east, [0, 2 pi).
 *
 * options method, edge, keep_flats and threads count
 * code    of D8 numbers
 * out     initialised here, [nrow, ncol]
 * NaN     where surface is NaN; angles also where a cell passes nothing on
 * fails   TL_ARG a method with many directions; TL_DATA; TL_NOMEM; TL_CANCELLED */
tl_code tl_hydro_directions(const tl_grid *surface, const tl_flow_options *options,
                            tl_direction_code code, tl_grid *out, const tl_progress *p,
                            tl_err *err);

/* The same for existing D8 directions: the number of cells that drain through a cell,
 * the cell itself included.
 *
 * surface [nrow, ncol] the surface of d8
 * total   [nrow, ncol] overwritten; 0 in NoData cells
 * fails   TL_NOMEM
 * cost    O(n), half a byte per cell */
tl_code tl_hydro_d8_accumulate(const tl_d8 *d8, const tl_grid *surface, double *total, tl_err *err);

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

/* The same for rows row0 .. row0 + n_rows - 1.
 *
 * cells  of surface
 * sca    [n_rows, ncol] out */
void tl_hydro_sca_rows(const tl_grid *surface, const tl_grid *area_m2, const tl_cells *cells,
                       ptrdiff_t row0, ptrdiff_t n_rows, float *sca);

#endif
