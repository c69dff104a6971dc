/* SPDX-License-Identifier: GPL-2.0-or-later
 * Priority flood with a heap whose order of equal keys is part of the result; see fill.h. */
#include "hydro/fill.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "base/angle_units.h"
#include "base/minmax.h"
#include "base/wide.h"
#include "hydro/around.h"
#include "hydro/flood_key.h"
#include "hydro/lowest.h"
#include "terrain/cells.h"
#include "terrain/neighbours.h"

/* Keys are heights as whole numbers of the same order, which compare faster than doubles do. They
 * are stored apart from the cells, because the way down the heap reads only keys. */
typedef struct entry {
    int64_t key;
    ptrdiff_t at; /* cell; cells at the edge of the grid carry AT_EDGE */
} entry;

static const ptrdiff_t AT_EDGE = PTRDIFF_MAX / 2 + 1;

typedef struct heap {
    int64_t *key;  /* [capacity] */
    ptrdiff_t *at; /* [capacity] */
    ptrdiff_t count;
    ptrdiff_t capacity;
} heap;

typedef struct flood {
    tl_grid *filled; /* elevations, raised where the flood has passed */
    tl_cells cells;
    double gradient; /* tan of the minimum slope */
    tl_flood_order order;
    unsigned char *open; /* [n / 8 + 8] one bit per cell: valid and not flooded yet */
    heap queue;
    ptrdiff_t nudged;           /* cells whose increment a float cannot hold */
    ptrdiff_t rise_row;         /* the row that rise belongs to; -1: none */
    double rise[TL_NEIGHBOURS]; /* minimum rise from a cell of that row to its neighbours, metres */
    int is_uniform;             /* 1: all rows have cells of one size */
    ptrdiff_t step[TL_NEIGHBOURS];
} flood;

static int64_t key_of(double height) {
    const double positive_zero = height + 0.0;
    int64_t bits;
    memcpy(&bits, &positive_zero, sizeof bits);
    return bits < 0 ? bits ^ INT64_MAX : bits;
}

static double height_of(int64_t key) {
    const int64_t bits = key < 0 ? key ^ INT64_MAX : key;
    double height;
    memcpy(&height, &bits, sizeof height);
    return height;
}

static inline void sift_up(heap *h, ptrdiff_t hole, entry e) {
    while (hole > 0) {
        const ptrdiff_t parent = (hole - 1) / 2;
        if (!(h->key[parent] > e.key)) {
            break;
        }
        h->key[hole] = h->key[parent];
        h->at[hole] = h->at[parent];
        hole = parent;
    }
    h->key[hole] = e.key;
    h->at[hole] = e.at;
}

static tl_code grow(heap *h, tl_err *err) {
    const ptrdiff_t capacity = h->capacity == 0 ? 1024 : h->capacity + h->capacity / 2;
    int64_t *key = tl_grow(h->key, h->capacity, capacity, sizeof *key);
    h->key = key == NULL ? h->key : key;
    ptrdiff_t *at = key == NULL ? NULL : tl_grow(h->at, h->capacity, capacity, sizeof *at);
    if (at == NULL) {
        return tl_no_memory(err, "a queue of %td cells", capacity);
    }
    h->at = at;
    h->capacity = capacity;
    return TL_OK;
}

static inline tl_code push(heap *h, double height, ptrdiff_t at, tl_err *err) {
    if (h->count == h->capacity) {
        TL_TRY(grow(h, err));
    }
    sift_up(h, h->count++, (entry){key_of(height), at});
    return TL_OK;
}

/* Loads the memory that flooding a cell will read into the cache. */
static inline void expect(const flood *f, ptrdiff_t at) {
    const ptrdiff_t cell = at & ~AT_EDGE;
    const ptrdiff_t above = cell >= f->filled->ncol ? cell - f->filled->ncol : cell;
    const ptrdiff_t below =
        cell + f->filled->ncol < f->filled->nrow * f->filled->ncol ? cell + f->filled->ncol : cell;
    TL_PREFETCH(f->filled->data + above);
    TL_PREFETCH(f->filled->data + cell);
    TL_PREFETCH(f->filled->data + below);
    TL_PREFETCH(f->open + above / 8);
    TL_PREFETCH(f->open + cell / 8);
    TL_PREFETCH(f->open + below / 8);
}

/* The hole left by the root sinks to the bottom before the last entry is put back, and of equal
 * children the right one moves up. This decides which of several equal cells leaves first, and the
 * result depends on it. */
