/* SPDX-License-Identifier: GPL-2.0-or-later
 * SAGA wetness index in one pass per step; see swi.h.
 *
 * The spreading is the least solution of A* = max(A, s max(A* of the neighbours)). Since s is at
 * most 1, a cell can only be raised by a larger one, so cells taken from the largest down are final
 * when they are taken: no sweeps over the grid are needed. */
#include "hydro/swi.h"

#include <math.h>

#include "base/alloc.h"
#include "terrain/cells.h"
#include "terrain/neighbours.h"
#include "terrain/slope.h"

/* A cell whose area may raise its neighbours. */
typedef struct entry {
    double area;
    ptrdiff_t at;
} entry;

typedef struct swi {
    const tl_grid *surface;
    const tl_swi_options *options;
    tl_cells cells;
    double *area;           /* [n] catchment area in m2, then after spreading */
    double *slope;          /* [n] sum of slope times area, then the mean */
    float *own;             /* [n] area before spreading */
    float *local;           /* [n] slope of the cell, radians */
    unsigned char *inflows; /* [n] */
    ptrdiff_t *queue;       /* [n] cells from high to low */
    ptrdiff_t count;
    entry *heap;
    ptrdiff_t n_heap;
    ptrdiff_t room;
} swi;

/* --- routing --- */

static void start_cells(swi *s, double *gradient) {
    const tl_grid *g = s->surface;
    for (ptrdiff_t row = 0; row < g->nrow; row++) {
        double *east = gradient + g->ncol;
        tl_terrain_gradient_row(g, row, &s->cells, TL_SLOPE_ZEVENBERGEN_THORNE, gradient, east);
        for (ptrdiff_t col = 0; col < g->ncol; col++) {
            const ptrdiff_t at = tl_grid_at(g, row, col);
            if (isnan(g->data[at])) {
                continue;
            }
            int higher = 0;
            for (int i = 0; i < TL_NEIGHBOURS; i++) {
                const ptrdiff_t other = tl_neighbour(g, row, col, i);
                higher += other >= 0 && g->data[other] > g->data[at];
            }
            const double slope = atan(sqrt(gradient[col] * gradient[col] + east[col] * east[col]));
            s->area[at] = s->cells.dx_m[row] * s->cells.dy_m[row];
            s->slope[at] = slope * s->area[at];
            s->local[at] = (float)slope;
            s->inflows[at] = (unsigned char)higher;
            if (higher == 0) {
                s->queue[s->count++] = at;
            }
        }
    }
}

static void pass_on(swi *s, ptrdiff_t at) {
    const tl_grid *g = s->surface;
    const ptrdiff_t row = at / g->ncol;
    double length[TL_NEIGHBOURS];
    tl_neighbour_lengths(s->cells.dx_m[row], s->cells.dy_m[row], length);
    ptrdiff_t to[TL_NEIGHBOURS];
    double weight[TL_NEIGHBOURS];
    double sum = 0.0;
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        to[i] = tl_neighbour(g, row, at % g->ncol, i);
        weight[i] = 0.0;
        if (to[i] >= 0 && g->data[to[i]] < g->data[at]) {
            const double drop = (double)g->data[at] - (double)g->data[to[i]];
            weight[i] = pow(atan(drop / length[i]), 1.1);
        }
        sum += weight[i];
    }
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        if (to[i] < 0 || !(g->data[to[i]] < g->data[at])) {
            continue;
        }
        const double part = sum > 0.0 ? weight[i] / sum : 0.0;
        s->area[to[i]] += part * s->area[at];
        s->slope[to[i]] += part * s->slope[at];
        if (--s->inflows[to[i]] == 0) {
            s->queue[s->count++] = to[i];
        }
    }
}

static tl_code route(swi *s, const tl_progress *p, tl_err *err) {
    const ptrdiff_t n = s->surface->nrow * s->surface->ncol;
    double *gradient = tl_acquire(2 * s->surface->ncol, sizeof *gradient);
    if (gradient == NULL) {
        return tl_fail(err, TL_NOMEM, "wetness index: out of memory for a row");
    }
    start_cells(s, gradient);
    tl_release(gradient);
    for (ptrdiff_t k = 0; k < s->count; k++) {
        if (k % 65536 == 0) {
            TL_TRY(tl_progress_at(p, 0.5 * (double)k / (double)n, err));
        }
        pass_on(s, s->queue[k]);
    }
    for (ptrdiff_t at = 0; at < n; at++) {
        s->slope[at] /= s->area[at];
        s->own[at] = (float)s->area[at];
    }
    return TL_OK;
}

