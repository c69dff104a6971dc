/* SPDX-License-Identifier: GPL-2.0-or-later
 * Known streams lowered into an elevation model, so that water finds them. */
#ifndef TL_HYDRO_BURN_H
#define TL_HYDRO_BURN_H

#include <stddef.h>

#include "base/grid.h"
#include "base/status.h"

/* What the lines met. A cell that several lines cross counts once as burnt. */
typedef struct tl_burnt {
    ptrdiff_t lowered; /* cells lowered */
    ptrdiff_t nodata;  /* steps along the lines that met NoData */
    double outside;    /* steps along the lines beyond the grid */
} tl_burnt;

/* Lowers the cells along lines by depth_m, each once. A line visits the cells nearest to the
 * straight segment between the cells of two consecutive vertices, one per step of the longer axis
 * (Bresenham 1965).
 *
 * dem     [nrow, ncol] metres, NaN = NoData; changed in place
 * x, y    [first[n_line]] vertices in map units; a segment with a vertex that is not finite is
 *         skipped
 * first   [n_line + 1] vertices of line i are first[i] .. first[i+1]-1
 * depth_m above 0
 * burnt   out
 * fails   TL_DATA the georeference has no inverse; TL_NOMEM
 * cost    O(steps inside the grid), 1 byte per cell while working */
tl_code tl_hydro_burn(tl_grid *dem, const double *x, const double *y, const ptrdiff_t *first,
                      ptrdiff_t n_line, double depth_m, tl_burnt *burnt, tl_err *err);

#endif
