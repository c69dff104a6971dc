/* SPDX-License-Identifier: GPL-2.0-or-later
 * Streams of a raster in memory: its stream cells become a list, the list becomes links; see
 * stream_links.h. */
#include "hydro/stream_links.h"

#include <math.h>

#include "base/alloc.h"
#include "hydro/stream_net.h"
#include "terrain/cells.h"
#include "terrain/neighbours.h"

static tl_code collect(const tl_grid *surface, const tl_d8 *d8, const tl_streams_options *options,
                       tl_cells *sizes, tl_net *net, const tl_progress *p, tl_err *err) {
    TL_TRY(tl_hydro_net_check(options, err));
    if (d8->nrow != surface->nrow || d8->ncol != surface->ncol) {
        return tl_fail(err, TL_SHAPE,
                       "streams: directions are %td x %td, the surface %td x %td cells", d8->nrow,
                       d8->ncol, surface->nrow, surface->ncol);
    }
    TL_TRY(tl_terrain_cells_init(sizes, surface, "streams", err));
    return tl_hydro_net_collect(surface, d8, sizes, options, net, p, err);
}

tl_code tl_hydro_streams(const tl_grid *surface, const tl_d8 *d8, const tl_streams_options *options,
                         tl_streams *streams, const tl_progress *p, tl_err *err) {
    *streams = (tl_streams){.ncol = surface->ncol};
    tl_cells sizes = {0};
    tl_net net = {0};
    tl_code code = collect(surface, d8, options, &sizes, &net, p, err);
    if (code == TL_OK) {
        code = tl_hydro_net_links(&net, &sizes, options, streams, err);
    }
    if (code == TL_OK) {
        code = tl_progress_at(p, 1.0, err);
    }
    tl_terrain_cells_free(&sizes);
    tl_hydro_net_free(&net);
    if (code != TL_OK) {
        tl_hydro_streams_free(streams);
    }
    return code;
}

tl_code tl_hydro_stream_mask(const tl_grid *surface, const tl_d8 *d8,
                             const tl_streams_options *options, unsigned char *mask, tl_err *err) {
    tl_cells sizes = {0};
    tl_net net = {0};
    const tl_code code = collect(surface, d8, options, &sizes, &net, NULL, err);
    for (ptrdiff_t at = 0; at < d8->nrow * d8->ncol && code == TL_OK; at++) {
        mask[at] = isnan(surface->data[at]) ? mask[at] : 0;
    }
    for (ptrdiff_t k = 0; k < net.n; k++) {
        mask[net.cell[k].at] = 1;
    }
    tl_terrain_cells_free(&sizes);
    tl_hydro_net_free(&net);
    return code;
}

void tl_hydro_streams_position(const tl_streams *s, const tl_link *link, ptrdiff_t k, double *col,
                               double *row) {
    *col = (double)(s->vertex[k] % s->ncol) + 0.5;
    *row = (double)(s->vertex[k] / s->ncol) + 0.5;
    if (k == link->first && link->out >= 0) {
        *col += TL_LINK_PAST_CENTRE * (double)tl_dcol[link->out];
        *row += TL_LINK_PAST_CENTRE * (double)tl_drow[link->out];
    }
}

void tl_hydro_streams_free(tl_streams *streams) {
    if (streams != NULL) {
        tl_release(streams->link);
        tl_release(streams->vertex);
        tl_release(streams->vertex_z);
        tl_release(streams->vertex_m2);
        tl_release(streams->vertex_m);
        *streams = (tl_streams){0};
    }
}
