/* SPDX-License-Identifier: GPL-2.0-or-later
 * Stream cells and subbasins of a DEM in tiles. */
#ifndef TL_HYDRO_TILES_NET_TILES_H
#define TL_HYDRO_TILES_NET_TILES_H

#include "base/progress.h"
#include "hydro/stream_net.h"
#include "hydro/tiles/dem_tiles.h"
#include "hydro/tiles/flow_tiles.h"

/* The list of tl_hydro_net_collect.
 *
 * receivers  of tl_hydro_tiles_route by D8
 * count      sums in cells
 * area       sums in m2; NULL where all cells are equal (tl_hydro_net_cell_m2)
 * net        initialised here; empty on failure
 * fails      TL_NOMEM; TL_IO as the scratch files; TL_CANCELLED */
tl_code tl_hydro_tiles_net(const tl_dem_tiles *dem, tl_paged *receivers, tl_tiles_sums *count,
                           tl_tiles_sums *area, const tl_streams_options *options, tl_net *net,
                           const tl_progress *p, tl_err *err);

/* The labels of tl_hydro_basins: number of the link that each cell drains into, -1 none. Each tile
 * describes where the water of its rim leaves; these paths are followed from tile to tile; then
 * each tile is labelled.
 *
 * label  int, initialised here; empty on failure
 * fails  TL_NOMEM; TL_IO as the scratch files; TL_CANCELLED
 * cost   two visits of each tile; 12 bytes per cell at the sides of tiles in memory */
tl_code tl_hydro_tiles_basins(const tl_dem_tiles *dem, tl_paged *receivers,
                              const tl_streams *streams, const tl_streams_options *options,
                              tl_paged *label, const tl_progress *p, tl_err *err);

#endif
