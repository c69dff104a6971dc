/* SPDX-License-Identifier: GPL-2.0-or-later
 * Steps, labels and directions of flats in one tile; see flats_tile.h. */
#include "hydro/tiles/flats_tile.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "hydro/around.h"
#include "hydro/unionfind.h"
#include "terrain/neighbours.h"

static int is_inside(const tl_flats_tile *t, ptrdiff_t row, ptrdiff_t col) {
    return row >= t->row0 && row < t->row0 + t->rows && col >= t->col0 && col < t->col0 + t->cols;
}

static ptrdiff_t step_of(const tl_flats_tile *t, int i) {
    return tl_drow[i] * t->surface->ncol + tl_dcol[i];
}

/* --- steps --- */

ptrdiff_t tl_hydro_tiles_flats_mark(const tl_flats_tile *t) {
    const tl_grid *g = t->surface;
    ptrdiff_t n = 0;
    for (ptrdiff_t row = t->row0; row < t->row0 + t->rows; row++) {
        for (ptrdiff_t col = t->col0; col < t->col0 + t->cols; col++) {
            const ptrdiff_t at = tl_grid_at(g, row, col);
            float z[TL_NEIGHBOURS];
            const int flat = t->receivers[at] == 0 && !isnan(g->data[at]) &&
                             tl_hydro_around(g, row, col, z) == 0;
            t->toward[at] = flat ? TL_FLATS_FAR : 0;
            n += flat;
        }
    }
    return n;
}

void tl_hydro_tiles_flats_seed(const tl_flats_tile *t) {
    const tl_grid *g = t->surface;
    for (ptrdiff_t row = t->row0; row < t->row0 + t->rows; row++) {
        for (ptrdiff_t col = t->col0; col < t->col0 + t->cols; col++) {
            const ptrdiff_t at = tl_grid_at(g, row, col);
            t->away[at] = 0;
            if (t->toward[at] == 0) {
                continue;
            }
            /* Cells of flats have all eight neighbours. */
            t->away[at] = TL_FLATS_FAR;
            for (int i = 0; i < TL_NEIGHBOURS; i++) {
                const ptrdiff_t next = at + step_of(t, i);
                if (g->data[next] > g->data[at]) {
                    t->away[at] = 1;
                } else if (t->toward[next] == 0 && tl_hydro_is_level(g, at, next)) {
                    t->toward[at] = 1;
                }
            }
        }
    }
}

typedef struct seed {
    int32_t steps;
    ptrdiff_t at;
} seed;

static int by_steps(const void *a, const void *b) {
    const seed *p = a;
    const seed *q = b;
    if (p->steps != q->steps) {
        return p->steps < q->steps ? -1 : 1;
    }
    return p->at < q->at ? -1 : p->at > q->at;
}

static void take_seed(const tl_flats_tile *t, const int32_t *steps, ptrdiff_t row, ptrdiff_t col,
                      seed *seeds, ptrdiff_t *n) {
    const ptrdiff_t at = tl_grid_at(t->surface, row, col);
    if (steps[at] != 0 && steps[at] != TL_FLATS_FAR) {
        seeds[(*n)++] = (seed){steps[at], at};
    }
}

/* Queues the cells of the ring whose steps are known, few steps first, so that nearly all cells are
 * reached by a shortest path at once. */
static tl_code put_ring(const tl_flats_tile *t, const int32_t *steps, tl_cellqueue *queue,
                        tl_err *err) {
    const tl_grid *g = t->surface;
    seed *seeds = tl_acquire(2 * (g->nrow + g->ncol), sizeof *seeds);
    if (seeds == NULL) {
        return tl_no_memory(err, "the sides of a tile");
    }
    ptrdiff_t n = 0;
    for (ptrdiff_t col = 0; col < g->ncol; col++) {
        if (t->row0 > 0) {
            take_seed(t, steps, 0, col, seeds, &n);
        }
        if (t->row0 + t->rows < g->nrow) {
            take_seed(t, steps, g->nrow - 1, col, seeds, &n);
        }
    }
    for (ptrdiff_t row = t->row0; row < t->row0 + t->rows; row++) {
        if (t->col0 > 0) {
            take_seed(t, steps, row, 0, seeds, &n);
        }
        if (t->col0 + t->cols < g->ncol) {
            take_seed(t, steps, row, g->ncol - 1, seeds, &n);
        }
    }
    qsort(seeds, (size_t)n, sizeof *seeds, by_steps);
    tl_code code = TL_OK;
    for (ptrdiff_t i = 0; i < n && code == TL_OK; i++) {
        code = tl_hydro_cellqueue_put(queue, seeds[i].at, err);
    }
    tl_release(seeds);
    return code;
}

