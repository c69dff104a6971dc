/* SPDX-License-Identifier: GPL-2.0-or-later
 * Accumulation field by field, each cut out as a DEM of its own; see fieldflow.h. */
#include "hydro/fieldflow.h"

#include <math.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "hydro/cellqueue.h"
#include "hydro/flow.h"
#include "hydro/route.h"
#include "terrain/cells.h"
#include "terrain/neighbours.h"

/* Rows and columns from first to last of the cells of a field; none when row[0] > row[1]. */
typedef struct box {
    ptrdiff_t row[2];
    ptrdiff_t col[2];
} box;

typedef struct study {
    const tl_grid *surface;
    const int *field;
    const tl_fieldflow_options *options;
    tl_grid *area;
} study;

/* The field at work. */
typedef struct cut {
    const study *s;
    int number;
    box bounds;
    tl_grid dem; /* [rows, cols] of the box; NaN outside the field */
    tl_cells cells;
    tl_route route;
    double *total;
    unsigned char *receivers;
    unsigned char *waiting; /* donors that have not passed on yet */
    tl_cellqueue ready;
} cut;

enum { DONE = 255 };

static void find_boxes(const study *s, ptrdiff_t n_field, box *boxes) {
    for (ptrdiff_t k = 0; k < n_field; k++) {
        boxes[k] = (box){{s->surface->nrow, -1}, {s->surface->ncol, -1}};
    }
    for (ptrdiff_t row = 0; row < s->surface->nrow; row++) {
        for (ptrdiff_t col = 0; col < s->surface->ncol; col++) {
            const ptrdiff_t at = tl_grid_at(s->surface, row, col);
            if (s->field[at] > 0 && s->field[at] <= n_field && !isnan(s->surface->data[at])) {
                box *b = &boxes[s->field[at] - 1];
                b->row[0] = tl_min(row, b->row[0]);
                b->row[1] = row;
                b->col[0] = tl_min(col, b->col[0]);
                b->col[1] = tl_max(col, b->col[1]);
            }
        }
    }
}

/* Index in the whole grid of a cell of the cut. */
static ptrdiff_t whole_index(const cut *c, ptrdiff_t at) {
    return tl_grid_at(c->s->surface, c->bounds.row[0] + at / c->dem.ncol,
                      c->bounds.col[0] + at % c->dem.ncol);
}

static tl_code cut_out(cut *c, tl_err *err) {
    const tl_grid *whole = c->s->surface;
    const ptrdiff_t nrow = c->bounds.row[1] - c->bounds.row[0] + 1;
    const ptrdiff_t ncol = c->bounds.col[1] - c->bounds.col[0] + 1;
    TL_TRY(tl_grid_init(&c->dem, nrow, ncol, &whole->geo, err));
    double *t = c->dem.geo.transform;
    tl_georef_to_map(&whole->geo, (double)c->bounds.col[0], (double)c->bounds.row[0], &t[0], &t[3]);
    for (ptrdiff_t at = 0; at < nrow * ncol; at++) {
        const ptrdiff_t from = whole_index(c, at);
        c->dem.data[at] = c->s->field[from] == c->number ? whole->data[from] : NAN;
    }
    TL_TRY(tl_terrain_cells_init(&c->cells, &c->dem, "flow inside fields", err));
    c->total = tl_acquire(nrow * ncol, sizeof *c->total);
    c->receivers = tl_acquire(nrow * ncol, 1);
    c->waiting = tl_acquire(nrow * ncol, 1);
    if (c->total == NULL || c->receivers == NULL || c->waiting == NULL) {
        return tl_no_memory(err, "%td cells", nrow * ncol);
    }
    return TL_OK;
}

/* The share of the passed water that stays inside the field of a cell: 1 unless a lower neighbour
 * belongs to another field. */
static double kept_share(const cut *c, ptrdiff_t at) {
    const tl_grid *whole = c->s->surface;
    const ptrdiff_t centre = whole_index(c, at);
    const ptrdiff_t row = at / c->dem.ncol;
    double length[TL_NEIGHBOURS];
    double inside = 0.0;
    double outside = 0.0;
    tl_terrain_neighbour_lengths(c->cells.dx_m[row], c->cells.dy_m[row], length);
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        const ptrdiff_t neighbour =
            tl_terrain_neighbour(whole, centre / whole->ncol, centre % whole->ncol, i);
        const double drop =
            neighbour < 0 ? 0.0 : (double)whole->data[centre] - (double)whole->data[neighbour];
        if (drop > 0.0) {
            const double share = pow(drop / length[i], c->s->options->convergence);
            *(c->s->field[neighbour] == c->number ? &inside : &outside) += share;
        }
    }
    return outside > 0.0 ? inside / (inside + outside) : 1.0;
}