static inline entry pop(flood *f) {
    heap *h = &f->queue;
    int64_t *key = h->key;
    ptrdiff_t *at = h->at;
    const entry root = {key[0], at[0]};
    const ptrdiff_t count = --h->count;
    const entry last = {key[count], at[count]};
    ptrdiff_t hole = 0;
    ptrdiff_t left = 1;
    while (left + 1 < count) {
        /* The great-grandchildren of the hole, two steps before they are compared. */
        const ptrdiff_t ahead = 4 * left + 3;
        TL_PREFETCH(key + (tl_min(ahead, count)));
        const ptrdiff_t child = left + !(key[left + 1] > key[left]);
        key[hole] = key[child];
        at[hole] = at[child];
        hole = child;
        left = 2 * hole + 1;
    }
    if (left < count) {
        key[hole] = key[left];
        at[hole] = at[left];
        hole = left;
    }
    sift_up(h, hole, last);
    if (count > 2) {
        expect(f, at[1]);
        expect(f, at[2]);
    }
    return root;
}

/* Rows from south to north: the order in which equal outlets enter decides who floods first. */
static tl_code push_outlets(flood *f, const tl_grid *dem, tl_err *err) {
    for (ptrdiff_t row = dem->nrow - 1; row >= 0; row--) {
        for (ptrdiff_t col = 0; col < dem->ncol; col++) {
            const ptrdiff_t at = tl_grid_at(dem, row, col);
            if (isnan(dem->data[at])) {
                continue;
            }
            float around[TL_NEIGHBOURS];
            if (tl_hydro_around(dem, row, col, around) == 0) {
                f->open[at / 8] |= (unsigned char)(1 << at % 8);
                continue;
            }
            const int at_edge =
                row == 0 || col == 0 || row == dem->nrow - 1 || col == dem->ncol - 1;
            const double key = tl_hydro_flood_key(f->order, dem->data[at], (double)dem->data[at]);
            TL_TRY(push(&f->queue, key, at_edge ? at | AT_EDGE : at, err));
        }
    }
    return TL_OK;
}

static int is_open(const flood *f, ptrdiff_t at) {
    return f->open[at / 8] >> at % 8 & 1;
}

/* The open ones of three cells in a row, from the first on. */
static inline unsigned three_open(const flood *f, ptrdiff_t first) {
    uint16_t bits;
    memcpy(&bits, f->open + first / 8, sizeof bits);
    return (unsigned)bits >> first % 8 & 7U;
}

/* Bit i is set when neighbour i is still to be flooded. */
static inline unsigned open_around(const flood *f, ptrdiff_t at, int at_edge) {
    const tl_grid *g = f->filled;
    unsigned open = 0;
    if (at_edge) {
        for (int i = 0; i < TL_NEIGHBOURS; i++) {
            const ptrdiff_t next = tl_terrain_neighbour_inside(g, at / g->ncol, at % g->ncol, i);
            open |= next >= 0 && is_open(f, next) ? 1U << i : 0U;
        }
        return open;
    }
    const unsigned north = three_open(f, at - g->ncol - 1);
    const unsigned middle = three_open(f, at - 1);
    const unsigned south = three_open(f, at + g->ncol - 1);
    return (north >> 1 & 3U) | (middle >> 2 & 1U) << 2 | (south >> 2 & 1U) << 3 |
           (south >> 1 & 1U) << 4 | (south & 1U) << 5 | (middle & 1U) << 6 | (north & 1U) << 7;
}

/* Keeps rise up to date; on grids in metres that is done once. */
static inline void rise_from(flood *f, ptrdiff_t at) {
    if (f->is_uniform && f->rise_row >= 0) {
        return;
    }
    const ptrdiff_t row = at / f->filled->ncol;
    if (row != f->rise_row) {
        double length[TL_NEIGHBOURS];
        tl_terrain_neighbour_lengths(f->cells.dx_m[row], f->cells.dy_m[row], length);
        for (int i = 0; i < TL_NEIGHBOURS; i++) {
            f->rise[i] = f->gradient * length[i];
        }
        f->rise_row = row;
    }
}

