/* SPDX-License-Identifier: GPL-2.0-or-later
 * Streams and subbasins as layers: lines and polygons with the fields that SWAT interfaces read. */
#ifndef TL_ALGS_STREAM_FEATURES_H
#define TL_ALGS_STREAM_FEATURES_H

#include "algs/algorithm.h"
#include "algs/stream_points.h"
#include "base/grid.h"
#include "hydro/streams.h"

/* What the layers are made from. */
typedef struct tl_stream_layers {
    const tl_streams *streams;
    const tl_stream_points *points; /* zeroed without outlets */
    const tl_grid *ground;          /* [nrow, ncol] metres, as given: neither filled nor burnt */
    int *subbasin;                  /* [n_link] 1 .. n; 0 for links that own no cell */
    ptrdiff_t *receiver;            /* [n_link] next subbasin below, 0 at an outlet */
} tl_stream_layers;

/* Numbers the subbasins: those above come before those below.
 *
 * layers  streams, points and ground are set
 * fails   TL_NOMEM */
tl_code tl_algs_number_subbasins(tl_stream_layers *layers, tl_err *err);

/* Writes the lines as the output id.
 *
 * fails  as the writers of source/store.h, here and below */
tl_code tl_algs_write_stream_lines(tl_job *job, const char *id, const tl_stream_layers *layers,
                                   tl_err *err);

/* Writes one multipolygon per subbasin.
 *
 * label    [nrow, ncol] link that each cell drains into, -1 none
 * area_m2  [n_link] */
tl_code tl_algs_write_subbasins(tl_job *job, const char *id, const tl_stream_layers *layers,
                                const int *label, const double *area_m2, tl_err *err);

/* Writes the points where they came to lie, at the centres of their stream cells. */
tl_code tl_algs_write_snapped(tl_job *job, const char *id, const tl_stream_layers *layers,
                              tl_err *err);

/* Frees what tl_algs_number_subbasins made. */
void tl_stream_layers_free(tl_stream_layers *layers);

#endif