/* --- spreading --- */

static tl_code push(swi *s, double area, ptrdiff_t at, tl_err *err) {
    if (s->n_heap == s->room) {
        const ptrdiff_t room = s->room == 0 ? 4096 : s->room + s->room / 2;
        entry *more = tl_grow(s->heap, s->room, room, sizeof *more);
        if (more == NULL) {
            return tl_fail(err, TL_NOMEM, "wetness index: out of memory for a queue of %td cells",
                           room);
        }
        s->heap = more;
        s->room = room;
    }
    ptrdiff_t hole = s->n_heap++;
    while (hole > 0 && s->heap[(hole - 1) / 2].area < area) {
        s->heap[hole] = s->heap[(hole - 1) / 2];
        hole = (hole - 1) / 2;
    }
    s->heap[hole] = (entry){area, at};
    return TL_OK;
}

static entry pop(swi *s) {
    const entry top = s->heap[0];
    const entry last = s->heap[--s->n_heap];
    ptrdiff_t hole = 0;
    for (ptrdiff_t child = 1; child < s->n_heap; child = 2 * hole + 1) {
        if (child + 1 < s->n_heap && s->heap[child + 1].area > s->heap[child].area) {
            child++;
        }
        if (!(s->heap[child].area > last.area)) {
            break;
        }
        s->heap[hole] = s->heap[child];
        hole = child;
    }
    s->heap[hole] = last;
    return top;
}

/* Share of the area beside it that a cell takes at least. */
static double hold(const swi *s, ptrdiff_t at) {
    const double t = pow(s->options->suction, s->options->slope_weight * (double)s->local[at]);
    return pow(1.0 / t, exp(t));
}

/* Raises the neighbours of a cell, or with push_only tells whether there is one to raise. */
static tl_code raise_neighbours(swi *s, const double *share, ptrdiff_t at, tl_err *err) {
    const tl_grid *g = s->surface;
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        const ptrdiff_t to = tl_neighbour(g, at / g->ncol, at % g->ncol, i);
        if (to >= 0 && share[to] * s->area[at] > s->area[to]) {
            s->area[to] = share[to] * s->area[at];
            TL_TRY(push(s, s->area[to], to, err));
        }
    }
    return TL_OK;
}

static tl_code spread(swi *s, double *share, const tl_progress *p, tl_err *err) {
    const tl_grid *g = s->surface;
    const ptrdiff_t n = g->nrow * g->ncol;
    for (ptrdiff_t at = 0; at < n; at++) {
        share[at] = isnan(g->data[at]) ? 0.0 : hold(s, at);
    }
    for (ptrdiff_t at = 0; at < n; at++) {
        for (int i = 0; i < TL_NEIGHBOURS && !isnan(g->data[at]); i++) {
            const ptrdiff_t to = tl_neighbour(g, at / g->ncol, at % g->ncol, i);
            if (to >= 0 && share[to] * s->area[at] > s->area[to]) {
                TL_TRY(push(s, s->area[at], at, err));
                break;
            }
        }
    }
    for (ptrdiff_t taken = 0; s->n_heap > 0; taken++) {
        if (taken % 65536 == 0) {
            TL_TRY(tl_progress_at(p, 0.5 + 0.4 * fmin(1.0, (double)taken / (double)n), err));
        }
        const entry top = pop(s);
        /* A cell that was raised again since has another entry. */
        if (!(top.area < s->area[top.at])) {
            TL_TRY(raise_neighbours(s, share, top.at, err));
        }
    }
    return TL_OK;
}

/* --- results --- */

/* Area of one cell after spreading, smoothed where the window holds a raised cell. */
static double smoothed(const swi *s, ptrdiff_t row, ptrdiff_t col) {
    const ptrdiff_t at = tl_grid_at(s->surface, row, col);
    int raised = (float)s->area[at] > s->own[at];
    int n = 1;
    double sum = s->area[at];
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        const ptrdiff_t other = tl_neighbour(s->surface, row, col, i);
        if (other >= 0) {
            raised |= (float)s->area[other] > s->own[other];
            sum += s->area[other];
            n++;
        }
    }
    return raised ? sum / n : s->area[at];
}

