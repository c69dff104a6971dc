/* SPDX-License-Identifier: GPL-2.0-or-later
 * Routing rules: which neighbours a cell passes its water on to, and in which shares. */
#ifndef TL_HYDRO_ROUTE_H
#define TL_HYDRO_ROUTE_H

#include "base/grid.h"
#include "hydro/dinf.h"
#include "hydro/flow.h"
#include "terrain/cells.h"
#include "terrain/neighbours.h"

/* What a routing rule reads; borrowed. */
typedef struct tl_route {
    const tl_grid *surface; /* metres, NaN = NoData */
    const tl_cells *cells;
    const tl_flow_options *options;
} tl_route;

/* The shares of the flow of cell (row, col), which has the receivers given.
 *
 * receivers  of tl_hydro_route_all
 * share      out: [8], 0 for neighbours that receive nothing; they sum to 1, or to less where a
 *            part leaves the grid */
void tl_hydro_route_shares(const tl_route *route, ptrdiff_t row, ptrdiff_t col,
                           unsigned char receivers, double share[TL_NEIGHBOURS]);

/* Flow of a cell by D-infinity (options->method): from is -1 where it has no receiver, and share 0
 * where all goes to the steepest neighbour because SAGA's rule finds no pair. */
tl_dinf tl_hydro_route_dinf(const tl_route *route, ptrdiff_t row, ptrdiff_t col);

/* Receivers of all cells: bit i is set when a cell passes water on to neighbour i; 0 in NoData,
 * outlets and pits. Receivers are lower than the cell, except on flats, which drain unless the
 * options keep them.
 *
 * receivers  [nrow ncol] overwritten
 * fails      TL_NOMEM; TL_CANCELLED
 * cost       O(n), in blocks of rows; memory of tl_hydro_drain_flats */
tl_code tl_hydro_route_all(const tl_route *route, unsigned char *receivers, const tl_progress *p,
                           tl_err *err);

/* The first receiver in the order N ... NW, which is the only one by D8; -1: there is none. */
static inline int tl_hydro_route_direction(unsigned char receivers) {
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        if (receivers >> i & 1) {
            return i;
        }
    }
    return -1;
}

/* The numbers of tl_hydro_directions for rows row0 .. row0 + n_rows - 1.
 *
 * receivers  [nrow ncol] of tl_hydro_route_all
 * out        [n_rows ncol] */
void tl_hydro_route_directions(const tl_route *route, ptrdiff_t row0, ptrdiff_t n_rows,
                               const unsigned char *receivers, tl_direction_code code, float *out);

#endif
