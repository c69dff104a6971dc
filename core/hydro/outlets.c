/* SPDX-License-Identifier: GPL-2.0-or-later
 * The place on the stream lines nearest to a point; see outlets.h. */
#include "hydro/outlets.h"

#include <math.h>

#include "base/alloc.h"
#include "geometry/lines.h"
#include "terrain/cells.h"
#include "terrain/neighbours.h"

/* First and last index of a window around position, inside 0 .. size-1. */
static void window(double position, double reach, ptrdiff_t size, ptrdiff_t *from, ptrdiff_t *to) {
    *from = (ptrdiff_t)fmax(floor(position - reach), 0.0);
    *to = (ptrdiff_t)fmin(floor(position + reach), (double)(size - 1));
}

/* The ground around a point, in metres from it. */
typedef struct place {
    double col, row; /* of the point, in cells */
    double dx, dy;   /* size of a cell there, metres */
} place;

static double east_of(const place *p, const tl_grid *g, ptrdiff_t cell) {
    return ((double)(cell % g->ncol) + 0.5 - p->col) * p->dx;
}

static double south_of(const place *p, const tl_grid *g, ptrdiff_t cell) {
    return ((double)(cell / g->ncol) + 0.5 - p->row) * p->dy;
}

/* The marked cell whose centre is nearest, at most reach_m away; -1: there is none. */
static ptrdiff_t nearest_cell(const tl_grid *g, const unsigned char *mask, const place *p,
                              double reach_m) {
    ptrdiff_t r0, r1, c0, c1;
    window(p->row, reach_m / p->dy, g->nrow, &r0, &r1);
    window(p->col, reach_m / p->dx, g->ncol, &c0, &c1);
    double best = reach_m * reach_m;
    ptrdiff_t found = -1;
    for (ptrdiff_t r = r0; r <= r1; r++) {
        for (ptrdiff_t c = c0; c <= c1; c++) {
            const ptrdiff_t at = r * g->ncol + c;
            const double east = east_of(p, g, at);
            const double south = south_of(p, g, at);
            const double d2 = east * east + south * south;
            if (mask[at] && (d2 < best || (d2 <= best && found < 0))) {
                best = d2;
                found = at;
            }
        }
    }
    return found;
}

/* The stretches of stream lines that meet in a stream cell: down to the next cell and up to those
 * that drain into it; the cell alone when there are none. */
static ptrdiff_t stretches_at(const tl_grid *g, const tl_d8 *d8, const unsigned char *mask,
                              ptrdiff_t cell, ptrdiff_t ends[TL_NEIGHBOURS + 1]) {
    ptrdiff_t n = 0;
    const ptrdiff_t next = tl_d8_next(d8, cell);
    if (next >= 0) {
        ends[n++] = next;
    }
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        const ptrdiff_t from = tl_neighbour(g, cell / g->ncol, cell % g->ncol, i);
        if (from >= 0 && mask[from] && tl_d8_next(d8, from) == cell) {
            ends[n++] = from;
        }
    }
    return n;
}

/* From the vertex to the foot of the perpendicular, both in metres from the point. */
static tl_code find_foot(const tl_grid *g, const tl_d8 *d8, const unsigned char *mask,
                         const place *p, ptrdiff_t cell, double *east, double *south, tl_err *err) {
    ptrdiff_t ends[TL_NEIGHBOURS + 1];
    ptrdiff_t first[TL_NEIGHBOURS + 2] = {0};
    double x[2 * TL_NEIGHBOURS + 2];
    double y[2 * TL_NEIGHBOURS + 2];
    *east = east_of(p, g, cell);
    *south = south_of(p, g, cell);
    const ptrdiff_t n = stretches_at(g, d8, mask, cell, ends);
    for (ptrdiff_t k = 0; k < n; k++) {
        x[2 * k] = *east;
        y[2 * k] = *south;
        x[2 * k + 1] = east_of(p, g, ends[k]);
        y[2 * k + 1] = south_of(p, g, ends[k]);
        first[k + 1] = 2 * (k + 1);
    }
    const tl_lines lines = {n, first, x, y};
    return n == 0 ? TL_OK : tl_geometry_foot(&lines, 0.0, 0.0, east, south, err);
}

static tl_code snap_one(const tl_grid *surface, const tl_d8 *d8, const unsigned char *mask,
                        const place *p, double limit_m, tl_snap *snap, tl_err *err) {
    if (!(p->col >= 0.0 && p->col < (double)surface->ncol && p->row >= 0.0 &&
          p->row < (double)surface->nrow)) {
        return TL_OK;
    }
    snap->state = TL_SNAP_FAR;
    /* A vertex is at most half a diagonal farther away than the line. */
    const ptrdiff_t cell = nearest_cell(surface, mask, p, limit_m + 0.5 * hypot(p->dx, p->dy));
    if (cell < 0) {
        return TL_OK;
    }
    double east, south;
    TL_TRY(find_foot(surface, d8, mask, p, cell, &east, &south, err));
    const double distance = hypot(east, south);
    if (distance <= limit_m) {
        *snap = (tl_snap){.state = TL_SNAP_DONE, .cell = cell, .distance_m = distance};
        tl_georef_to_map(&surface->geo, p->col + east / p->dx, p->row + south / p->dy, &snap->x,
                         &snap->y);
    }
    return TL_OK;
}

tl_code tl_hydro_snap(const tl_grid *surface, const tl_d8 *d8, const tl_streams_options *options,
                      const double *x, const double *y, ptrdiff_t n, double limit_m, tl_snap *snap,
                      tl_err *err) {
    static const tl_snap none = {TL_SNAP_OUTSIDE, -1, (double)NAN, (double)NAN, (double)NAN};
    tl_cells cells = {0};
    tl_code code = TL_OK;
    unsigned char *mask = tl_acquire(surface->nrow * surface->ncol, 1);
    if (mask == NULL) {
        return tl_fail(err, TL_NOMEM, "outlets: out of memory for %td x %td cells", surface->nrow,
                       surface->ncol);
    }
    TL_CHECK(tl_cells_init(&cells, surface, "outlets", err));
    TL_CHECK(tl_hydro_stream_mask(surface, d8, options, mask, err));
    for (ptrdiff_t i = 0; i < n; i++) {
        place p;
        snap[i] = none;
        TL_CHECK(tl_georef_to_cell(&surface->geo, x[i], y[i], &p.col, &p.row, err));
        const ptrdiff_t r = (ptrdiff_t)fmin(fmax(p.row, 0.0), (double)(surface->nrow - 1));
        p.dx = cells.dx_m[r];
        p.dy = cells.dy_m[r];
        TL_CHECK(snap_one(surface, d8, mask, &p, limit_m, &snap[i], err));
        for (ptrdiff_t k = 0; k < i && snap[i].state == TL_SNAP_DONE; k++) {
            if (snap[k].cell == snap[i].cell) {
                snap[i] = none;
                snap[i].state = TL_SNAP_TAKEN;
            }
        }
    }
done:
    tl_cells_free(&cells);
    tl_release(mask);
    return code;
}
