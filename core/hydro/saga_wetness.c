/* SPDX-License-Identifier: GPL-2.0-or-later
 * SAGA wetness index in one pass per step; see saga_wetness.h.
 *
 * The spreading is the least solution of A* = max(A, s max(A* of the neighbours)), which the cells
 * reach in any order in which they raise each other until none changes, because rounded products
 * grow with their factors, too. Since s is at most 1, a cell can only be raised by a larger one. So
 * cells are processed class by class from the largest down, and only those of one class may have to
 * be processed twice: neither sweeps over the grid nor sorting are needed. */
#include "hydro/saga_wetness.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/parfor.h"
#include "hydro/around.h"
#include "terrain/cells.h"
#include "terrain/gradient.h"
#include "terrain/neighbours.h"

/* A class holds areas that differ by a 64th at most: CLASS_BITS bits follow the exponent. */
enum { CLASS_BITS = 6, CLASSES = 256 << CLASS_BITS };

/* Cells of one class that may raise their neighbours. */
typedef struct cells {
    ptrdiff_t *at;
    ptrdiff_t n;
    ptrdiff_t capacity;
} cells;

typedef struct wetness_run {
    const tl_grid *surface;
    const tl_saga_wetness_options *options;
    tl_cells cells;
    double *area;           /* [n] catchment area in m2, then after spreading */
    double *slope;          /* [n] sum of slope times area, then the mean */
    float *own;             /* [n] area before spreading */
    float *local;           /* [n] slope of the cell, radians */
    unsigned char *inflows; /* [n] */
    ptrdiff_t *queue; /* [n] cells from high to low; after routing its memory is that of share */
    ptrdiff_t count;
    double *share; /* [n] minimum share of a neighbour's area that a cell receives */
    struct portion *portion;
    ptrdiff_t n_portion;  /* cells of it in use */
    ptrdiff_t portion_at; /* the first of them in the queue */
    const tl_saga_wetness *out;
    cells *of_class; /* [CLASSES] */
} wetness_run;

/* --- routing --- */

enum { ROWS = 64, PORTION = 65536, PER_BLOCK = 256 };

/* Where the water of some cells goes. It depends on the surface only, so it is computed on all
 * threads for the next cells of the queue; the sums are then formed in the order of the queue. */
typedef struct portion {
    double part[PORTION][TL_NEIGHBOURS];
    unsigned char lower[PORTION]; /* bit i: neighbour i is lower */
} portion;

static ptrdiff_t end_of(const wetness_run *s, ptrdiff_t block) {
    return tl_min((block + 1) * ROWS, s->surface->nrow);
}

static tl_code by_rows(wetness_run *s, tl_block_body body, tl_err *err) {
    return tl_parfor(s->options->threads, (s->surface->nrow + ROWS - 1) / ROWS, body, s, NULL, err);
}

static void start_row(wetness_run *s, ptrdiff_t row, const double *north, const double *east) {
    const tl_grid *g = s->surface;
    for (ptrdiff_t col = 0; col < g->ncol; col++) {
        const ptrdiff_t at = tl_grid_at(g, row, col);
        if (isnan(g->data[at])) {
            continue;
        }
        float around[TL_NEIGHBOURS];
        (void)tl_hydro_around(g, row, col, around);
        int higher = 0;
        for (int i = 0; i < TL_NEIGHBOURS; i++) {
            higher += around[i] > g->data[at];
        }
        const double slope = atan(sqrt(north[col] * north[col] + east[col] * east[col]));
        s->area[at] = s->cells.dx_m[row] * s->cells.dy_m[row];
        s->slope[at] = slope * s->area[at];
        s->local[at] = (float)slope;
        s->inflows[at] = (unsigned char)higher;
    }
}

static tl_code start_block(void *arg, ptrdiff_t block, tl_err *err) {
    wetness_run *s = arg;
    const ptrdiff_t ncol = s->surface->ncol;
    double *gradient = tl_acquire(2 * ncol, sizeof *gradient);
    if (gradient == NULL) {
        return tl_no_memory(err, "a row");
    }
    for (ptrdiff_t row = block * ROWS; row < end_of(s, block); row++) {
        tl_terrain_gradient_row(s->surface, row, &s->cells, TL_SLOPE_ZEVENBERGEN_THORNE, gradient,
                                gradient + ncol);
        start_row(s, row, gradient, gradient + ncol);
    }
    tl_release(gradient);
    return TL_OK;
}