/* Neighbouring tiles that have the cell in their ring. */
static int seen_by(const tl_flats_tile *t, ptrdiff_t row, ptrdiff_t col) {
    const int north = row == t->row0;
    const int south = row == t->row0 + t->rows - 1;
    const int west = col == t->col0;
    const int east = col == t->col0 + t->cols - 1;
    return north | (north && east) << 1 | east << 2 | (south && east) << 3 | south << 4 |
           (south && west) << 5 | west << 6 | (north && west) << 7;
}

static tl_code put_seeds_inside(const tl_flats_tile *t, const int32_t *steps, tl_cellqueue *queue,
                                int *changed, tl_err *err) {
    for (ptrdiff_t row = t->row0; row < t->row0 + t->rows; row++) {
        for (ptrdiff_t col = t->col0; col < t->col0 + t->cols; col++) {
            const ptrdiff_t at = tl_grid_at(t->surface, row, col);
            if (steps[at] != 0 && steps[at] != TL_FLATS_FAR) {
                *changed |= seen_by(t, row, col);
                TL_TRY(tl_hydro_cellqueue_put(queue, at, err));
            }
        }
    }
    return TL_OK;
}

tl_code tl_hydro_tiles_flats_relax(const tl_flats_tile *t, int32_t *steps, int is_first,
                                   tl_cellqueue *queue, int *changed, tl_err *err) {
    const tl_grid *g = t->surface;
    *changed = 0;
    queue->head = 0;
    queue->count = 0;
    if (is_first) {
        TL_TRY(put_seeds_inside(t, steps, queue, changed, err));
    }
    TL_TRY(put_ring(t, steps, queue, err));
    while (queue->count > 0) {
        const ptrdiff_t at = tl_hydro_cellqueue_take(queue);
        const ptrdiff_t row = at / g->ncol;
        const ptrdiff_t col = at % g->ncol;
        for (int i = 0; i < TL_NEIGHBOURS; i++) {
            const ptrdiff_t r = row + tl_drow[i];
            const ptrdiff_t c = col + tl_dcol[i];
            if (!is_inside(t, r, c)) {
                continue;
            }
            const ptrdiff_t next = tl_grid_at(g, r, c);
            if (steps[next] > steps[at] + 1 && tl_hydro_is_level(g, at, next)) {
                steps[next] = steps[at] + 1;
                *changed |= seen_by(t, r, c);
                TL_TRY(tl_hydro_cellqueue_put(queue, next, err));
            }
        }
    }
    return TL_OK;
}

/* --- labels --- */

static tl_code spread_label(const tl_flats_tile *t, ptrdiff_t seed_cell, tl_cellqueue *queue,
                            int32_t number, int32_t *farthest, tl_err *err) {
    const tl_grid *g = t->surface;
    *farthest = 0;
    t->label[seed_cell] = number;
    TL_TRY(tl_hydro_cellqueue_put(queue, seed_cell, err));
    while (queue->count > 0) {
        const ptrdiff_t at = tl_hydro_cellqueue_pop(queue);
        if (t->away[at] != TL_FLATS_FAR && t->away[at] > *farthest) {
            *farthest = t->away[at];
        }
        for (int i = 0; i < TL_NEIGHBOURS; i++) {
            const ptrdiff_t next = at + step_of(t, i);
            if (is_inside(t, next / g->ncol, next % g->ncol) && t->label[next] == 0 &&
                t->toward[next] != 0 && tl_hydro_is_level(g, at, next)) {
                t->label[next] = number;
                TL_TRY(tl_hydro_cellqueue_put(queue, next, err));
            }
        }
    }
    return TL_OK;
}

/* Index in the window of cell k of the rim. */
static ptrdiff_t rim_cell(const tl_flats_tile *t, ptrdiff_t k) {
    const tl_grid *g = t->surface;
    if (k < 2 * t->cols) {
        const ptrdiff_t row = k < t->cols ? t->row0 : t->row0 + t->rows - 1;
        return tl_grid_at(g, row, t->col0 + k % t->cols);
    }
    const ptrdiff_t i = k - 2 * t->cols;
    return tl_grid_at(g, t->row0 + i % t->rows, i < t->rows ? t->col0 : t->col0 + t->cols - 1);
}

