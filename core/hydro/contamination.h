/* SPDX-License-Identifier: GPL-2.0-or-later
 * Which cells may receive water from beyond the DEM, so that their catchment area is too small. */
#ifndef TL_HYDRO_CONTAMINATION_H
#define TL_HYDRO_CONTAMINATION_H

#include "base/grid.h"
#include "base/progress.h"
#include "base/status.h"
#include "hydro/flow.h"

/* 1 where water may come from outside: in cells with a missing neighbour, and in all cells that
 * receive their water, directly or through others; 0 elsewhere.
 *
 * surface [nrow, ncol] metres, NaN = NoData; filled, as for the accumulation
 * options method, keep_flats and threads count; edge cells pass on to the cells that exist
 * mask    initialised here, [nrow, ncol]; empty on failure
 * NaN     exactly where surface is NaN
 * fails   TL_DATA as tl_terrain_cells_init; TL_NOMEM; TL_CANCELLED
 * cost    O(n), 5 bytes per cell, of which 4 stay as the output
 * source  Tarboton 1997 Water Resour. Res. 33:309 (edge contamination) */
tl_code tl_hydro_contamination(const tl_grid *surface, const tl_flow_options *options,
                               tl_grid *mask, const tl_progress *p, tl_err *err);

#endif
