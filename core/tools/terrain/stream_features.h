/* SPDX-License-Identifier: GPL-2.0-or-later
 * Streams and subbasins as layers: lines and polygons with the fields that SWAT interfaces read. */
#ifndef TL_TOOLS_TERRAIN_STREAM_FEATURES_H
#define TL_TOOLS_TERRAIN_STREAM_FEATURES_H

#include "base/grid.h"
#include "hydro/basins.h"
#include "hydro/stream_links.h"
#include "job/algorithm.h"
#include "tools/terrain/stream_points.h"

/* Inputs of the layers. */
typedef struct tl_stream_layers {
    const tl_streams *streams;
    const tl_stream_points *points; /* zeroed without outlets */
    const tl_grid *dem;   /* [nrow, ncol] shape and position of the raster; its data are not used */
    const float *given_z; /* [n_vertex] elevation as given, neither filled nor burnt, metres */
    int *subbasin;        /* [n_link] 1 .. n; 0 for links that own no cell */
    ptrdiff_t *receiver;  /* [n_link] next subbasin below, 0 at an outlet */
    ptrdiff_t *first;     /* [n_link + 1] the links as they are drawn: first vertices */
    double *x;            /* [first[n_link]] map units */
    double *y;
} tl_stream_layers;

/* Numbers the subbasins: those above come before those below.
 *
 * layers  streams, points and dem are set
 * fails   TL_NOMEM */
tl_code tl_stream_features_number_subbasins(tl_stream_layers *layers, tl_err *err);

/* Draws the lines of the links through cell centres, from the lower end to the upper one.
 *
 * tolerance_m  above 0: vertices closer to the line than that are removed; ends stay, and lines
 *              never cross
 * layers       first, x and y are set
 * fails        TL_NOMEM; as tl_geometry_simplify */
tl_code tl_stream_features_draw_links(tl_stream_layers *layers, double tolerance_m, tl_err *err);

/* Position of vertex k of a link, map units. */
void tl_stream_features_vertex_position(const tl_stream_layers *layers, const tl_link *link,
                                        ptrdiff_t k, double *x, double *y);

/* A line without length is not a valid geometry, and other programs refuse a layer with one: it is
 * written as a line from its position a thousandth of a cell aside and back, so both ends stay.
 *
 * vertex  of the drawn lines
 * x, y    [3] out
 * returns 3, the number of vertices */
ptrdiff_t tl_stream_features_draw_point(const tl_stream_layers *layers, ptrdiff_t vertex, double *x,
                                        double *y);

/* Writes the lines, which are drawn, as the output id.
 *
 * fails  as the writers of source/store.h, here and below */
tl_code tl_stream_features_write_lines(tl_job *job, const char *id, const tl_stream_layers *layers,
                                       tl_err *err);

/* Writes one multipolygon per subbasin.
 *
 * runs     link that each cell drains into, -1 none
 * area_m2  [n_link] */
tl_code tl_stream_features_write_subbasins(tl_job *job, const char *id,
                                           const tl_stream_layers *layers, tl_runs *runs,
                                           const double *area_m2, tl_err *err);

/* Writes the points at their positions on the stream lines through cell centres. */
tl_code tl_stream_features_write_snapped(tl_job *job, const char *id,
                                         const tl_stream_layers *layers, tl_err *err);

/* Starts a layer of n features with n_vertex vertices.
 *
 * f      uninitialised
 * fails  TL_NOMEM; the caller frees f also after a failure */
tl_code tl_stream_features_start(tl_features *f, tl_geometry geometry, const tl_column *column,
                                 ptrdiff_t ncol, ptrdiff_t n, ptrdiff_t n_vertex, tl_err *err);

/* Adds a row of numbers, one per column. */
tl_code tl_stream_features_add_numbers(tl_table *table, const double *value, tl_err *err);

/* Frees what tl_stream_features_number_subbasins and tl_stream_features_draw_links made. */
void tl_stream_features_layers_free(tl_stream_layers *layers);

#endif