static tl_code pass_on(cut *c, ptrdiff_t at, tl_err *err) {
    const ptrdiff_t ncol = c->dem.ncol;
    const unsigned char receivers = c->receivers[at];
    c->waiting[at] = DONE;
    if (receivers == 0) {
        return TL_OK;
    }
    double share[TL_NEIGHBOURS];
    tl_hydro_route_shares(&c->route, at / ncol, at % ncol, receivers, share);
    const double passed = c->total[at] * (c->s->options->lose_at_border ? kept_share(c, at) : 1.0);
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        if (!(receivers >> i & 1)) {
            continue;
        }
        const ptrdiff_t to = at + tl_drow[i] * ncol + tl_dcol[i];
        c->total[to] += passed * share[i];
        if (--c->waiting[to] == 0) {
            TL_TRY(tl_hydro_cellqueue_put(&c->ready, to, err));
        }
    }
    return TL_OK;
}

static tl_code spread(cut *c, tl_err *err) {
    const tl_grid *g = &c->dem;
    for (ptrdiff_t at = 0; at < g->nrow * g->ncol; at++) {
        c->total[at] = c->cells.dx_m[at / g->ncol] * c->cells.dy_m[at / g->ncol];
        for (int i = 0; i < TL_NEIGHBOURS; i++) {
            if (c->receivers[at] >> i & 1) {
                c->waiting[at + tl_drow[i] * g->ncol + tl_dcol[i]]++;
            }
        }
    }
    for (ptrdiff_t at = 0; at < g->nrow * g->ncol; at++) {
        if (c->waiting[at] == 0) {
            TL_TRY(pass_on(c, at, err));
        }
        while (c->ready.count > 0) {
            TL_TRY(pass_on(c, tl_hydro_cellqueue_pop(&c->ready), err));
        }
    }
    return TL_OK;
}

static tl_code work_on(const study *s, int number, box bounds, tl_err *err) {
    const tl_flow_options flow = {.method = TL_FLOW_MFD,
                                  .edge = TL_FLOW_EDGE_DRAIN,
                                  .convergence = s->options->convergence,
                                  .unit = TL_FLOW_M2,
                                  .keep_flats = s->options->keep_flats,
                                  .threads = 1};
    cut c = {.s = s, .number = number, .bounds = bounds};
    c.route = (tl_route){&c.dem, &c.cells, &flow};
    tl_code code = TL_OK;
    TL_CHECK(cut_out(&c, err));
    TL_CHECK(tl_hydro_route_all(&c.route, c.receivers, NULL, err));
    TL_CHECK(spread(&c, err));
    for (ptrdiff_t at = 0; at < c.dem.nrow * c.dem.ncol; at++) {
        if (!isnan(c.dem.data[at])) {
            s->area->data[whole_index(&c, at)] = (float)c.total[at];
        }
    }
done:
    tl_grid_free(&c.dem);
    tl_terrain_cells_free(&c.cells);
    tl_release(c.total);
    tl_release(c.receivers);
    tl_release(c.waiting);
    tl_hydro_cellqueue_free(&c.ready);
    return code;
}

tl_code tl_hydro_accumulate_fields(const tl_grid *surface, const int *field, ptrdiff_t n_field,
                                   const tl_fieldflow_options *options, tl_grid *area_m2,
                                   const tl_progress *p, tl_err *err) {
    *area_m2 = (tl_grid){0};
    if (!(options->convergence > 0.0 && options->convergence <= 20.0)) {
        return tl_fail(err, TL_ARG,
                       "flow inside fields: a convergence of %g is outside (0, 20]; 1.1 is usual",
                       options->convergence);
    }
    const study s = {surface, field, options, area_m2};
    tl_code code = TL_OK;
    box *boxes = tl_acquire(n_field, sizeof *boxes);
    if (boxes == NULL) {
        return tl_no_memory(err, "%td fields", n_field);
    }
    TL_CHECK(tl_grid_init(area_m2, surface->nrow, surface->ncol, &surface->geo, err));
    for (ptrdiff_t at = 0; at < surface->nrow * surface->ncol; at++) {
        area_m2->data[at] = NAN;
    }
    find_boxes(&s, n_field, boxes);
    for (ptrdiff_t k = 0; k < n_field; k++) {
        TL_CHECK(tl_progress_at(p, (double)k / (double)n_field, err));
        if (boxes[k].row[0] <= boxes[k].row[1]) {
            TL_CHECK(work_on(&s, (int)k + 1, boxes[k], err));
        }
    }
done:
    tl_release(boxes);
    if (code != TL_OK) {
        tl_grid_free(area_m2);
    }
    return code;
}
