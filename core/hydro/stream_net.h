/* SPDX-License-Identifier: GPL-2.0-or-later
 * The stream cells of a raster as a list, from which links, outlets and lines are made. It is short
 * compared with the raster, and the same whether the raster is held in memory or in tiles. */
#ifndef TL_HYDRO_STREAM_NET_H
#define TL_HYDRO_STREAM_NET_H

#include <stddef.h>

#include "base/grid.h"
#include "base/status.h"
#include "hydro/flow.h"
#include "hydro/stream_links.h"
#include "terrain/cells.h"
#include "terrain/neighbours.h"

typedef struct tl_net_cell {
    ptrdiff_t at; /* index in the raster */
    /* index in the list of the cell it drains into; -1: none. Set by tl_hydro_net_close */
    ptrdiff_t next;
    double count;          /* cells that drain through, the cell itself included */
    double area_m2;        /* their area */
    float z;               /* height of the surface that water runs on, metres */
    signed char direction; /* 0..7, or -1: water leaves or ends here */
    /* for direction -1; bit i set: neighbour i is missing (tl_terrain_neighbour) */
    unsigned char missing;
} tl_net_cell;

typedef struct tl_net {
    ptrdiff_t nrow; /* of the raster */
    ptrdiff_t ncol;
    ptrdiff_t n;
    tl_net_cell *cell;  /* [n] in reading order */
    ptrdiff_t capacity; /* cells that fit into cell */
    ptrdiff_t *of_row;  /* [nrow + 1] first cell of each row */
    double max_cells;   /* largest number of cells that drain through one cell of the raster */
} tl_net;

/* 1: this number of cells, or this area, reaches a threshold of options. */
static inline int tl_hydro_net_reaches(const tl_streams_options *options, double count,
                                       double area_m2) {
    return (options->threshold_cells > 0.0 && count >= options->threshold_cells) ||
           (options->threshold_m2 > 0.0 && area_m2 >= options->threshold_m2);
}

/* Checks that a threshold is set.
 *
 * fails  TL_ARG */
tl_code tl_hydro_net_check(const tl_streams_options *options, tl_err *err);

/* Area of the cells of all rows when it is the same in each, then areas follow from counts; 0 when
 * rows differ. */
double tl_hydro_net_cell_m2(const tl_cells *sizes);

/* The neighbours of a cell that are missing, bit i for neighbour i.
 *
 * surface  holds the neighbours of the cell, where the raster has them */
unsigned char tl_hydro_net_missing(const tl_grid *surface, ptrdiff_t row, ptrdiff_t col);

/* Starts an empty list; freed with tl_hydro_net_free. */
void tl_hydro_net_start(tl_net *net, ptrdiff_t nrow, ptrdiff_t ncol);

/* Adds a cell, in any order.
 *
 * fails  TL_NOMEM */
tl_code tl_hydro_net_add(tl_net *net, const tl_net_cell *cell, tl_err *err);

/* Brings the list into reading order and links each cell with the next one.
 *
 * fails  TL_NOMEM */
tl_code tl_hydro_net_close(tl_net *net, tl_err *err);

/* All of the above for a raster in memory, whatever the nodes of options.
 *
 * surface, d8, sizes  as tl_hydro_streams has them
 * net                 initialised here; empty on failure
 * fails               TL_NOMEM; TL_CANCELLED
 * cost                O(n); 8 bytes per cell while working, 16 where cells differ in size, and 48
 *                     per stream cell */
tl_code tl_hydro_net_collect(const tl_grid *surface, const tl_d8 *d8, const tl_cells *sizes,
                             const tl_streams_options *options, tl_net *net, const tl_progress *p,
                             tl_err *err);

/* Index in the list of a cell of the raster; -1: no stream, or outside. */
ptrdiff_t tl_hydro_net_find(const tl_net *net, ptrdiff_t row, ptrdiff_t col);

/* Stream cells that drain into a cell of the list, in the order N ... NW.
 *
 * donor   out: indices in the list
 * returns their number */
int tl_hydro_net_donors(const tl_net *net, ptrdiff_t k, ptrdiff_t donor[TL_NEIGHBOURS]);

/* Links of the list, with the contract of tl_hydro_streams.
 *
 * streams  initialised here; empty on failure
 * fails    TL_DATA no stream; TL_NOMEM
 * cost     O(cells of the list) */
tl_code tl_hydro_net_links(const tl_net *net, const tl_cells *sizes,
                           const tl_streams_options *options, tl_streams *streams, tl_err *err);

/* Frees; NULL, zeroed and already freed lists are fine. */
void tl_hydro_net_free(tl_net *net);

#endif
