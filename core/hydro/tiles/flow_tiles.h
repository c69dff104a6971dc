/* SPDX-License-Identifier: GPL-2.0-or-later
 * Flow accumulation over a DEM in tiles. */
#ifndef TL_HYDRO_TILES_FLOW_TILES_H
#define TL_HYDRO_TILES_FLOW_TILES_H

#include "base/progress.h"
#include "hydro/flow.h"
#include "hydro/tiles/dem_tiles.h"

/* Sums in grains (hydro/accumulator.h). */
typedef struct tl_tiles_sums {
    tl_paged total;    /* int64 */
    double grains;     /* of one unit of flow */
    ptrdiff_t n_visit; /* visits of tiles so far */
} tl_tiles_sums;

/* The sums of tl_hydro_accumulate, however the DEM is divided into tiles.
 *
 * receivers  of tl_hydro_tiles_route with the same method and edge
 * options    its weight does not count
 * weight     float, of the shape of the DEM, NaN = nothing; NULL = 1 everywhere
 * sums       initialised here; empty on failure
 * fails      TL_ARG convergence; TL_DATA weights; TL_NOMEM; TL_IO as the scratch files;
 *            TL_CANCELLED
 * cost       O(n) and one visit of a tile each time that a stream enters it; 9 bytes per
 *            cell in scratch files, 2 to 20 bytes per cell at the sides of tiles in memory */
tl_code tl_hydro_tiles_sum(const tl_dem_tiles *dem, tl_paged *receivers,
                           const tl_flow_options *options, tl_paged *weight, tl_tiles_sums *sums,
                           const tl_progress *p, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_hydro_tiles_sums_free(tl_tiles_sums *sums);

/* Directions and sums, as float: the same bits as tl_hydro_accumulate.
 *
 * flow  float, initialised here; NaN = NoData of the DEM; empty on failure */
tl_code tl_hydro_tiles_accumulate(const tl_dem_tiles *dem, const tl_flow_options *options,
                                  tl_paged *weight, tl_paged *flow, const tl_progress *p,
                                  tl_err *err);

#endif