static tl_code note_rim(const tl_flats_tile *t, tl_flats_border *border, tl_err *err) {
    const ptrdiff_t n = 2 * (t->rows + t->cols);
    border->rows = t->rows;
    border->cols = t->cols;
    border->label = tl_acquire(n, sizeof *border->label);
    border->z = tl_acquire(n, sizeof *border->z);
    if (border->label == NULL || border->z == NULL) {
        return tl_no_memory(err, "the sides of a tile");
    }
    for (ptrdiff_t k = 0; k < n; k++) {
        const ptrdiff_t at = rim_cell(t, k);
        border->label[k] = t->label[at];
        border->z[k] = t->surface->data[at];
    }
    return TL_OK;
}

static tl_code add_flat(tl_flats_border *border, ptrdiff_t *capacity, int32_t farthest,
                        tl_err *err) {
    if (border->n_label + 1 >= *capacity) {
        const ptrdiff_t larger = *capacity == 0 ? 64 : 2 * *capacity;
        int32_t *more = tl_grow(border->farthest, *capacity, larger, sizeof *more);
        if (more == NULL) {
            return tl_no_memory(err, "%td flats", larger);
        }
        border->farthest = more;
        *capacity = larger;
    }
    border->farthest[++border->n_label] = farthest;
    return TL_OK;
}

tl_code tl_hydro_tiles_flats_label(const tl_flats_tile *t, tl_cellqueue *queue,
                                   tl_flats_border *border, tl_err *err) {
    const tl_grid *g = t->surface;
    *border = (tl_flats_border){0};
    ptrdiff_t capacity = 0;
    tl_code code = TL_OK;
    for (ptrdiff_t at = 0; at < g->nrow * g->ncol; at++) {
        t->label[at] = 0;
    }
    for (ptrdiff_t row = t->row0; row < t->row0 + t->rows && code == TL_OK; row++) {
        for (ptrdiff_t col = t->col0; col < t->col0 + t->cols && code == TL_OK; col++) {
            const ptrdiff_t at = tl_grid_at(g, row, col);
            if (t->toward[at] == 0 || t->label[at] != 0) {
                continue;
            }
            int32_t farthest = 0;
            code = spread_label(t, at, queue, (int32_t)(border->n_label + 1), &farthest, err);
            if (code == TL_OK) {
                code = add_flat(border, &capacity, farthest, err);
            }
        }
    }
    if (code == TL_OK) {
        code = note_rim(t, border, err);
    }
    if (code != TL_OK) {
        tl_hydro_tiles_flats_border_free(border);
    }
    return code;
}

void tl_hydro_tiles_flats_border_free(tl_flats_border *border) {
    tl_release(border->farthest);
    tl_release(border->label);
    tl_release(border->z);
    *border = (tl_flats_border){0};
}

/* --- joining --- */

typedef struct joining {
    tl_flats_border *border;
    ptrdiff_t *base; /* [n + 1] number of the first flat of a tile, less 1 */
    int32_t *parent; /* [flats + 1] */
    ptrdiff_t n_down, n_across;
} joining;

static int32_t root_of(const joining *j, ptrdiff_t tile, ptrdiff_t label) {
    return tl_hydro_unionfind_root(j->parent, (int32_t)(j->base[tile] + label));
}

/* Joins cell k of the rim of tile a with cell m of that of tile b when both belong to one flat. */
static void join_cells(joining *j, ptrdiff_t a, ptrdiff_t k, ptrdiff_t b, ptrdiff_t m) {
    const tl_flats_border *p = &j->border[a];
    const tl_flats_border *q = &j->border[b];
    if (p->label == NULL || q->label == NULL || p->label[k] == 0 || q->label[m] == 0 ||
        p->z[k] < q->z[m] || p->z[k] > q->z[m]) {
        return;
    }
    const int32_t one = root_of(j, a, p->label[k]);
    const int32_t other = root_of(j, b, q->label[m]);
    tl_hydro_unionfind_link(j->parent, one, other);
}

/* Row or column k of one side against the nearest three of the other side. */
static void join_sides(joining *j, ptrdiff_t a, ptrdiff_t from_a, ptrdiff_t b, ptrdiff_t from_b,
                       ptrdiff_t n) {
    for (ptrdiff_t k = 0; k < n; k++) {
        for (ptrdiff_t m = k - 1; m <= k + 1; m++) {
            if (m >= 0 && m < n) {
                join_cells(j, a, from_a + k, b, from_b + m);
            }
        }
    }
}

