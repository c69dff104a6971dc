/* SPDX-License-Identifier: GPL-2.0-or-later
 * Water passed on from cell to cell of a raster, or of a window of it. The sums are whole numbers
 * of a small unit, the grain, so they do not depend on the order of the cells: a raster that is
 * divided into tiles, or among processes, has the same sums. */
#ifndef TL_HYDRO_ACCUMULATOR_H
#define TL_HYDRO_ACCUMULATOR_H

#include <math.h>
#include <stdint.h>

#include "base/status.h"
#include "hydro/cellqueue.h"
#include "hydro/route.h"

/* Grains of one unit of flow: the power of two for which no sum of a run reaches 2^62.
 *
 * total  sum of what all cells add, without their signs
 * grains out
 * fails  TL_DATA the total is not finite */
tl_code tl_hydro_accumulator_grains(double total, double *grains, tl_err *err);

/* The nearest whole number of grains. */
static inline int64_t tl_hydro_accumulator_whole(double amount) {
    return (int64_t)(amount < 0.0 ? amount - 0.5 : amount + 0.5);
}

/* A share of a flow, in [0, 1]; all of it to the last grain when the share is 1. */
static inline int64_t tl_hydro_accumulator_part(int64_t passed, double share) {
    return share >= 1.0 ? passed : tl_hydro_accumulator_whole((double)passed * share);
}

/* What a cell adds of its own, units of flow.
 *
 * size    of the cells of its row: m2, or 1
 * weight  NaN adds nothing */
static inline double tl_hydro_accumulator_own(double size, float weight) {
    return isnan(weight) ? 0.0 : size * (double)weight;
}

/* What a row adds, without signs, for tl_hydro_accumulator_grains; rows are added from north to
 * south.
 *
 * weight  [ncol]; NULL = 1 everywhere */
double tl_hydro_accumulator_row_total(double size, const float *weight, ptrdiff_t ncol);

typedef struct tl_accumulator {
    tl_route route;                 /* its surface is the raster or the window */
    int64_t *total;                 /* [n] grains: what the cell adds, and what has arrived */
    const unsigned char *receivers; /* [n] of tl_hydro_route_all */
    /* [n] donors that have not passed on yet; TL_ACCUMULATOR_DONE = has passed on itself. Cells
     * that start with TL_ACCUMULATOR_GHOST belong to another window: they gather what leaves this
     * one, and TL_ACCUMULATOR_GHOST less their number is how many donors passed on to them. */
    unsigned char *waiting;
    tl_cellqueue ready; /* empty; a stack, so that water is followed downhill */
} tl_accumulator;

enum { TL_ACCUMULATOR_DONE = 255, TL_ACCUMULATOR_GHOST = 128 };

/* Passes on the flow of a cell that waits for no other, and of all cells that become ready by it. A
 * sum below 0 is not passed on.
 *
 * fails  TL_NOMEM */
tl_code tl_hydro_accumulator_from(tl_accumulator *s, ptrdiff_t at, tl_err *err);

#endif
