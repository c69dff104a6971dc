/* SPDX-License-Identifier: GPL-2.0-or-later
 * First step of filling over tiles: floods one tile from its rim and numbers its watersheds;
 * see fill_tiles.h. */
#include <math.h>

#include "base/alloc.h"
#include "hydro/tiles/fill_tiles.h"
#include "hydro/unionfind.h"
#include "terrain/neighbours.h"

enum { UNKNOWN = -1, NODATA = -2 };

typedef struct entry {
    float key;
    int32_t at;
} entry;

#define TL_HEAP_ENTRY entry
#define TL_HEAP_BEFORE(a, b) ((a).key < (b).key)
#include "hydro/heap.h"

typedef struct flood {
    const float *z;
    ptrdiff_t nrow;
    ptrdiff_t ncol;
    float *level;   /* [n] height of the flood, valid where label is known */
    int32_t *label; /* [n] */
    heap queue;
    int32_t *pond; /* [n] cells raised to the level of the flood, first in first out */
    ptrdiff_t pond_head;
    ptrdiff_t pond_end;
    int32_t *joined; /* [rim + 1] watersheds as a forest of those that a pass has joined */
    tl_fill_border *border;
} flood;

ptrdiff_t tl_hydro_tiles_fill_rim_count(ptrdiff_t nrow, ptrdiff_t ncol) {
    return nrow < 3 || ncol < 2 ? nrow * ncol : 2 * ncol + 2 * (nrow - 2);
}

ptrdiff_t tl_hydro_tiles_fill_rim_index(ptrdiff_t nrow, ptrdiff_t ncol, ptrdiff_t row,
                                        ptrdiff_t col) {
    if (row == 0) {
        return col;
    }
    if (row == nrow - 1) {
        return ncol + col;
    }
    return 2 * ncol + (col == 0 ? 0 : nrow - 2) + row - 1;
}

void tl_hydro_tiles_fill_border_free(tl_fill_border *border) {
    if (border != NULL) {
        tl_release(border->height);
        tl_release(border->label);
        tl_release(border->pass);
        tl_release(border->level);
        *border = (tl_fill_border){0};
    }
}

static tl_code push(flood *f, float key, ptrdiff_t at, tl_err *err) {
    return heap_push(&f->queue, (entry){key, (int32_t)at}, err);
}

static int on_rim(const flood *f, ptrdiff_t row, ptrdiff_t col) {
    return row == 0 || col == 0 || row == f->nrow - 1 || col == f->ncol - 1;
}

/* Index of neighbour i; -1 beyond the tile. */
static ptrdiff_t neighbour_index(const flood *f, ptrdiff_t row, ptrdiff_t col, int i) {
    const ptrdiff_t r = row + tl_drow[i];
    const ptrdiff_t c = col + tl_dcol[i];
    return r < 0 || c < 0 || r >= f->nrow || c >= f->ncol ? -1 : r * f->ncol + c;
}

/* 1: water leaves the raster here, as far as it is known from this tile. */
static int is_outlet(const flood *f, ptrdiff_t row, ptrdiff_t col, const int edge[4]) {
    if ((row == 0 && edge[0]) || (col == f->ncol - 1 && edge[1]) ||
        (row == f->nrow - 1 && edge[2]) || (col == 0 && edge[3])) {
        return 1;
    }
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        const ptrdiff_t at = neighbour_index(f, row, col, i);
        if (at >= 0 && isnan(f->z[at])) {
            return 1;
        }
    }
    return 0;
}

/* The rim and the outlets inside enter the queue; cells that are no outlet receive their watershed
 * later. */
static tl_code push_seeds(flood *f, const int edge[4], tl_err *err) {
    for (ptrdiff_t row = 0; row < f->nrow; row++) {
        for (ptrdiff_t col = 0; col < f->ncol; col++) {
            const ptrdiff_t at = row * f->ncol + col;
            f->level[at] = f->z[at];
            f->label[at] = isnan(f->z[at]) ? NODATA : UNKNOWN;
            if (f->label[at] == NODATA) {
                continue;
            }
            const int outlet = is_outlet(f, row, col, edge);
            if (outlet) {
                f->label[at] = 0;
            }
            if (outlet || on_rim(f, row, col)) {
                TL_TRY(push(f, f->z[at], at, err));
            }
        }
    }
    return TL_OK;
}

/* Passes come in the order of their heights, so one between watersheds that are joined already is
 * not lower than those that join them. */
