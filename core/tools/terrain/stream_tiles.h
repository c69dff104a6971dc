/* SPDX-License-Identifier: GPL-2.0-or-later
 * The tool `streams` on a DEM in tiles: the counterpart of grids in memory. */
#ifndef TL_TOOLS_TERRAIN_STREAM_TILES_H
#define TL_TOOLS_TERRAIN_STREAM_TILES_H

#include "hydro/basins.h"
#include "hydro/stream_net.h"
#include "tools/terrain/tiled_factors.h"

/* Zeroed = nothing; freed with tl_stream_tiles_free. Must not be moved in memory. */
typedef struct tl_stream_tiles {
    tl_tiled_dem tiled;
    tl_tiled_water water;
    tl_paged receivers; /* by D8 */
    tl_paged label;     /* int, link that each cell drains into; empty until made */
} tl_stream_tiles;

/* Reads and fills the DEM.
 *
 * order  of the flood
 * fails  as tl_tiled_factors_water, here and below */
tl_code tl_stream_tiles_read(tl_job *job, tl_flood_order order, tl_stream_tiles *s,
                             const tl_progress *p, tl_err *err);

/* Directions, sums and the list of stream cells.
 *
 * net  initialised here */
tl_code tl_stream_tiles_net(tl_stream_tiles *s, const tl_streams_options *options, tl_net *net,
                            const tl_progress *p, tl_err *err);

/* Elevations as the file holds them at the vertices of the links.
 *
 * given_z  [n_vertex] out */
tl_code tl_stream_tiles_given(tl_stream_tiles *s, const tl_streams *streams, float *given_z,
                              tl_err *err);

/* Subbasins as runs, with the area of each.
 *
 * runs     initialised here; freed by the caller in any case
 * area_m2  [n_link] out */
tl_code tl_stream_tiles_basins(tl_stream_tiles *s, const tl_streams *streams,
                               const tl_streams_options *options, tl_runs *runs, double *area_m2,
                               const tl_progress *p, tl_err *err);

/* Rasters of the links that cells drain into, of the order of stream cells, and of directions. */
tl_code tl_stream_tiles_write_labels(tl_stream_tiles *s, const char *id, tl_layer layer,
                                     tl_err *err);
tl_code tl_stream_tiles_write_order(tl_stream_tiles *s, const tl_streams *streams, const char *id,
                                    tl_layer layer, tl_err *err);
tl_code tl_stream_tiles_write_directions(tl_stream_tiles *s, tl_direction_code code_of,
                                         const char *id, tl_layer layer, tl_err *err);

void tl_stream_tiles_free(tl_stream_tiles *s);

#endif
