/* SPDX-License-Identifier: GPL-2.0-or-later
 * The lowest surface without pits: filling with no minimum slope, whose result is unique. */
#ifndef TL_HYDRO_LOWEST_H
#define TL_HYDRO_LOWEST_H

#include "base/grid.h"
#include "base/progress.h"
#include "base/status.h"

/* Raises depressions to the height of their outlet. Outlets are the cells with a missing neighbour.
 *
 * Only cells from which water may fall into an unflooded area enter the priority queue: slopes are
 * followed upwards at once, and depressions are filled from a plain queue. The order of work does
 * not matter, because the surface is unique.
 *
 * dem     [nrow, ncol] metres, NaN = NoData; read only; no infinite values
 * filled  [nrow, ncol] overwritten; metres, >= dem; flats where depressions were
 * NaN     exactly where dem is NaN
 * fails   TL_NOMEM; TL_CANCELLED
 * cost    O(n log n) at worst, nearly O(n); 1 byte per cell and the queues in addition to the grids
 * source  Barnes et al. 2014 Comput. Geosci. 62:117; Zhou et al. 2016 Comput. Geosci. 90:87 */
tl_code tl_hydro_lowest(const tl_grid *dem, tl_grid *filled, const tl_progress *p, tl_err *err);

#endif
