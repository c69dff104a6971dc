/* SPDX-License-Identifier: GPL-2.0-or-later
 * Outlet and inlet points moved onto the streams. */
#ifndef TL_HYDRO_OUTLETS_H
#define TL_HYDRO_OUTLETS_H

#include <stddef.h>

#include "base/grid.h"
#include "base/status.h"
#include "hydro/flow.h"
#include "hydro/stream_links.h"
#include "hydro/stream_net.h"

typedef enum tl_snap_state {
    TL_SNAP_DONE = 0,
    TL_SNAP_OUTSIDE, /* the point is outside the grid */
    TL_SNAP_FAR,     /* no stream within the limit */
    TL_SNAP_TAKEN    /* an earlier point is in the same stream cell */
} tl_snap_state;

typedef struct tl_snap {
    tl_snap_state state;
    ptrdiff_t cell;    /* the stream cell; -1 unless done */
    double x, y;       /* the position on the stream line, map units; NaN unless done */
    double distance_m; /* to that position; NaN unless done */
} tl_snap;

/* Moves points onto streams: to the nearest vertex of the stream lines, that is the stream cell
 * whose centre is nearest (of equally near ones the first in reading order), and from there to the
 * foot of the perpendicular on the segments that meet in it. Streams are those of the threshold in
 * options, whatever its nodes.
 *
 * surface [nrow, ncol] metres, NaN = NoData
 * x, y    [n] map units; NaN counts as outside
 * limit_m maximum distance that a point may move
 * snap    [n] out
 * fails   as tl_hydro_net_collect and tl_geometry_foot
 * cost    O(cells) once, then O((limit / cell)^2) per point */
tl_code tl_hydro_snap(const tl_grid *surface, const tl_d8 *d8, const tl_streams_options *options,
                      const double *x, const double *y, ptrdiff_t n, double limit_m, tl_snap *snap,
                      tl_err *err);

/* The same for a list of stream cells.
 *
 * geo    of the raster
 * sizes  [nrow] of its rows */
tl_code tl_hydro_net_snap(const tl_net *net, const tl_georef *geo, const tl_cells *sizes,
                          const double *x, const double *y, ptrdiff_t n, double limit_m,
                          tl_snap *snap, tl_err *err);

#endif
