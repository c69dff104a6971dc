/* SPDX-License-Identifier: GPL-2.0-or-later
 * Priority flood with plain queues for slopes and depressions; see lowest.h. */
#include "hydro/lowest.h"

#include <math.h>
#include <stdint.h>

#include "base/alloc.h"
#include "hydro/cellqueue.h"
#include "terrain/neighbours.h"

/* Twelve bytes: the cell number is split so that the entry needs no padding. */
typedef struct entry {
    float key;
    uint32_t low;
    uint32_t high;
} entry;

#define TL_HEAP_ENTRY entry
#define TL_HEAP_BEFORE(a, b) ((a).key < (b).key)
#include "hydro/heap.h"

typedef struct flood {
    const tl_grid *dem;
    float *filled;
    unsigned char *done; /* [n] 1: the filled height is final, or the cell is NoData */
    heap queue;
    tl_cellqueue slope; /* cells that keep their height */
    tl_cellqueue pond;  /* cells raised to the level of the flood */
    ptrdiff_t finished;
} flood;

static tl_code push(flood *f, float key, ptrdiff_t at, tl_err *err) {
    const uint64_t number = (uint64_t)at;
    return heap_push(&f->queue,
                     (entry){key, (uint32_t)(number & 0xffffffffU), (uint32_t)(number >> 32)}, err);
}

static ptrdiff_t pop(flood *f) {
    const entry first = heap_pop(&f->queue);
    return (ptrdiff_t)((uint64_t)first.high << 32 | first.low);
}

/* Steps to the neighbours in data; all eight are inside the grid, because
 * every cell at the edge is an outlet or NoData and so done from the start. */
static void steps_of(const tl_grid *g, ptrdiff_t step[TL_NEIGHBOURS]) {
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        step[i] = tl_drow[i] * g->ncol + tl_dcol[i];
    }
}

static int on_edge(const tl_grid *g, ptrdiff_t at) {
    const ptrdiff_t row = at / g->ncol;
    const ptrdiff_t col = at % g->ncol;
    return row == 0 || col == 0 || row == g->nrow - 1 || col == g->ncol - 1;
}

/* Floods a neighbour that is not done: a higher cell keeps its height, any other is raised. */
static tl_code take(flood *f, float level, ptrdiff_t next, tl_err *err) {
    f->done[next] = 1;
    f->finished++;
    if (f->dem->data[next] > level) {
        f->filled[next] = f->dem->data[next];
        return tl_hydro_cellqueue_put(&f->slope, next, err);
    }
    f->filled[next] = level;
    return tl_hydro_cellqueue_put(&f->pond, next, err);
}

/* 1: a cell below level has reached the neighbourhood of next already and will flood it first. */
static int is_reached(const flood *f, ptrdiff_t next, float level,
                      const ptrdiff_t step[TL_NEIGHBOURS]) {
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        const ptrdiff_t other = next + step[i];
        /* NoData is done, but no comparison with it holds. */
        if (f->done[other] && f->filled[other] < level) {
            return 1;
        }
    }
    return 0;
}

/* Follows slopes upwards. A slope cell with a lower unflooded neighbour, which no lower flooded
 * cell touches, waits in the priority queue until the flood reaches its height. */
static tl_code climb(flood *f, const ptrdiff_t step[TL_NEIGHBOURS], tl_err *err) {
    while (f->slope.count > 0) {
        const ptrdiff_t at = tl_hydro_cellqueue_take(&f->slope);
        const float level = f->filled[at];
        int waits = 0;
        for (int i = 0; i < TL_NEIGHBOURS; i++) {
            const ptrdiff_t next = at + step[i];
            if (f->done[next]) {
                continue;
            }
            if (f->dem->data[next] > level) {
                TL_TRY(take(f, level, next, err));
            } else if (!waits) {
                waits = !is_reached(f, next, level, step);
            }
        }
        if (waits) {
            TL_TRY(push(f, level, at, err));
        }
    }
    return TL_OK;
}

static tl_code surround(flood *f, ptrdiff_t at, const ptrdiff_t step[TL_NEIGHBOURS], tl_err *err) {
    const int edge = on_edge(f->dem, at);
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        if (edge &&
            tl_terrain_neighbour_inside(f->dem, at / f->dem->ncol, at % f->dem->ncol, i) < 0) {
            continue;
        }
        if (!f->done[at + step[i]]) {
            TL_TRY(take(f, f->filled[at], at + step[i], err));
        }
    }
    return TL_OK;
}

static tl_code push_outlets(flood *f, tl_err *err) {
    const tl_grid *dem = f->dem;
    for (ptrdiff_t row = 0; row < dem->nrow; row++) {
        for (ptrdiff_t col = 0; col < dem->ncol; col++) {
            const ptrdiff_t at = tl_grid_at(dem, row, col);
            f->filled[at] = dem->data[at];
            if (isnan(dem->data[at])) {
                f->done[at] = 1;
                continue;
            }
            for (int i = 0; i < TL_NEIGHBOURS; i++) {
                if (tl_terrain_neighbour(dem, row, col, i) < 0) {
                    f->done[at] = 1;
                    TL_TRY(push(f, dem->data[at], at, err));
                    break;
                }
            }
        }
    }
    return TL_OK;
}

static tl_code run(flood *f, const tl_progress *p, tl_err *err) {
    const double n = (double)f->dem->nrow * (double)f->dem->ncol;
    ptrdiff_t step[TL_NEIGHBOURS];
    steps_of(f->dem, step);
    TL_TRY(push_outlets(f, err));
    for (ptrdiff_t popped = 0; f->queue.count > 0; popped++) {
        if (popped % 16384 == 0) {
            TL_TRY(tl_progress_at(p, (double)f->finished / n, err));
        }
        TL_TRY(surround(f, pop(f), step, err));
        for (;;) {
            TL_TRY(climb(f, step, err));
            if (f->pond.count == 0) {
                break;
            }
            TL_TRY(surround(f, tl_hydro_cellqueue_take(&f->pond), step, err));
        }
    }
    return tl_progress_at(p, 1.0, err);
}

tl_code tl_hydro_lowest(const tl_grid *dem, tl_grid *filled, const tl_progress *p, tl_err *err) {
    flood f = {.dem = dem, .filled = filled->data};
    f.done = tl_acquire(dem->nrow * dem->ncol, 1);
    const tl_code code = f.done == NULL ? tl_no_memory(err, "%td x %td marks", dem->nrow, dem->ncol)
                                        : run(&f, p, err);
    tl_release(f.done);
    tl_release(f.queue.entry);
    tl_hydro_cellqueue_free(&f.slope);
    tl_hydro_cellqueue_free(&f.pond);
    return code;
}
