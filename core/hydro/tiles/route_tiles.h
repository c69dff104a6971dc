/* SPDX-License-Identifier: GPL-2.0-or-later
 * Receivers of all cells of a DEM in tiles, flats included. */
#ifndef TL_HYDRO_TILES_ROUTE_TILES_H
#define TL_HYDRO_TILES_ROUTE_TILES_H

#include "base/progress.h"
#include "hydro/flow.h"
#include "hydro/tiles/dem_tiles.h"

/* The same receivers as tl_hydro_route_all, however the DEM is divided into tiles.
 *
 * options    weight does not count
 * receivers  initialised here, 1 byte per cell; empty on failure
 * fails      TL_NOMEM; TL_IO as the scratch files; TL_CANCELLED
 * cost       O(n); where there are flats 8 more bytes per cell in scratch files, and flats over
 *            many tiles need several visits of each */
tl_code tl_hydro_tiles_route(const tl_dem_tiles *dem, const tl_flow_options *options,
                             tl_paged *receivers, const tl_progress *p, tl_err *err);

#endif