static void part_cell(const wetness_run *s, ptrdiff_t at, double part[TL_NEIGHBOURS],
                      unsigned char *lower) {
    const tl_grid *g = s->surface;
    const ptrdiff_t row = at / g->ncol;
    double length[TL_NEIGHBOURS];
    tl_terrain_neighbour_lengths(s->cells.dx_m[row], s->cells.dy_m[row], length);
    float around[TL_NEIGHBOURS];
    (void)tl_hydro_around(g, row, at % g->ncol, around);
    double sum = 0.0;
    int bits = 0;
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        part[i] = 0.0;
        if (around[i] < g->data[at]) {
            const double drop = (double)g->data[at] - (double)around[i];
            part[i] = pow(atan(drop / length[i]), 1.1);
            bits |= 1 << i;
        }
        sum += part[i];
    }
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        part[i] = sum > 0.0 ? part[i] / sum : 0.0;
    }
    *lower = (unsigned char)bits;
}

static tl_code part_block(void *arg, ptrdiff_t block, tl_err *err) {
    (void)err;
    const wetness_run *s = arg;
    const ptrdiff_t end = (block + 1) * PER_BLOCK;
    for (ptrdiff_t k = block * PER_BLOCK; k < end && k < s->n_portion; k++) {
        part_cell(s, s->queue[s->portion_at + k], s->portion->part[k], &s->portion->lower[k]);
    }
    return TL_OK;
}

static void pass_on(wetness_run *s, ptrdiff_t at, const double part[TL_NEIGHBOURS],
                    unsigned char lower) {
    const ptrdiff_t ncol = s->surface->ncol;
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        if (!(lower >> i & 1)) {
            continue;
        }
        const ptrdiff_t to = at + tl_drow[i] * ncol + tl_dcol[i];
        s->area[to] += part[i] * s->area[at];
        s->slope[to] += part[i] * s->slope[at];
        if (--s->inflows[to] == 0) {
            s->queue[s->count++] = to;
        }
    }
}

static tl_code route(wetness_run *s, const tl_progress *p, tl_err *err) {
    const ptrdiff_t n = s->surface->nrow * s->surface->ncol;
    TL_TRY(by_rows(s, start_block, err));
    for (ptrdiff_t at = 0; at < n; at++) {
        if (s->inflows[at] == 0 && !isnan(s->surface->data[at])) {
            s->queue[s->count++] = at;
        }
    }
    for (ptrdiff_t k = 0; k < s->count; k += s->n_portion) {
        TL_TRY(tl_progress_at(p, 0.5 * (double)k / (double)n, err));
        s->portion_at = k;
        s->n_portion = tl_min(s->count - k, PORTION);
        /* Along the last rivers few cells are ready at a time, too few to start threads. */
        const ptrdiff_t n_blocks = (s->n_portion + PER_BLOCK - 1) / PER_BLOCK;
        if (n_blocks > 64) {
            TL_TRY(tl_parfor(s->options->threads, n_blocks, part_block, s, NULL, err));
        }
        for (ptrdiff_t block = 0; n_blocks <= 64 && block < n_blocks; block++) {
            TL_TRY(part_block(s, block, err));
        }
        for (ptrdiff_t i = 0; i < s->n_portion; i++) {
            pass_on(s, s->queue[k + i], s->portion->part[i], s->portion->lower[i]);
        }
    }
    for (ptrdiff_t at = 0; at < n; at++) {
        s->slope[at] /= s->area[at];
        s->own[at] = (float)s->area[at];
    }
    return TL_OK;
}

/* --- spreading --- */

/* Class of an area: larger ones have a higher number. */
static inline int class_of(double area) {
    const float rounded = (float)area;
    uint32_t bits;
    memcpy(&bits, &rounded, sizeof bits);
    return (int)(bits >> (23 - CLASS_BITS));
}

static tl_code push(wetness_run *s, ptrdiff_t at, tl_err *err) {
    cells *c = &s->of_class[class_of(s->area[at])];
    if (c->n == c->capacity) {
        const ptrdiff_t capacity = c->capacity == 0 ? 1024 : c->capacity + c->capacity / 2;
        ptrdiff_t *more = tl_grow(c->at, c->capacity, capacity, sizeof *more);
        if (more == NULL) {
            return tl_no_memory(err, "a queue of %td cells", capacity);
        }
        c->at = more;
        c->capacity = capacity;
    }
    c->at[c->n++] = at;
    return TL_OK;
}

