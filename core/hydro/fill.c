/* SPDX-License-Identifier: GPL-2.0-or-later
 * Priority flood with a heap whose order of equal keys is part of the result; see fill.h. */
#include "hydro/fill.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "hydro/lowest.h"
#include "terrain/cells.h"
#include "terrain/neighbours.h"

typedef struct entry {
    double key;
    ptrdiff_t at;
} entry;

typedef struct heap {
    entry *entries;
    ptrdiff_t count;
    ptrdiff_t room;
} heap;

typedef struct flood {
    const tl_grid *dem;
    tl_cells cells;
    double gradient; /* tan of the minimum slope */
    tl_grid *filled;
    unsigned char *done; /* [nrow ncol] 1: the filled height is final, or the cell is NoData */
    heap queue;
    ptrdiff_t nudged; /* cells whose increment a float cannot hold */
} flood;

static void sift_up(heap *h, ptrdiff_t hole, entry e) {
    while (hole > 0) {
        const ptrdiff_t parent = (hole - 1) / 2;
        if (!(h->entries[parent].key > e.key)) {
            break;
        }
        h->entries[hole] = h->entries[parent];
        hole = parent;
    }
    h->entries[hole] = e;
}

static tl_code push(heap *h, double key, ptrdiff_t at, tl_err *err) {
    if (h->count == h->room) {
        const ptrdiff_t room = h->room == 0 ? 1024 : h->room + h->room / 2;
        entry *more = tl_grow(h->entries, h->room, room, sizeof *more);
        if (more == NULL) {
            return tl_fail(err, TL_NOMEM, "fill: out of memory for a queue of %td cells", room);
        }
        h->entries = more;
        h->room = room;
    }
    sift_up(h, h->count++, (entry){key, at});
    return TL_OK;
}

/* The hole left by the root sinks to the bottom before the last entry is put back, and equal
 * children give way to the right one: this decides which of several equal cells comes first. */
static entry pop(heap *h) {
    const entry root = h->entries[0];
    const entry last = h->entries[--h->count];
    ptrdiff_t hole = 0;
    ptrdiff_t left = 1;
    while (left + 1 < h->count) {
        const ptrdiff_t child = h->entries[left + 1].key > h->entries[left].key ? left : left + 1;
        h->entries[hole] = h->entries[child];
        hole = child;
        left = 2 * hole + 1;
    }
    if (left < h->count) {
        h->entries[hole] = h->entries[left];
        hole = left;
    }
    sift_up(h, hole, last);
    return root;
}

static int is_outlet(const tl_grid *dem, ptrdiff_t row, ptrdiff_t col) {
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        if (tl_neighbour(dem, row, col, i) < 0) {
            return 1;
        }
    }
    return 0;
}

/* Rows from south to north: the order in which equal outlets enter decides who floods first. */
static tl_code push_outlets(flood *f, tl_err *err) {
    const tl_grid *dem = f->dem;
    for (ptrdiff_t row = dem->nrow - 1; row >= 0; row--) {
        for (ptrdiff_t col = 0; col < dem->ncol; col++) {
            const ptrdiff_t at = tl_grid_at(dem, row, col);
            f->filled->data[at] = dem->data[at];
            f->done[at] = (unsigned char)(isnan(dem->data[at]) != 0);
            if (!f->done[at] && is_outlet(dem, row, col)) {
                f->done[at] = 1;
                TL_TRY(push(&f->queue, (double)dem->data[at], at, err));
            }
        }
    }
    return TL_OK;
}

static tl_code flood_neighbours(flood *f, ptrdiff_t at, tl_err *err) {
    const tl_grid *g = f->dem;
    const ptrdiff_t row = at / g->ncol;
    const ptrdiff_t col = at - row * g->ncol;
    const int inside = row > 0 && col > 0 && row < g->nrow - 1 && col < g->ncol - 1;
    const float level = f->filled->data[at];
    double length[TL_NEIGHBOURS];
    tl_neighbour_lengths(f->cells.dx_m[row], f->cells.dy_m[row], length);
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        const ptrdiff_t next =
            inside ? at + tl_drow[i] * g->ncol + tl_dcol[i] : tl_neighbour_inside(g, row, col, i);
        if (next < 0 || f->done[next]) {
            continue;
        }
        const double own = (double)f->dem->data[next];
        const double raised = (double)level + f->gradient * length[i];
        double height = own > raised ? own : raised;
        float stored = (float)height;
        if (f->gradient > 0.0 && stored <= level) {
            stored = nextafterf(level, INFINITY);
            height = (double)stored;
            f->nudged++;
        }
        f->filled->data[next] = stored;
        f->done[next] = 1;
        TL_TRY(push(&f->queue, height, next, err));
    }
    return TL_OK;
}

static tl_code run(flood *f, const tl_progress *p, tl_err *err) {
    const ptrdiff_t n = f->dem->nrow * f->dem->ncol;
    TL_TRY(push_outlets(f, err));
    for (ptrdiff_t popped = 0; f->queue.count > 0; popped++) {
        if (popped % 65536 == 0) {
            TL_TRY(tl_progress_at(p, (double)popped / (double)n, err));
        }
        TL_TRY(flood_neighbours(f, pop(&f->queue).at, err));
    }
    if (f->nudged > 0) {
        tl_progress_say(
            p, TL_WARNING,
            "fill: at %td cells the minimum slope raises less than a float can hold; they were "
            "raised by the smallest step instead",
            f->nudged);
    }
    return tl_progress_at(p, 1.0, err);
}

tl_code tl_hydro_fill(const tl_grid *dem, double min_slope_deg, tl_grid *filled,
                      const tl_progress *p, tl_err *err) {
    *filled = (tl_grid){0};
    if (!(min_slope_deg >= 0.0 && min_slope_deg <= 45.0)) {
        return tl_fail(err, TL_ARG,
                       "fill: a minimum slope of %g degrees is outside 0 to 45; 0.01 is usual",
                       min_slope_deg);
    }
    flood f = {.dem = dem, .filled = filled};
    f.gradient = tan(min_slope_deg * 3.14159265358979323846 / 180.0);
    tl_code code = TL_OK;
    TL_CHECK(tl_cells_init(&f.cells, dem, "fill", err));
    TL_CHECK(tl_grid_init(filled, dem->nrow, dem->ncol, &dem->geo, err));
    if (!(min_slope_deg > 0.0)) {
        code = tl_hydro_lowest(dem, filled, p, err);
        goto done;
    }
    f.done = tl_acquire(dem->nrow * dem->ncol, 1);
    if (f.done == NULL) {
        code =
            tl_fail(err, TL_NOMEM, "fill: out of memory for %td x %td marks", dem->nrow, dem->ncol);
        goto done;
    }
    code = run(&f, p, err);
done:
    tl_cells_free(&f.cells);
    tl_release(f.done);
    tl_release(f.queue.entries);
    if (code != TL_OK) {
        tl_grid_free(filled);
    }
    return code;
}
