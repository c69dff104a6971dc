/* SPDX-License-Identifier: GPL-2.0-or-later
 * Stream network: links between sources, junctions and outlets, with their order and topology. */
#ifndef TL_HYDRO_STREAM_LINKS_H
#define TL_HYDRO_STREAM_LINKS_H

#include <stddef.h>

#include "base/grid.h"
#include "base/progress.h"
#include "base/status.h"
#include "hydro/flow.h"

/* A point on a stream where a link must end. */
typedef struct tl_node {
    ptrdiff_t cell; /* a stream cell; at most one node per cell */
    int is_inlet;   /* 1: the network begins below this cell; 0: a link ends here */
} tl_node;

/* A stream begins where either threshold is reached; 0 switches a threshold off, and one must be
 * above 0. */
typedef struct tl_streams_options {
    double threshold_cells; /* cells that drain through, the cell itself included */
    double threshold_m2;    /* or their true area */
    const tl_node *node;    /* [n_node] with nodes, only cells above one that is no inlet count */
    ptrdiff_t n_node;       /* 0: the whole grid counts */
} tl_streams_options;

/* A link of one cell without a link below ends this fraction of a step away from the centre, in the
 * direction in which the water leaves: long enough to be a line, and still inside its cell, where a
 * raster has a value for the end. */
#define TL_LINK_PAST_CENTRE 0.25

/* One link. Lengths are in metres along cell centres, areas in m2; the names of TauDEM's StreamNet
 * are in brackets. */
typedef struct tl_link {
    ptrdiff_t downstream;     /* number of the link below, -1 at an outlet (DSLINKNO) */
    ptrdiff_t upstream[2];    /* links above, -1 none (USLINKNO1, USLINKNO2); one below a node */
    int order;                /* Strahler (strmOrder) */
    ptrdiff_t magnitude;      /* Shreve: sources above (Magnitude) */
    double length_m;          /* (Length) */
    double downstream_m2;     /* area through the last cell above the junction below (DSContArea) */
    double upstream_m2;       /* area through the uppermost cell (USContArea) */
    double drop_m;            /* height difference along the filled surface (strmDrop) */
    double slope;             /* drop / length, 0 for links without length (Slope) */
    double straight_m;        /* distance between the ends (StraightL) */
    double to_outlet_end_m;   /* along streams from the lower end (DOUTEND) */
    double to_outlet_start_m; /* ... from the upper end (DOUTSTART) */
    ptrdiff_t node;           /* number of the node at the lower end, -1 none (DSNODEID) */
    ptrdiff_t top;            /* index of the uppermost cell */
    int begins_at_node;       /* 1: top is the cell of a node and belongs to the link above */
    ptrdiff_t first;          /* first vertex of its line */
    ptrdiff_t n_vertex;       /* at least 2 */
    ptrdiff_t first_own;      /* the cells of this link alone: vertices first_own ... */
    ptrdiff_t n_own;          /* ... as many; 0 for links that only join others */
    /* direction in which vertex 0 is TL_LINK_PAST_CENTRE steps from the centre of its cell; -1: it is
     * the centre */
    int out;
} tl_link;

typedef struct tl_streams {
    ptrdiff_t ncol;
    ptrdiff_t n_link;
    tl_link *link; /* [n_link] number = index (LINKNO); upstream links come first */
    ptrdiff_t n_vertex;
    ptrdiff_t *vertex;  /* [n_vertex] cell indices, per link from the lower end to the upper */
    float *vertex_z;    /* [n_vertex] height of the surface that water runs on, metres */
    double *vertex_m2;  /* [n_vertex] area that drains through the cell */
    double *vertex_m;   /* [n_vertex] distance to the outlet along streams */
    double limit_cells; /* largest number of cells draining through one cell, for messages */
} tl_streams;

/* Streams of a filled surface by D8.
 *
 * Where k > 2 streams meet in one cell, k - 2 links of no length join them two by two, those of
 * high order first, so that Strahler's rule results in the same order link by link.
 *
 * A link of one cell without a link below has a length, TL_LINK_PAST_CENTRE steps towards where the
 * water leaves; one of one cell above another link has none.
 *
 * A node cell belongs to the link that ends there; the link below begins in the same cell. A link
 * below an inlet counts as a source in order and magnitude, while its areas keep what drains in.
 *
 * surface [nrow, ncol] metres, without pits and flats (tl_hydro_fill with a slope above 0)
 * d8      its directions, tl_hydro_d8_init with TL_FLOW_EDGE_DRAIN
 * streams initialised here
 * NaN     NoData cells carry no streams
 * fails   TL_ARG no threshold; TL_DATA no cell reaches it; TL_SHAPE; TL_NOMEM; TL_CANCELLED
 * cost    O(n), 4.5 bytes per cell while working, 12.5 where cells differ in size; 61 per stream
 *         cell
 * source  Strahler 1957 Trans. AGU 38:913; Shreve 1966 J. Geol. 74:17;
 *         Tarboton et al. 1991 Hydrol. Process. 5:81 */
tl_code tl_hydro_streams(const tl_grid *surface, const tl_d8 *d8, const tl_streams_options *options,
                         tl_streams *streams, const tl_progress *p, tl_err *err);

/* Marks the cells that reach the threshold, whatever the nodes.
 *
 * mask    [nrow, ncol] out: 1 = stream; cells without data are not changed
 * fails   TL_DATA the cells have no size; TL_NOMEM
 * cost    O(n), 4.5 or 12.5 bytes per cell while working, and 48 per stream cell */
tl_code tl_hydro_stream_mask(const tl_grid *surface, const tl_d8 *d8,
                             const tl_streams_options *options, unsigned char *mask, tl_err *err);

/* Position of vertex k of a link, in columns and rows from the north-west corner of the raster.
 *
 * k  of s->vertex, among those of the link */
void tl_hydro_streams_position(const tl_streams *s, const tl_link *link, ptrdiff_t k, double *col,
                               double *row);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_hydro_streams_free(tl_streams *streams);

#endif