static double hold(const wetness_run *s, ptrdiff_t at) {
    const double t = pow(s->options->suction, s->options->slope_weight * (double)s->local[at]);
    return pow(1.0 / t, exp(t));
}

static tl_code hold_block(void *arg, ptrdiff_t block, tl_err *err) {
    (void)err;
    const wetness_run *s = arg;
    const ptrdiff_t ncol = s->surface->ncol;
    for (ptrdiff_t at = block * ROWS * ncol; at < end_of(s, block) * ncol; at++) {
        s->share[at] = isnan(s->surface->data[at]) ? 0.0 : hold(s, at);
    }
    return TL_OK;
}

/* 1: neighbour to, which may be outside (-1), is raised by the cell at. NoData has a share of 0. */
static inline int is_raised(const wetness_run *s, ptrdiff_t at, ptrdiff_t to) {
    return to >= 0 && s->share[to] * s->area[at] > s->area[to];
}

/* Marks the cells that raise a neighbour from the start; inflows holds the marks. */
static tl_code mark_block(void *arg, ptrdiff_t block, tl_err *err) {
    (void)err;
    const wetness_run *s = arg;
    const tl_grid *g = s->surface;
    for (ptrdiff_t row = block * ROWS; row < end_of(s, block); row++) {
        for (ptrdiff_t col = 0; col < g->ncol; col++) {
            const ptrdiff_t at = tl_grid_at(g, row, col);
            int raises = 0;
            for (int i = 0; i < TL_NEIGHBOURS && !isnan(g->data[at]) && !raises; i++) {
                raises = is_raised(s, at, tl_terrain_neighbour_inside(g, row, col, i));
            }
            s->inflows[at] = (unsigned char)raises;
        }
    }
    return TL_OK;
}

static tl_code raise_neighbours(wetness_run *s, ptrdiff_t at, tl_err *err) {
    const tl_grid *g = s->surface;
    const ptrdiff_t row = at / g->ncol;
    const ptrdiff_t col = at - row * g->ncol;
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        const ptrdiff_t to = tl_terrain_neighbour_inside(g, row, col, i);
        if (is_raised(s, at, to)) {
            s->area[to] = s->share[to] * s->area[at];
            TL_TRY(push(s, to, err));
        }
    }
    return TL_OK;
}

static tl_code spread(wetness_run *s, const tl_progress *p, tl_err *err) {
    const ptrdiff_t n = s->surface->nrow * s->surface->ncol;
    TL_TRY(by_rows(s, hold_block, err));
    TL_TRY(by_rows(s, mark_block, err));
    for (ptrdiff_t at = n - 1; at >= 0; at--) {
        if (s->inflows[at]) {
            TL_TRY(push(s, at, err));
        }
    }
    ptrdiff_t taken = 0;
    for (int k = CLASSES - 1; k >= 0; k--) {
        cells *c = &s->of_class[k];
        while (c->n > 0) {
            if (taken++ % 65536 == 0) {
                TL_TRY(tl_progress_at(p, 0.5 + 0.4 * fmin(1.0, (double)taken / (double)n), err));
            }
            const ptrdiff_t at = c->at[--c->n];
            /* A cell that was raised to a higher class was processed there. */
            if (class_of(s->area[at]) == k) {
                TL_TRY(raise_neighbours(s, at, err));
            }
        }
        tl_release(c->at);
        *c = (cells){0};
    }
    return TL_OK;
}

/* --- results --- */

/* Area of one cell after spreading, smoothed where the window holds a raised cell. */
static double smoothed(const wetness_run *s, ptrdiff_t row, ptrdiff_t col) {
    const ptrdiff_t at = tl_grid_at(s->surface, row, col);
    int raised = (float)s->area[at] > s->own[at];
    int n = 1;
    double sum = s->area[at];
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        const ptrdiff_t other = tl_terrain_neighbour(s->surface, row, col, i);
        if (other >= 0) {
            raised |= (float)s->area[other] > s->own[other];
            sum += s->area[other];
            n++;
        }
    }
    return raised ? sum / n : s->area[at];
}