static inline tl_code flood_neighbours(flood *f, entry from, tl_err *err) {
    const ptrdiff_t at = from.at & ~AT_EDGE;
    const int by_level = f->order == TL_FLOOD_BY_LEVEL;
    const float level = by_level ? (float)height_of(from.key) : f->filled->data[at];
    unsigned open = open_around(f, at, at != from.at);
    if (open != 0) {
        rise_from(f, at);
    }
    for (int i = 0; open != 0; i++, open >>= 1) {
        if (!(open & 1U)) {
            continue;
        }
        const ptrdiff_t next = at + f->step[i];
        const double own = (double)f->filled->data[next];
        const double raised = (double)level + f->rise[i];
        double height = tl_max_double(own, raised);
        float stored = (float)height;
        if (f->gradient > 0.0 && stored <= level) {
            stored = nextafterf(level, INFINITY);
            height = (double)stored;
            f->nudged++;
        }
        f->filled->data[next] = stored;
        f->open[next / 8] &= (unsigned char)~(1U << next % 8);
        TL_TRY(push(&f->queue, tl_hydro_flood_key(f->order, (float)own, height), next, err));
    }
    return TL_OK;
}

static tl_code run(flood *f, const tl_grid *dem, const tl_progress *p, tl_err *err) {
    const ptrdiff_t n = dem->nrow * dem->ncol;
    TL_TRY(push_outlets(f, dem, err));
    for (ptrdiff_t popped = 0; f->queue.count > 0; popped++) {
        if (popped % 65536 == 0) {
            TL_TRY(tl_progress_at(p, (double)popped / (double)n, err));
        }
        TL_TRY(flood_neighbours(f, pop(f), err));
    }
    if (f->nudged > 0) {
        tl_progress_log(
            p, TL_WARNING,
            "fill: at %td cells the minimum slope raises less than a float can hold; they were "
            "raised by the smallest step instead",
            f->nudged);
    }
    return tl_progress_at(p, 1.0, err);
}

static void measure_steps(flood *f) {
    const tl_cells *c = &f->cells;
    f->rise_row = -1;
    f->is_uniform = 1;
    for (ptrdiff_t row = 1; row < c->nrow; row++) {
        f->is_uniform &= !(c->dx_m[row] < c->dx_m[0]) && !(c->dx_m[row] > c->dx_m[0]) &&
                         !(c->dy_m[row] < c->dy_m[0]) && !(c->dy_m[row] > c->dy_m[0]);
    }
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        f->step[i] = tl_drow[i] * f->filled->ncol + tl_dcol[i];
    }
}

tl_code tl_hydro_fill(const tl_grid *dem, double min_slope_deg, tl_grid *filled,
                      const tl_progress *p, tl_err *err) {
    return tl_hydro_fill_in_order(dem, min_slope_deg, TL_FLOOD_BY_LEVEL, filled, p, err);
}

tl_code tl_hydro_fill_in_order(const tl_grid *dem, double min_slope_deg, tl_flood_order order,
                               tl_grid *filled, const tl_progress *p, tl_err *err) {
    *filled = (tl_grid){0};
    if (!(min_slope_deg >= 0.0 && min_slope_deg <= 45.0)) {
        return tl_fail(err, TL_ARG,
                       "fill: a minimum slope of %g degrees is outside 0 to 45; 0.01 is usual",
                       min_slope_deg);
    }
    flood f = {.filled = filled, .order = order};
    f.gradient = tan(min_slope_deg * TL_PI / 180.0);
    tl_code code = TL_OK;
    TL_CHECK(tl_terrain_cells_init(&f.cells, dem, "fill", err));
    TL_CHECK(tl_grid_init(filled, dem->nrow, dem->ncol, &dem->geo, err));
    if (!(min_slope_deg > 0.0)) {
        code = tl_hydro_lowest(dem, filled, p, err);
        goto done;
    }
    /* Three bits are read two bytes at a time, so one byte more than the cells need. */
    f.open = tl_acquire(dem->nrow * dem->ncol / 8 + 2, 1);
    if (f.open == NULL) {
        code = tl_no_memory(err, "%td x %td marks", dem->nrow, dem->ncol);
        goto done;
    }
    memcpy(filled->data, dem->data, (size_t)(dem->nrow * dem->ncol) * sizeof *dem->data);
    measure_steps(&f);
    code = run(&f, dem, p, err);
done:
    tl_terrain_cells_free(&f.cells);
    tl_release(f.open);
    tl_release(f.queue.key);
    tl_release(f.queue.at);
    if (code != TL_OK) {
        tl_grid_free(filled);
    }
    return code;
}
