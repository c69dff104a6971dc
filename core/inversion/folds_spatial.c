/* SPDX-License-Identifier: GPL-2.0-or-later
 * Folds of square blocks; see folds.h. */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/rng.h"
#include "inversion/folds.h"

enum { BLOCKS_PER_FOLD = 3, GROUPS_PER_BLOCK = 3, MAX_STEPS = 80 };

/* A group in the grid; sorting by column and row brings the groups of one block together. */
typedef struct located_group {
    double column;
    double row;
    ptrdiff_t group;
} located_group;

/* A block and what decides when it is assigned. */
typedef struct block {
    ptrdiff_t size; /* samples */
    ptrdiff_t shuffled;
    int fold;
} block;

typedef struct spatial_work {
    ptrdiff_t n;
    ptrdiff_t groups;
    ptrdiff_t *number; /* [n] group of each sample, 0 .. groups-1 */
    ptrdiff_t *size;   /* [groups] samples */
    double *x;         /* [groups] mean position */
    double *y;
    double west; /* lower left corner and extent of the groups */
    double south;
    double extent;
    located_group *order; /* [groups] */
    ptrdiff_t *block_of;  /* [groups] */
    block *blocks;        /* [groups] */
    block **queue;        /* [groups] blocks in the order of assignment */
    ptrdiff_t *shuffle;   /* [groups] */
    ptrdiff_t *filled;    /* [k] samples in each fold */
} spatial_work;

static void release_work(spatial_work *w) {
    tl_release(w->number);
    tl_release(w->size);
    tl_release(w->x);
    tl_release(w->y);
    tl_release(w->order);
    tl_release(w->block_of);
    tl_release(w->blocks);
    tl_release((void *)w->queue);
    tl_release(w->shuffle);
    tl_release(w->filled);
}

static tl_code acquire_work(spatial_work *w, ptrdiff_t n, int k, tl_err *err) {
    w->n = n;
    w->number = tl_acquire(n, sizeof *w->number);
    w->size = tl_acquire(n, sizeof *w->size);
    w->x = tl_acquire(n, sizeof *w->x);
    w->y = tl_acquire(n, sizeof *w->y);
    w->order = tl_acquire(n, sizeof *w->order);
    w->block_of = tl_acquire(n, sizeof *w->block_of);
    w->blocks = tl_acquire(n, sizeof *w->blocks);
    w->queue = tl_acquire(n, sizeof *w->queue);
    w->shuffle = tl_acquire(n, sizeof *w->shuffle);
    w->filled = tl_acquire(k, sizeof *w->filled);
    return w->number == NULL || w->size == NULL || w->x == NULL || w->y == NULL ||
                   w->order == NULL || w->block_of == NULL || w->blocks == NULL ||
                   w->queue == NULL || w->shuffle == NULL || w->filled == NULL
               ? tl_no_memory(err, "folds of %td samples", n)
               : TL_OK;
}

static void locate_groups(spatial_work *w, const double *x, const double *y) {
    for (ptrdiff_t i = 0; i < w->n; i++) {
        const ptrdiff_t g = w->number[i];
        w->size[g]++;
        w->x[g] += x[i];
        w->y[g] += y[i];
    }
    double east = -HUGE_VAL;
    double north = -HUGE_VAL;
    w->west = HUGE_VAL;
    w->south = HUGE_VAL;
    for (ptrdiff_t g = 0; g < w->groups; g++) {
        w->x[g] /= (double)w->size[g];
        w->y[g] /= (double)w->size[g];
        w->west = fmin(w->west, w->x[g]);
        w->south = fmin(w->south, w->y[g]);
        east = fmax(east, w->x[g]);
        north = fmax(north, w->y[g]);
    }
    w->extent = fmax(east - w->west, north - w->south);
}

static int by_cell(const void *a, const void *b) {
    const located_group *p = a;
    const located_group *q = b;
    if (p->column != q->column) {
        return p->column < q->column ? -1 : 1;
    }
    if (p->row != q->row) {
        return p->row < q->row ? -1 : 1;
    }
    return (p->group > q->group) - (p->group < q->group);
}

/* Lays a grid with the given origin; numbers the blocks that have groups and returns their
 * count. */
static ptrdiff_t make_grid(spatial_work *w, double west, double south, double side) {
    for (ptrdiff_t g = 0; g < w->groups; g++) {
        w->order[g] = (located_group){.column = floor((w->x[g] - west) / side),
                                      .row = floor((w->y[g] - south) / side),
                                      .group = g};
    }
    qsort(w->order, (size_t)w->groups, sizeof *w->order, by_cell);
    ptrdiff_t count = 0;
    for (ptrdiff_t k = 0; k < w->groups; k++) {
        const located_group *here = &w->order[k];
        count +=
            k == 0 || here->column != w->order[k - 1].column || here->row != w->order[k - 1].row;
        w->block_of[here->group] = count - 1;
    }
    return count;
}