static double index_of(const wetness_run *s, ptrdiff_t row, ptrdiff_t at, double modified) {
    const tl_saga_wetness_options *o = s->options;
    double area = modified;
    if (o->area == TL_SAGA_WETNESS_SQUARE_ROOT) {
        area = sqrt(modified);
    } else if (o->area == TL_SAGA_WETNESS_SPECIFIC) {
        area = modified / sqrt(s->cells.dx_m[row] * s->cells.dy_m[row]);
    }
    const double slope =
        o->slope == TL_SAGA_WETNESS_CATCHMENT ? s->slope[at] : (double)s->local[at];
    return log(area / tan(fmax(o->slope_min, slope + o->slope_offset)));
}

static void put(tl_grid *grid, ptrdiff_t at, double value) {
    if (grid != NULL) {
        grid->data[at] = (float)value;
    }
}

static tl_code finish_block(void *arg, ptrdiff_t block, tl_err *err) {
    (void)err;
    const wetness_run *s = arg;
    const tl_grid *g = s->surface;
    for (ptrdiff_t row = block * ROWS; row < end_of(s, block); row++) {
        for (ptrdiff_t col = 0; col < g->ncol; col++) {
            const ptrdiff_t at = tl_grid_at(g, row, col);
            const int is_valid = !isnan(g->data[at]);
            const double none = (double)NAN;
            const double modified = is_valid ? smoothed(s, row, col) : none;
            put(s->out->index, at, is_valid ? index_of(s, row, at, modified) : none);
            put(s->out->area, at, is_valid ? (double)s->own[at] : none);
            put(s->out->modified, at, modified);
            put(s->out->slope, at, is_valid ? s->slope[at] : none);
        }
    }
    return TL_OK;
}

static tl_code check_options(const tl_saga_wetness_options *o, tl_err *err) {
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

static tl_code acquire_all(wetness_run *s, tl_err *err) {
    const ptrdiff_t n = s->surface->nrow * s->surface->ncol;
    s->area = tl_acquire(n, sizeof *s->area);
    s->slope = tl_acquire(n, sizeof *s->slope);
    s->own = tl_acquire(n, sizeof *s->own);
    s->local = tl_acquire(n, sizeof *s->local);
    s->inflows = tl_acquire(n, 1);
    s->queue = tl_acquire(n, sizeof *s->queue);
    s->portion = tl_acquire(1, sizeof *s->portion);
    s->of_class = tl_acquire(CLASSES, sizeof *s->of_class);
    if (s->area == NULL || s->slope == NULL || s->own == NULL || s->local == NULL ||
        s->inflows == NULL || s->queue == NULL || s->portion == NULL || s->of_class == NULL) {
        return tl_no_memory(err, "%td cells", n);
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

tl_code tl_hydro_saga_wetness(const tl_grid *surface, const tl_saga_wetness_options *options,
                              const tl_saga_wetness *out, const tl_progress *p, tl_err *err) {
    tl_grid *const grid[4] = {out->index, out->area, out->modified, out->slope};
    for (int i = 0; i < 4; i++) {
        if (grid[i] != NULL) {
            *grid[i] = (tl_grid){0};
        }
    }
    TL_TRY(check_options(options, err));
    wetness_run s = {.surface = surface, .options = options, .out = out};
    tl_code code = TL_OK;
    TL_CHECK(tl_terrain_cells_init(&s.cells, surface, "wetness index", err));
    TL_CHECK(acquire_all(&s, err));
    TL_CHECK(route(&s, p, err));
    s.share = (double *)(void *)s.queue;
    TL_CHECK(spread(&s, p, err));
    TL_CHECK(init_outputs(surface, grid, err));
    TL_CHECK(by_rows(&s, finish_block, err));
    code = tl_progress_at(p, 1.0, err);
done:
    tl_terrain_cells_free(&s.cells);
    void *const blocks[] = {s.area, s.slope, s.own, s.local, s.inflows, s.queue, s.portion};
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        tl_release(blocks[i]);
    }
    for (int k = 0; s.of_class != NULL && k < CLASSES; k++) {
        tl_release(s.of_class[k].at);
    }
    tl_release(s.of_class);
    for (int i = 0; code != TL_OK && i < 4; i++) {
        tl_grid_free(grid[i]);
    }
    return code;
}