static void meet(flood *f, int32_t a, int32_t b, float height) {
    const int32_t root_a = tl_hydro_unionfind_root(f->joined, a);
    const int32_t root_b = tl_hydro_unionfind_root(f->joined, b);
    if (root_a != root_b) {
        tl_hydro_unionfind_link(f->joined, root_a, root_b);
        f->border->pass[f->border->n_pass++] = (tl_fill_pass){a, b, height};
    }
}

static tl_code flood_neighbours(flood *f, ptrdiff_t at, tl_err *err) {
    const ptrdiff_t row = at / f->ncol;
    const ptrdiff_t col = at - row * f->ncol;
    const float level = f->level[at];
    if (f->label[at] == UNKNOWN) {
        f->joined[f->border->n_labels] = f->border->n_labels;
        f->label[at] = f->border->n_labels++;
    }
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        const ptrdiff_t next = neighbour_index(f, row, col, i);
        if (next < 0 || f->label[next] == NODATA) {
            continue;
        }
        if (f->label[next] != UNKNOWN) {
            /* A higher neighbour finds this pass when it is flooded itself. */
            if (f->label[next] != f->label[at] && !(f->level[next] > level)) {
                meet(f, f->label[at], f->label[next], level);
            }
            continue;
        }
        f->label[next] = f->label[at];
        if (on_rim(f, next / f->ncol, next % f->ncol)) {
            continue; /* waits in the queue already, and is not lower than the flood */
        }
        if (f->z[next] > level) {
            TL_TRY(push(f, f->z[next], next, err));
        } else {
            f->level[next] = level;
            f->pond[f->pond_end++] = (int32_t)next;
        }
    }
    return TL_OK;
}

static tl_code run(flood *f, const int edge[4], tl_err *err) {
    TL_TRY(push_seeds(f, edge, err));
    while (f->queue.count > 0) {
        TL_TRY(flood_neighbours(f, heap_pop(&f->queue).at, err));
        while (f->pond_head < f->pond_end) {
            TL_TRY(flood_neighbours(f, f->pond[f->pond_head++], err));
        }
        f->pond_head = f->pond_end = 0;
    }
    return TL_OK;
}

/* Copies the rim and releases the memory that the passes do not need. */
static void describe_rim(flood *f) {
    tl_fill_border *b = f->border;
    for (ptrdiff_t row = 0; row < f->nrow; row++) {
        const ptrdiff_t step = row == 0 || row == f->nrow - 1 || f->ncol == 1 ? 1 : f->ncol - 1;
        for (ptrdiff_t col = 0; col < f->ncol; col += step) {
            const ptrdiff_t rim = tl_hydro_tiles_fill_rim_index(f->nrow, f->ncol, row, col);
            const int32_t label = f->label[row * f->ncol + col];
            b->height[rim] = f->z[row * f->ncol + col];
            b->label[rim] = label == NODATA ? -1 : label;
        }
    }
    tl_fill_pass *less = tl_grow(b->pass, b->n_pass, b->n_pass, sizeof *b->pass);
    b->pass = less == NULL ? b->pass : less;
}

tl_code tl_hydro_tiles_fill_solve_tile(const float *z, ptrdiff_t nrow, ptrdiff_t ncol,
                                       const int edge[4], tl_fill_border *border, tl_err *err) {
    const ptrdiff_t n = nrow * ncol;
    const ptrdiff_t rim = tl_hydro_tiles_fill_rim_count(nrow, ncol);
    *border = (tl_fill_border){.nrow = nrow, .ncol = ncol, .n_labels = 1};
    flood f = {.z = z, .nrow = nrow, .ncol = ncol, .border = border};
    border->height = tl_acquire(rim, sizeof *border->height);
    border->label = tl_acquire(rim, sizeof *border->label);
    border->pass = tl_acquire(rim + 1, sizeof *border->pass);
    f.level = tl_acquire(n, sizeof *f.level);
    f.label = tl_acquire(n, sizeof *f.label);
    f.pond = tl_acquire(n, sizeof *f.pond);
    f.joined = tl_acquire(rim + 1, sizeof *f.joined);
    tl_code code = TL_OK;
    if (border->height == NULL || border->label == NULL || border->pass == NULL ||
        f.level == NULL || f.label == NULL || f.pond == NULL || f.joined == NULL) {
        code = tl_no_memory(err, "a tile of %td x %td cells", nrow, ncol);
    } else {
        code = run(&f, edge, err);
    }
    if (code == TL_OK) {
        describe_rim(&f);
    } else {
        tl_hydro_tiles_fill_border_free(border);
    }
    tl_release(f.level);
    tl_release(f.label);
    tl_release(f.pond);
    tl_release(f.joined);
    tl_release(f.queue.entry);
    return code;
}