static double choose_side(spatial_work *w, int k) {
    ptrdiff_t wanted = (ptrdiff_t)BLOCKS_PER_FOLD * k;
    const ptrdiff_t max_blocks = w->groups / GROUPS_PER_BLOCK;
    wanted = tl_min(max_blocks, wanted);
    wanted = tl_max(k, wanted);
    double side = w->extent;
    for (int j = 0; j < MAX_STEPS; j++) {
        side = w->extent * exp2(-0.25 * (double)j);
        if (make_grid(w, w->west, w->south, side) >= wanted) {
            break;
        }
    }
    return side;
}

static int by_turn(const void *a, const void *b) {
    const block *p = *(block *const *)a;
    const block *q = *(block *const *)b;
    if (p->size != q->size) {
        return p->size > q->size ? -1 : 1;
    }
    return (p->shuffled > q->shuffled) - (p->shuffled < q->shuffled);
}

static void assign_blocks(spatial_work *w, ptrdiff_t count, int k, tl_rng *rng, int *fold) {
    tl_rng_permutation(rng, count, w->shuffle);
    for (ptrdiff_t b = 0; b < count; b++) {
        w->blocks[b] = (block){.shuffled = w->shuffle[b]};
        w->queue[b] = &w->blocks[b];
    }
    for (ptrdiff_t g = 0; g < w->groups; g++) {
        w->blocks[w->block_of[g]].size += w->size[g];
    }
    qsort((void *)w->queue, (size_t)count, sizeof(block *), by_turn);
    for (ptrdiff_t b = 0; b < count; b++) {
        int smallest = 0;
        for (int f = 1; f < k; f++) {
            smallest = w->filled[f] < w->filled[smallest] ? f : smallest;
        }
        w->queue[b]->fold = smallest;
        w->filled[smallest] += w->queue[b]->size;
    }
    for (ptrdiff_t i = 0; i < w->n; i++) {
        fold[i] = w->blocks[w->block_of[w->number[i]]].fold;
    }
}

static tl_code check_coordinates(ptrdiff_t n, const double *x, const double *y, int k, double side,
                                 tl_err *err) {
    if (k < 2) {
        return tl_fail(err, TL_ARG, "the number of folds is %d, wanted at least 2", k);
    }
    if (!(side >= 0.0) || !isfinite(side)) {
        return tl_fail(
            err, TL_ARG,
            "the side of spatial blocks is %g, wanted a length in map units, or 0 for an "
            "automatic choice",
            side);
    }
    ptrdiff_t missing = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        missing += !isfinite(x[i]) || !isfinite(y[i]);
    }
    return missing == 0
               ? TL_OK
               : tl_fail(err, TL_DATA,
                         "spatial blocks need the coordinates of all samples, but %td of %td have "
                         "none; remove these samples or use random folds",
                         missing, n);
}

/* The grid of one division; it begins at the corner of the samples when a shifted grid has fewer
 * blocks than folds. */
static tl_code make_division(spatial_work *w, int k, double side, tl_rng *rng, ptrdiff_t *count,
                             tl_err *err) {
    const double shift_x = tl_rng_uniform(rng);
    const double shift_y = tl_rng_uniform(rng);
    *count = make_grid(w, w->west - shift_x * side, w->south - shift_y * side, side);
    if (*count < k) {
        *count = make_grid(w, w->west, w->south, side);
    }
    return *count >= k
               ? TL_OK
               : tl_fail(
                     err, TL_DATA,
                     "all samples are in %td blocks of %g map units, too few for %d folds; use a "
                     "smaller block side or fewer folds",
                     *count, side, k);
}

tl_code tl_inversion_spatial_folds(ptrdiff_t n, const ptrdiff_t *group, const double *x,
                                   const double *y, int k, double side, int64_t seed,
                                   uint32_t index, int *fold, tl_spatial_blocks *blocks,
                                   tl_err *err) {
    TL_TRY(check_coordinates(n, x, y, k, side, err));
    spatial_work w = {0};
    tl_code code = TL_OK;
    TL_CHECK(acquire_work(&w, n, k, err));
    w.groups = tl_inversion_number_groups(group, n, w.number);
    locate_groups(&w, x, y);
    if (!(w.extent > 0.0)) {
        code = tl_fail(
            err, TL_DATA,
            "all %td samples have the same coordinates, so there are no spatial blocks; use "
            "random folds",
            n);
        goto done;
    }
    const double taken = side > 0.0 ? side : choose_side(&w, k);
    tl_rng rng = tl_rng_start(seed, TL_STREAM_FOLDS, index);
    ptrdiff_t count = 0;
    TL_CHECK(make_division(&w, k, taken, &rng, &count, err));
    assign_blocks(&w, count, k, &rng, fold);
    if (blocks != NULL) {
        *blocks = (tl_spatial_blocks){.side = taken, .blocks = count};
    }
done:
    release_work(&w);
    return code;
}
