/* SPDX-License-Identifier: GPL-2.0-or-later
 * Least-cost ditches from every pit; see breach.h. */
#include "hydro/breach.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/angle_units.h"
#include "base/minmax.h"
#include "hydro/around.h"
#include "terrain/cells.h"

typedef struct pit {
    float z;
    ptrdiff_t at;
} pit;

typedef struct entry {
    double cost;
    int32_t cell;
} entry;

static int before(entry a, entry b) {
    return a.cost < b.cost || (!(a.cost > b.cost) && a.cell < b.cell);
}

#define TL_HEAP_ENTRY entry
#define TL_HEAP_BEFORE before
#include "hydro/heap.h"

enum { FRESH = 0, OPEN, SETTLED };

/* A search in the square of side cells around a pit; cells are numbered row by row in it. */
typedef struct search {
    tl_grid *surface;
    const tl_breach_options *options;
    tl_cells cells;
    double gradient;
    int32_t side;
    ptrdiff_t row0; /* of the square in the grid; may be outside it */
    ptrdiff_t col0;
    double *cost;         /* [side side] */
    float *bottom;        /* [side side] of the ditch */
    signed char *from;    /* [side side] direction towards the pit, -1 there */
    unsigned char *state; /* [side side] */
    int32_t *touched;     /* [side side] cells that are not FRESH */
    int32_t n_touched;
    heap queue;
} search;

/* Index in the grid of a cell of the square. */
static ptrdiff_t in_grid(const search *s, int32_t cell) {
    return (s->row0 + cell / s->side) * s->surface->ncol + s->col0 + cell % s->side;
}

static int is_pit(const tl_grid *g, ptrdiff_t at) {
    float z[TL_NEIGHBOURS];
    if (isnan(g->data[at]) || tl_hydro_around(g, at / g->ncol, at % g->ncol, z) > 0) {
        return 0;
    }
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        if (z[i] < g->data[at]) {
            return 0;
        }
    }
    return 1;
}

static int is_outlet(const tl_grid *g, ptrdiff_t at) {
    float z[TL_NEIGHBOURS];
    return tl_hydro_around(g, at / g->ncol, at % g->ncol, z) > 0;
}

static tl_code open_cell(search *s, int32_t cell, double cost, float bottom, int from,
                         tl_err *err) {
    if (s->state[cell] == FRESH) {
        s->touched[s->n_touched++] = cell;
    }
    s->state[cell] = OPEN;
    s->cost[cell] = cost;
    s->bottom[cell] = bottom;
    s->from[cell] = (signed char)from;
    return heap_push(&s->queue, (entry){cost, cell}, err);
}

/* Extends the ditch from a settled cell to its neighbours. */
static tl_code lead_on(search *s, int32_t cell, tl_err *err) {
    const tl_grid *g = s->surface;
    const ptrdiff_t row = s->row0 + cell / s->side;
    const ptrdiff_t col = s->col0 + cell % s->side;
    double length[TL_NEIGHBOURS];
    tl_terrain_neighbour_lengths(s->cells.dx_m[row], s->cells.dy_m[row], length);
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        const ptrdiff_t r = cell / s->side + tl_drow[i];
        const ptrdiff_t c = cell % s->side + tl_dcol[i];
        const ptrdiff_t at = tl_terrain_neighbour(g, row, col, i);
        if (at < 0 || r < 0 || c < 0 || r >= s->side || c >= s->side) {
            continue;
        }
        const int32_t next = (int32_t)(r * s->side + c);
        if (s->state[next] == SETTLED) {
            continue;
        }
        const float step = nextafterf(s->bottom[cell], -INFINITY);
        const float fall = (float)((double)s->bottom[cell] - s->gradient * length[i]);
        const float bottom = tl_min_float(fall, step);
        const double cut = fmax((double)g->data[at] - (double)bottom, 0.0);
        if (s->options->max_depth_m > 0.0 && cut > s->options->max_depth_m) {
            continue;
        }
        const double cost = s->cost[cell] + cut;
        if (s->state[next] == FRESH || cost < s->cost[next]) {
            TL_TRY(open_cell(s, next, cost, bottom, (i + 4) % TL_NEIGHBOURS, err));
        }
    }
    return TL_OK;
}

/* Cuts the ditch that ends in cell; the pit itself keeps its height. */
static void cut_back(search *s, int32_t cell) {
    float *z = s->surface->data;
    while (s->from[cell] >= 0) {
        const ptrdiff_t at = in_grid(s, cell);
        z[at] = tl_min_float(z[at], s->bottom[cell]);
        cell += tl_drow[s->from[cell]] * s->side + tl_dcol[s->from[cell]];
    }
}

