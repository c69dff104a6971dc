/* SPDX-License-Identifier: GPL-2.0-or-later
 * Subbasins: the land that drains into each link, as labels and as rings around them. */
#ifndef TL_HYDRO_BASINS_H
#define TL_HYDRO_BASINS_H

#include <stddef.h>

#include "base/grid.h"
#include "base/status.h"
#include "hydro/flow.h"
#include "hydro/stream_links.h"

/* The link into which each cell drains first.
 *
 * options those of tl_hydro_streams: cells above an inlet belong to no link
 * label   [nrow, ncol] out: number of the link; -1 for NoData and for cells that drain into none
 * cost    O(n) */
void tl_hydro_basins(const tl_d8 *d8, const tl_streams *streams, const tl_streams_options *options,
                     int *label);

/* True area of the cells of each label.
 *
 * surface of the labels, for the cell sizes
 * area_m2 [n_label] out
 * fails   TL_DATA the cells have no size */
tl_code tl_hydro_label_areas(const tl_grid *surface, const int *label, ptrdiff_t n_label,
                             double *area_m2, tl_err *err);

/* Rings around the cells of each label, along cell edges, with vertices only where they turn. */
typedef struct tl_ring {
    int label;
    int part;        /* number of the 4-connected part it bounds */
    int is_hole;     /* 0: the outer ring of the part, the only one; 1: a hole in it */
    ptrdiff_t first; /* first vertex */
    ptrdiff_t n;     /* vertices, at least 4; the last edge runs back to the first vertex */
} tl_ring;

typedef struct tl_rings {
    ptrdiff_t n_ring;
    tl_ring *ring; /* [n_ring] by label, then part; the outer ring before the holes */
    ptrdiff_t n_vertex;
    int *col; /* [n_vertex] cell corners: 0 .. ncol, 0 .. nrow from the north-west */
    int *row;
} tl_rings;

/* Rings of all labels from 0 up. Cells that touch only in a corner belong to separate parts, and no
 * ring visits a vertex twice, so outer rings with their holes are valid polygons. Outer rings run
 * anticlockwise, holes clockwise, seen with north up.
 *
 * label   [nrow, ncol]; below 0 = nothing
 * rings   initialised here
 * fails   TL_DATA more than 2^31 parts or lines; TL_NOMEM
 * cost    O(n) time; while working 12 bytes per run and 1/8 byte per cell */
tl_code tl_hydro_rings(const int *label, ptrdiff_t nrow, ptrdiff_t ncol, tl_rings *rings,
                       tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_hydro_rings_free(tl_rings *rings);

/* Labels that come row by row, kept as runs of equal ones. */
typedef struct tl_run {
    int col;   /* first column; the run reaches to the next one */
    int label; /* below 0 = nothing */
    int part;  /* set by tl_hydro_runs_rings */
} tl_run;

typedef struct tl_runs {
    ptrdiff_t nrow; /* of the raster */
    ptrdiff_t ncol;
    ptrdiff_t n_row;   /* rows added so far */
    ptrdiff_t *of_row; /* [nrow + 1] first run of each row */
    tl_run *run;       /* [of_row[n_row]] */
    ptrdiff_t capacity;
} tl_runs;

/* Starts runs for a raster of that size; to be freed with tl_hydro_runs_free also after a failure.
 *
 * fails  TL_DATA more than 2^31 lines; TL_NOMEM */
tl_code tl_hydro_runs_init(tl_runs *runs, ptrdiff_t nrow, ptrdiff_t ncol, tl_err *err);

/* Adds the next row.
 *
 * label  [ncol]
 * fails  TL_NOMEM */
tl_code tl_hydro_runs_add(tl_runs *runs, const int *label, tl_err *err);

/* The rings of tl_hydro_rings, after all rows were added. */
tl_code tl_hydro_runs_rings(tl_runs *runs, tl_rings *rings, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_hydro_runs_free(tl_runs *runs);

#endif