/* A tile with its neighbours in the east, south-west, south and south-east. */
static void join_tile(joining *j, ptrdiff_t down, ptrdiff_t across) {
    const ptrdiff_t a = down * j->n_across + across;
    const tl_flats_border *p = &j->border[a];
    if (p->label == NULL) {
        return;
    }
    const int has_east = across + 1 < j->n_across;
    const ptrdiff_t cols = p->cols;
    if (has_east) {
        const ptrdiff_t east = a + 1;
        join_sides(j, a, 2 * cols + p->rows, east, 2 * j->border[east].cols, p->rows);
    }
    if (down + 1 == j->n_down) {
        return;
    }
    const ptrdiff_t south = a + j->n_across;
    join_sides(j, a, cols, south, 0, cols);
    if (has_east) {
        join_cells(j, a, 2 * cols - 1, south + 1, 0);
    }
    if (across > 0) {
        join_cells(j, a, cols, south - 1, j->border[south - 1].cols - 1);
    }
}

tl_code tl_hydro_tiles_flats_join(tl_flats_border *border, ptrdiff_t n_down, ptrdiff_t n_across,
                                  tl_err *err) {
    const ptrdiff_t n = n_down * n_across;
    joining j = {.border = border, .n_down = n_down, .n_across = n_across};
    j.base = tl_acquire(n + 1, sizeof *j.base);
    for (ptrdiff_t i = 0; i < n && j.base != NULL; i++) {
        j.base[i + 1] = j.base[i] + border[i].n_label;
    }
    if (j.base != NULL && j.base[n] >= INT32_MAX) {
        const tl_code code =
            tl_fail(err, TL_DATA, "flats: %td flats in tiles are too many", j.base[n]);
        tl_release(j.base);
        return code;
    }
    j.parent = j.base == NULL ? NULL : tl_acquire(j.base[n] + 1, sizeof *j.parent);
    if (j.parent == NULL) {
        tl_release(j.base);
        return tl_no_memory(err, "the sides of %td tiles", n);
    }
    tl_hydro_unionfind_start(j.parent, j.base[n] + 1);
    for (ptrdiff_t i = 0; i < n; i++) {
        join_tile(&j, i / n_across, i % n_across);
    }
    /* Roots have the smallest number of their flat, so they are met first and last. */
    for (int pass = 0; pass < 2; pass++) {
        for (ptrdiff_t i = 0; i < n; i++) {
            for (ptrdiff_t k = 1; k <= border[i].n_label; k++) {
                const ptrdiff_t root = root_of(&j, i, k);
                ptrdiff_t tile = i;
                while (j.base[tile] >= root) {
                    tile--;
                }
                int32_t *whole = &border[tile].farthest[root - j.base[tile]];
                int32_t *own = &border[i].farthest[k];
                if (pass == 0 && *own > *whole) {
                    *whole = *own;
                }
                *own = pass == 1 ? *whole : *own;
            }
        }
    }
    tl_release(j.base);
    tl_release(j.parent);
    return TL_OK;
}

/* --- directions --- */

static int64_t increment(const tl_flats_tile *t, ptrdiff_t at, int32_t farthest) {
    if (t->toward[at] == 0) {
        return 0;
    }
    return 2 * (int64_t)t->toward[at] + (farthest == 0 ? 0 : farthest - t->away[at]);
}

static unsigned char direct(const tl_flats_tile *t, ptrdiff_t at, int32_t farthest) {
    int64_t lowest = increment(t, at, farthest);
    int best = 0;
    for (int j = 0; j < TL_NEIGHBOURS; j++) {
        const int i = j < 4 ? 2 * j : 2 * (j - 4) + 1;
        const ptrdiff_t next = at + step_of(t, i);
        if (tl_hydro_is_level(t->surface, at, next) && increment(t, next, farthest) < lowest) {
            lowest = increment(t, next, farthest);
            best = i;
        }
    }
    return (unsigned char)(1 << best);
}

ptrdiff_t tl_hydro_tiles_flats_finish(const tl_flats_tile *t, const tl_flats_border *border) {
    ptrdiff_t unsolved = 0;
    for (ptrdiff_t row = t->row0; row < t->row0 + t->rows; row++) {
        for (ptrdiff_t col = t->col0; col < t->col0 + t->cols; col++) {
            const ptrdiff_t at = tl_grid_at(t->surface, row, col);
            if (t->toward[at] == TL_FLATS_FAR) {
                unsolved++;
            } else if (t->toward[at] != 0) {
                t->receivers[at] = direct(t, at, border->farthest[t->label[at]]);
            }
        }
    }
    return unsolved;
}
