/* SPDX-License-Identifier: GPL-2.0-or-later
 * The position on the stream lines nearest to a point; see outlets.h. */
#include "hydro/outlets.h"

#include <math.h>

#include "geometry/lines.h"

/* First and last index of a window around position, inside 0 .. size-1. */
static void window(double position, double reach, ptrdiff_t size, ptrdiff_t *from, ptrdiff_t *to) {
    *from = (ptrdiff_t)fmax(floor(position - reach), 0.0);
    *to = (ptrdiff_t)fmin(floor(position + reach), (double)(size - 1));
}

/* A point and the cell size there, for distances from it in metres. */
typedef struct frame {
    double col, row; /* of the point, in cells */
    double dx, dy;   /* size of a cell there, metres */
} frame;

static double east_of(const frame *p, const tl_net *net, ptrdiff_t k) {
    return ((double)(net->cell[k].at % net->ncol) + 0.5 - p->col) * p->dx;
}

static double south_of(const frame *p, const tl_net *net, ptrdiff_t k) {
    return ((double)(net->cell[k].at / net->ncol) + 0.5 - p->row) * p->dy;
}

/* The stream cell whose centre is nearest, at most reach_m away; -1: there is none. */
static ptrdiff_t nearest_cell(const tl_net *net, const frame *p, double reach_m) {
    ptrdiff_t r0, r1, c0, c1;
    window(p->row, reach_m / p->dy, net->nrow, &r0, &r1);
    window(p->col, reach_m / p->dx, net->ncol, &c0, &c1);
    double best = reach_m * reach_m;
    ptrdiff_t found = -1;
    for (ptrdiff_t r = r0; r <= r1; r++) {
        for (ptrdiff_t k = net->of_row[r]; k < net->of_row[r + 1]; k++) {
            const ptrdiff_t c = net->cell[k].at % net->ncol;
            const double east = east_of(p, net, k);
            const double south = south_of(p, net, k);
            const double d2 = east * east + south * south;
            if (c >= c0 && c <= c1 && (d2 < best || (d2 <= best && found < 0))) {
                best = d2;
                found = k;
            }
        }
    }
    return found;
}

/* From the vertex to the foot of the perpendicular on the segments of stream lines that meet in it,
 * down to the next cell and up to those that drain into it; both in metres from the point. */
static tl_code find_foot(const tl_net *net, const frame *p, ptrdiff_t k, double *east,
                         double *south, tl_err *err) {
    ptrdiff_t ends[TL_NEIGHBOURS + 1];
    ptrdiff_t first[TL_NEIGHBOURS + 2] = {0};
    double x[2 * TL_NEIGHBOURS + 2];
    double y[2 * TL_NEIGHBOURS + 2];
    *east = east_of(p, net, k);
    *south = south_of(p, net, k);
    const int below = net->cell[k].next >= 0;
    ends[0] = net->cell[k].next;
    const ptrdiff_t n = below + tl_hydro_net_donors(net, k, ends + below);
    for (ptrdiff_t i = 0; i < n; i++) {
        x[2 * i] = *east;
        y[2 * i] = *south;
        x[2 * i + 1] = east_of(p, net, ends[i]);
        y[2 * i + 1] = south_of(p, net, ends[i]);
        first[i + 1] = 2 * (i + 1);
    }
    const tl_lines lines = {n, first, x, y};
    return n == 0 ? TL_OK : tl_geometry_foot(&lines, 0.0, 0.0, east, south, err);
}

static tl_code snap_one(const tl_net *net, const tl_georef *geo, const frame *p, double limit_m,
                        tl_snap *snap, tl_err *err) {
    if (!(p->col >= 0.0 && p->col < (double)net->ncol && p->row >= 0.0 &&
          p->row < (double)net->nrow)) {
        return TL_OK;
    }
    snap->state = TL_SNAP_FAR;
    /* A vertex is at most half a diagonal farther away than the line. */
    const ptrdiff_t k = nearest_cell(net, p, limit_m + 0.5 * hypot(p->dx, p->dy));
    if (k < 0) {
        return TL_OK;
    }
    double east, south;
    TL_TRY(find_foot(net, p, k, &east, &south, err));
    const double distance = hypot(east, south);
    if (distance <= limit_m) {
        *snap = (tl_snap){.state = TL_SNAP_DONE, .cell = net->cell[k].at, .distance_m = distance};
        tl_georef_to_map(geo, p->col + east / p->dx, p->row + south / p->dy, &snap->x, &snap->y);
    }
    return TL_OK;
}

tl_code tl_hydro_net_snap(const tl_net *net, const tl_georef *geo, const tl_cells *sizes,
                          const double *x, const double *y, ptrdiff_t n, double limit_m,
                          tl_snap *snap, tl_err *err) {
    static const tl_snap none = {TL_SNAP_OUTSIDE, -1, (double)NAN, (double)NAN, (double)NAN};
    for (ptrdiff_t i = 0; i < n; i++) {
        frame p;
        snap[i] = none;
        TL_TRY(tl_georef_to_cell(geo, x[i], y[i], &p.col, &p.row, err));
        const ptrdiff_t r = (ptrdiff_t)fmin(fmax(p.row, 0.0), (double)(net->nrow - 1));
        p.dx = sizes->dx_m[r];
        p.dy = sizes->dy_m[r];
        TL_TRY(snap_one(net, geo, &p, limit_m, &snap[i], err));
        for (ptrdiff_t k = 0; k < i && snap[i].state == TL_SNAP_DONE; k++) {
            if (snap[k].cell == snap[i].cell) {
                snap[i] = none;
                snap[i].state = TL_SNAP_TAKEN;
            }
        }
    }
    return TL_OK;
}

tl_code tl_hydro_snap(const tl_grid *surface, const tl_d8 *d8, const tl_streams_options *options,
                      const double *x, const double *y, ptrdiff_t n, double limit_m, tl_snap *snap,
                      tl_err *err) {
    tl_cells sizes = {0};
    tl_net net = {0};
    tl_code code = TL_OK;
    TL_CHECK(tl_hydro_net_check(options, err));
    TL_CHECK(tl_terrain_cells_init(&sizes, surface, "outlets", err));
    TL_CHECK(tl_hydro_net_collect(surface, d8, &sizes, options, &net, NULL, err));
    code = tl_hydro_net_snap(&net, &surface->geo, &sizes, x, y, n, limit_m, snap, err);
done:
    tl_terrain_cells_free(&sizes);
    tl_hydro_net_free(&net);
    return code;
}