static double index_of(const swi *s, ptrdiff_t row, ptrdiff_t at, double modified) {
    const tl_swi_options *o = s->options;
    double area = modified;
    if (o->area == TL_SWI_SQUARE_ROOT) {
        area = sqrt(modified);
    } else if (o->area == TL_SWI_SPECIFIC) {
        area = modified / sqrt(s->cells.dx_m[row] * s->cells.dy_m[row]);
    }
    const double slope = o->slope == TL_SWI_CATCHMENT ? s->slope[at] : (double)s->local[at];
    return log(area / tan(fmax(o->slope_min, slope + o->slope_offset)));
}

static void put(tl_grid *grid, ptrdiff_t at, double value) {
    if (grid != NULL) {
        grid->data[at] = (float)value;
    }
}

static void finish(const swi *s, const tl_swi *out) {
    const tl_grid *g = s->surface;
    for (ptrdiff_t row = 0; row < g->nrow; row++) {
        for (ptrdiff_t col = 0; col < g->ncol; col++) {
            const ptrdiff_t at = tl_grid_at(g, row, col);
            const int is_valid = !isnan(g->data[at]);
            const double none = (double)NAN;
            const double modified = is_valid ? smoothed(s, row, col) : none;
            put(out->index, at, is_valid ? index_of(s, row, at, modified) : none);
            put(out->area, at, is_valid ? (double)s->own[at] : none);
            put(out->modified, at, modified);
            put(out->slope, at, is_valid ? s->slope[at] : none);
        }
    }
}

static tl_code check_options(const tl_swi_options *o, tl_err *err) {
    if (!(o->suction >= 1.0) || !(o->slope_weight >= 0.0)) {
        return tl_fail(err, TL_ARG,
                       "wetness index: a suction of %g and a slope weight of %g were given; wanted "
                       "at least 1 and at least 0",
                       o->suction, o->slope_weight);
    }
    if (!(o->slope_min >= 0.0) || !(o->slope_offset >= 0.0) ||
        !(o->slope_min + o->slope_offset > 0.0)) {
        return tl_fail(err, TL_ARG,
                       "wetness index: a smallest slope of %g and an offset of %g radians were "
                       "given; wanted none below 0 and one above, so that flat cells stay finite",
                       o->slope_min, o->slope_offset);
    }
    return TL_OK;
}

static tl_code acquire_all(swi *s, double **share, tl_err *err) {
    const ptrdiff_t n = s->surface->nrow * s->surface->ncol;
    s->area = tl_acquire(n, sizeof *s->area);
    s->slope = tl_acquire(n, sizeof *s->slope);
    s->own = tl_acquire(n, sizeof *s->own);
    s->local = tl_acquire(n, sizeof *s->local);
    s->inflows = tl_acquire(n, 1);
    s->queue = tl_acquire(n, sizeof *s->queue);
    *share = tl_acquire(n, sizeof **share);
    if (s->area == NULL || s->slope == NULL || s->own == NULL || s->local == NULL ||
        s->inflows == NULL || s->queue == NULL || *share == NULL) {
        return tl_fail(err, TL_NOMEM, "wetness index: out of memory for %td cells", n);
    }
    return TL_OK;
}

static tl_code init_outputs(const tl_grid *like, tl_grid *const grid[4], tl_err *err) {
    for (int i = 0; i < 4; i++) {
        if (grid[i] != NULL) {
            TL_TRY(tl_grid_init(grid[i], like->nrow, like->ncol, &like->geo, err));
        }
    }
    return TL_OK;
}

tl_code tl_hydro_swi(const tl_grid *surface, const tl_swi_options *options, const tl_swi *out,
                     const tl_progress *p, tl_err *err) {
    tl_grid *const grid[4] = {out->index, out->area, out->modified, out->slope};
    for (int i = 0; i < 4; i++) {
        if (grid[i] != NULL) {
            *grid[i] = (tl_grid){0};
        }
    }
    TL_TRY(check_options(options, err));
    swi s = {.surface = surface, .options = options};
    double *share = NULL;
    tl_code code = TL_OK;
    TL_CHECK(tl_cells_init(&s.cells, surface, "wetness index", err));
    TL_CHECK(acquire_all(&s, &share, err));
    TL_CHECK(route(&s, p, err));
    TL_CHECK(spread(&s, share, p, err));
    TL_CHECK(init_outputs(surface, grid, err));
    finish(&s, out);
    code = tl_progress_at(p, 1.0, err);
done:
    tl_cells_free(&s.cells);
    void *const blocks[] = {s.area, s.slope, s.own, s.local, s.inflows, s.queue, s.heap, share};
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        tl_release(blocks[i]);
    }
    for (int i = 0; code != TL_OK && i < 4; i++) {
        tl_grid_free(grid[i]);
    }
    return code;
}
