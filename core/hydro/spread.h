/* SPDX-License-Identifier: GPL-2.0-or-later
 * Water passed on from cell to cell inside a window of the ground. The sums are whole numbers of a
 * small unit, the grain, so that they do not depend on the order of the cells: the ground may be cut
 * into tiles, or shared out to processes, and gives the same sums. */
#ifndef TL_HYDRO_SPREAD_H
#define TL_HYDRO_SPREAD_H

#include <math.h>
#include <stdint.h>

#include "base/status.h"
#include "hydro/cellqueue.h"
#include "hydro/route.h"

/* Grains of one unit of flow: the power of two for which no sum of a run reaches 2^62.
 *
 * most  sum of what all cells add, without their signs
 * fails TL_DATA it is not finite */
tl_code tl_hydro_spread_grains(double most, double *grains, tl_err *err);

/* The nearest whole number of grains. */
static inline int64_t tl_hydro_spread_whole(double amount) {
    return (int64_t)(amount < 0.0 ? amount - 0.5 : amount + 0.5);
}

/* A share of a flow, in [0, 1]; all of it to the last grain when that is 1. */
static inline int64_t tl_hydro_spread_part(int64_t passed, double share) {
    return share >= 1.0 ? passed : tl_hydro_spread_whole((double)passed * share);
}

/* What a cell adds of its own, units of flow.
 *
 * size    of the cells of its row: m2, or 1
 * weight  NaN adds nothing */
static inline double tl_hydro_spread_own(double size, float weight) {
    return isnan(weight) ? 0.0 : size * (double)weight;
}

/* What a row adds, without signs, for tl_hydro_spread_grains; rows are added from north to south.
 *
 * weight  [ncol]; NULL = 1 everywhere */
double tl_hydro_spread_most(double size, const float *weight, ptrdiff_t ncol);

typedef struct tl_spread {
    tl_route route;                 /* its surface is the window */
    int64_t *total;                 /* [n] grains: what the cell adds, and what has arrived */
    const unsigned char *receivers; /* [n] as tl_hydro_route_all gives them */
    /* [n] donors that have not passed on yet; TL_SPREAD_DONE = has passed on itself. Cells that
     * start with TL_SPREAD_GHOST belong to another window: they gather what leaves this one, and
     * TL_SPREAD_GHOST less their number tells how many donors passed on to them. */
    unsigned char *waiting;
    tl_cellqueue ready; /* empty; a stack: water is followed downhill */
} tl_spread;

enum { TL_SPREAD_DONE = 255, TL_SPREAD_GHOST = 128 };

/* Passes the flow of a cell that waits for no other on, and that of all cells that become ready by
 * it. A sum below 0 is not passed on.
 *
 * fails TL_NOMEM */
tl_code tl_hydro_spread_from(tl_spread *spread, ptrdiff_t at, tl_err *err);

#endif
