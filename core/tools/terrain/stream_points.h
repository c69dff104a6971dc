/* SPDX-License-Identifier: GPL-2.0-or-later
 * Outlets, inlets, reservoirs and point sources of the tool `streams`, read and put on streams. */
#ifndef TL_TOOLS_TERRAIN_STREAM_POINTS_H
#define TL_TOOLS_TERRAIN_STREAM_POINTS_H

#include "hydro/outlets.h"
#include "hydro/stream_links.h"
#include "job/algorithm.h"

/* One point of the layer; with the fields of SWAT interfaces. */
typedef struct tl_stream_point {
    double x; /* map units of the DEM */
    double y;
    int64_t id;
    char *name;    /* owned text of the id field where it is no number of its own; else NULL */
    int inlet;     /* INLET: 0 water leaves here, 1 it enters */
    int reservoir; /* RES: 0 none, 1 reservoir, 2 pond */
    int source;    /* PTSOURCE: 1 a point source */
    tl_snap snap;
} tl_stream_point;

typedef struct tl_stream_points {
    ptrdiff_t n;
    int named;              /* 1: the points are numbered from 1 and have names */
    tl_stream_point *point; /* [n] in the order of the layer */
    tl_node *node;          /* [n_node] those on a stream */
    ptrdiff_t *of_node;     /* [n_node] their points */
    ptrdiff_t n_node;
} tl_stream_points;

/* Reads the points of the parameter outlets and moves them onto the streams of a list, by at most
 * snap metres; points that are not used are listed in the log and in the result.
 *
 * geo     of the raster
 * sizes   of its rows
 * points  initialised here
 * fails   TL_DATA no point can be used, or all are inlets; what the reader fails with */
tl_code tl_stream_points_read(tl_job *job, const tl_net *net, const tl_georef *geo,
                              const tl_cells *sizes, tl_stream_points *points, tl_err *err);

/* Warns of inlets without an outlet below them, which change nothing. */
void tl_stream_points_log_idle_inlets(tl_job *job, const tl_stream_points *points,
                                      const tl_streams *streams);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_stream_points_free(tl_stream_points *points);

#endif