static tl_code drain(search *s, ptrdiff_t at, int *solved, tl_err *err) {
    const tl_grid *g = s->surface;
    const int32_t middle = s->side / 2;
    const int32_t start = middle * s->side + middle;
    s->row0 = at / g->ncol - middle;
    s->col0 = at % g->ncol - middle;
    s->queue.count = 0;
    s->n_touched = 0;
    *solved = 0;
    tl_code code = open_cell(s, start, 0.0, g->data[at], -1, err);
    while (code == TL_OK && s->queue.count > 0) {
        const entry e = heap_pop(&s->queue);
        if (s->state[e.cell] == SETTLED) {
            continue;
        }
        s->state[e.cell] = SETTLED;
        const ptrdiff_t here = in_grid(s, e.cell);
        if (e.cell != start && (g->data[here] < s->bottom[e.cell] || is_outlet(g, here))) {
            cut_back(s, e.cell);
            *solved = 1;
            break;
        }
        code = lead_on(s, e.cell, err);
    }
    for (int32_t k = 0; k < s->n_touched; k++) {
        s->state[s->touched[k]] = FRESH;
    }
    return code;
}

static int compare_pits(const void *a, const void *b) {
    const pit *p = a;
    const pit *q = b;
    if (p->z < q->z || p->z > q->z) {
        return p->z < q->z ? -1 : 1;
    }
    return (p->at > q->at) - (p->at < q->at);
}

static tl_code list_pits(const search *s, pit **pits, ptrdiff_t *count, tl_err *err) {
    const tl_grid *g = s->surface;
    ptrdiff_t capacity = 0;
    for (ptrdiff_t at = 0; at < g->nrow * g->ncol; at++) {
        if (!is_pit(g, at) || (s->options->leave != NULL && s->options->leave[at])) {
            continue;
        }
        if (*count == capacity) {
            const ptrdiff_t larger = capacity == 0 ? 256 : 2 * capacity;
            pit *more = tl_grow(*pits, capacity, larger, sizeof *more);
            if (more == NULL) {
                return tl_no_memory(err, "%td pits", larger);
            }
            *pits = more;
            capacity = larger;
        }
        (*pits)[(*count)++] = (pit){g->data[at], at};
    }
    return TL_OK;
}

static tl_code drain_all(search *s, ptrdiff_t *solved, ptrdiff_t *unsolved, const tl_progress *p,
                         tl_err *err) {
    pit *pits = NULL;
    ptrdiff_t count = 0;
    tl_code code = list_pits(s, &pits, &count, err);
    if (code == TL_OK && count > 0) {
        qsort(pits, (size_t)count, sizeof *pits, compare_pits);
    }
    for (ptrdiff_t k = 0; k < count && code == TL_OK; k++) {
        if (k % 256 == 0) {
            code = tl_progress_at(p, (double)k / (double)count, err);
        }
        /* An earlier ditch may have passed by. */
        if (code == TL_OK && is_pit(s->surface, pits[k].at)) {
            int done = 0;
            code = drain(s, pits[k].at, &done, err);
            *solved += done;
            *unsolved += !done;
        }
    }
    tl_release(pits);
    return code;
}

static tl_code check(const tl_breach_options *o, tl_err *err) {
    if (o->max_length < 1 || o->max_length > 1000) {
        return tl_fail(err, TL_ARG,
                       "breach: a length of %d cells is outside 1 to 1000; 50 is usual",
                       o->max_length);
    }
    if (!(o->max_depth_m >= 0.0)) {
        return tl_fail(err, TL_ARG, "breach: a depth of %g m is below 0; 0 means no limit",
                       o->max_depth_m);
    }
    if (!(o->min_slope_deg >= 0.0 && o->min_slope_deg <= 45.0)) {
        return tl_fail(err, TL_ARG,
                       "breach: a minimum slope of %g degrees is outside 0 to 45; 0.01 is usual",
                       o->min_slope_deg);
    }
    return TL_OK;
}

tl_code tl_hydro_breach(tl_grid *surface, const tl_breach_options *options, ptrdiff_t *solved,
                        ptrdiff_t *unsolved, const tl_progress *p, tl_err *err) {
    *solved = 0;
    *unsolved = 0;
    TL_TRY(check(options, err));
    search s = {.surface = surface, .options = options, .side = 2 * options->max_length + 1};
    s.gradient = tan(options->min_slope_deg * TL_PI / 180.0);
    const ptrdiff_t m = (ptrdiff_t)s.side * s.side;
    tl_code code = TL_OK;
    TL_CHECK(tl_terrain_cells_init(&s.cells, surface, "breach", err));
    s.cost = tl_acquire(m, sizeof *s.cost);
    s.bottom = tl_acquire(m, sizeof *s.bottom);
    s.from = tl_acquire(m, sizeof *s.from);
    s.state = tl_acquire(m, sizeof *s.state);
    s.touched = tl_acquire(m, sizeof *s.touched);
    if (s.cost == NULL || s.bottom == NULL || s.from == NULL || s.state == NULL ||
        s.touched == NULL) {
        code = tl_no_memory(err, "a search of %td cells", m);
        goto done;
    }
    TL_CHECK(drain_all(&s, solved, unsolved, p, err));
    code = tl_progress_at(p, 1.0, err);
done:
    tl_terrain_cells_free(&s.cells);
    tl_release(s.cost);
    tl_release(s.bottom);
    tl_release(s.from);
    tl_release(s.state);
    tl_release(s.touched);
    tl_release(s.queue.entry);
    return code;
}
