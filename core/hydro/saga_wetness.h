/* SPDX-License-Identifier: GPL-2.0-or-later
 * SAGA wetness index: catchment areas that spread sideways over gentle slopes. */
#ifndef TL_HYDRO_SAGA_WETNESS_H
#define TL_HYDRO_SAGA_WETNESS_H

#include "base/grid.h"
#include "base/progress.h"
#include "base/status.h"

/* Which area enters the logarithm. */
typedef enum tl_saga_wetness_area {
    TL_SAGA_WETNESS_TOTAL = 0,   /* m2 */
    TL_SAGA_WETNESS_SQUARE_ROOT, /* of it, m */
    TL_SAGA_WETNESS_SPECIFIC     /* over the side of the cell, m */
} tl_saga_wetness_area;

/* Which slope enters it. */
typedef enum tl_saga_wetness_slope {
    TL_SAGA_WETNESS_LOCAL = 0, /* of the cell */
    TL_SAGA_WETNESS_CATCHMENT  /* mean over all cells that drain through the cell */
} tl_saga_wetness_slope;

typedef struct tl_saga_wetness_options {
    double suction;      /* at least 1: the lower, the further large areas spread; 10 is usual */
    double slope_weight; /* at least 0; 1 is usual */
    double slope_min;    /* radians, at least 0 */
    double slope_offset; /* radians added to the slope; 0.1 degrees is usual */
    tl_saga_wetness_area area;
    tl_saga_wetness_slope slope;
    int threads; /* maximum number, below 1 counts as 1; the result does not depend on it */
} tl_saga_wetness_options;

/* Outputs; NULL = not wanted. Each is initialised, [nrow, ncol]; empty on failure. */
typedef struct tl_saga_wetness {
    tl_grid *index;    /* ln(area / tan(slope)) */
    tl_grid *area;     /* catchment area, m2 */
    tl_grid *modified; /* the same after spreading, m2 */
    tl_grid *slope;    /* mean slope of the catchment, radians */
} tl_saga_wetness;

/* Index of every cell of a surface. Water goes to all lower neighbours in proportion to
 * atan(drop / distance)^1.1 and carries the slope with it. Then the area of each cell becomes at
 * least s times the largest area of its neighbours, s = (1/t)^exp(t), t = suction^(slope_weight
 * slope), until nothing changes, and raised cells and their neighbours are set to the mean of the 3
 * x 3 window.
 *
 * surface [nrow, ncol] metres, NaN = NoData; need not be filled: water that enters a pit spreads
 * from it
 * NaN     exactly where surface is NaN
 * fails   TL_ARG an option out of range; TL_DATA as tl_terrain_cells_init; TL_NOMEM; TL_CANCELLED
 * cost    O(n), one pass from the largest area down; about 37 bytes per cell in addition to the
 *         outputs
 * source  Boehner & Selige 2006, Goettinger Geogr. Abh. 115:13; Boehner et al. 2002 (SAGA) */
tl_code tl_hydro_saga_wetness(const tl_grid *surface, const tl_saga_wetness_options *options,
                              const tl_saga_wetness *out, const tl_progress *p, tl_err *err);

#endif
