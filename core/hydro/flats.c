/* SPDX-License-Identifier: GPL-2.0-or-later
 * Two breadth-first searches over each flat; see flats.h. */
#include "hydro/flats.h"

#include <stdint.h>

#include "base/alloc.h"
#include "hydro/around.h"
#include "hydro/cellqueue.h"

typedef struct flats {
    const tl_grid *surface;
    unsigned char *receivers;
    /* [n] 0: not a cell of a flat seen so far. While a flat is worked on: -1 collected; then first
     * the distance from higher cells, then -1 - away, and at last the increment, above 0. */
    int32_t *mark;
    tl_cellqueue flat; /* cells of the flat at hand */
    tl_cellqueue wave;
    ptrdiff_t *step; /* [8] */
} flats;

static int is_flat(const flats *f, ptrdiff_t at) {
    const tl_grid *g = f->surface;
    if (f->receivers[at] != 0 || isnan(g->data[at])) {
        return 0;
    }
    float z[TL_NEIGHBOURS];
    return tl_hydro_around(g, at / g->ncol, at % g->ncol, z) == 0;
}

/* Lists the flat that contains the cell seed, and whether it has an exit. Cells of a flat have all
 * eight neighbours, so steps from them stay inside the grid. */
static tl_code collect(flats *f, ptrdiff_t seed, int *has_exit, tl_err *err) {
    f->flat.head = 0;
    f->flat.count = 0;
    *has_exit = 0;
    f->mark[seed] = -1;
    TL_TRY(tl_hydro_cellqueue_put(&f->flat, seed, err));
    for (ptrdiff_t k = 0; k < f->flat.count; k++) {
        const ptrdiff_t at = f->flat.cell[k];
        for (int i = 0; i < TL_NEIGHBOURS; i++) {
            const ptrdiff_t next = at + f->step[i];
            if (f->mark[next] != 0 || !tl_hydro_is_level(f->surface, at, next)) {
                continue;
            }
            if (is_flat(f, next)) {
                f->mark[next] = -1;
                TL_TRY(tl_hydro_cellqueue_put(&f->flat, next, err));
            } else {
                *has_exit = 1;
            }
        }
    }
    return TL_OK;
}

/* Marks every cell with its distance from the cells next to higher ones, and returns the largest
 * distance; 0 when no higher cell is next to the flat. */
static tl_code measure_away(flats *f, int32_t *farthest, tl_err *err) {
    *farthest = 0;
    for (ptrdiff_t k = 0; k < f->flat.count; k++) {
        const ptrdiff_t at = f->flat.cell[k];
        for (int i = 0; i < TL_NEIGHBOURS; i++) {
            if (f->surface->data[at + f->step[i]] > f->surface->data[at]) {
                f->mark[at] = 1;
                TL_TRY(tl_hydro_cellqueue_put(&f->wave, at, err));
                break;
            }
        }
    }
    while (f->wave.count > 0) {
        const ptrdiff_t at = tl_hydro_cellqueue_take(&f->wave);
        *farthest = f->mark[at];
        for (int i = 0; i < TL_NEIGHBOURS; i++) {
            const ptrdiff_t next = at + f->step[i];
            if (f->mark[next] == -1 && tl_hydro_is_level(f->surface, at, next)) {
                f->mark[next] = f->mark[at] + 1;
                TL_TRY(tl_hydro_cellqueue_put(&f->wave, next, err));
            }
        }
    }
    return TL_OK;
}

static void enter(flats *f, ptrdiff_t at, int32_t distance) {
    f->mark[at] = 2 * distance + (-1 - f->mark[at]);
}

/* Turns the marks into increments: twice the distance to the exits plus the closeness to higher
 * cells. A wave carries its distance by counting the cells of each ring. */
static tl_code add_towards(flats *f, int32_t farthest, tl_err *err) {
    for (ptrdiff_t k = 0; k < f->flat.count; k++) {
        const ptrdiff_t at = f->flat.cell[k];
        f->mark[at] = f->mark[at] < 0 ? -1 : -1 - (farthest - f->mark[at]);
    }
    for (ptrdiff_t k = 0; k < f->flat.count; k++) {
        const ptrdiff_t at = f->flat.cell[k];
        for (int i = 0; i < TL_NEIGHBOURS; i++) {
            const ptrdiff_t next = at + f->step[i];
            if (f->mark[next] == 0 && tl_hydro_is_level(f->surface, at, next)) {
                TL_TRY(tl_hydro_cellqueue_put(&f->wave, at, err));
                break;
            }
        }
    }
    for (ptrdiff_t k = 0; k < f->wave.count; k++) {
        enter(f, f->wave.cell[(f->wave.head + k) & (f->wave.capacity - 1)], 1);
    }
    for (int32_t distance = 2; f->wave.count > 0; distance++) {
        for (ptrdiff_t ring = f->wave.count; ring > 0; ring--) {
            const ptrdiff_t at = tl_hydro_cellqueue_take(&f->wave);
            for (int i = 0; i < TL_NEIGHBOURS; i++) {
                const ptrdiff_t next = at + f->step[i];
                if (f->mark[next] < 0 && tl_hydro_is_level(f->surface, at, next)) {
                    enter(f, next, distance);
                    TL_TRY(tl_hydro_cellqueue_put(&f->wave, next, err));
                }
            }
        }
    }
    return TL_OK;
}

/* Every cell passes on to the neighbour of the lowest increment; exits have none (0). */
static void direct(flats *f) {
    for (ptrdiff_t k = 0; k < f->flat.count; k++) {
        const ptrdiff_t at = f->flat.cell[k];
        int32_t lowest = f->mark[at];
        int best = -1;
        for (int j = 0; j < TL_NEIGHBOURS; j++) {
            const int i = j < 4 ? 2 * j : 2 * (j - 4) + 1;
            const ptrdiff_t next = at + f->step[i];
            if (tl_hydro_is_level(f->surface, at, next) && f->mark[next] < lowest) {
                lowest = f->mark[next];
                best = i;
            }
        }
        f->receivers[at] = (unsigned char)(1 << best);
    }
}

static tl_code solve(flats *f, ptrdiff_t seed, ptrdiff_t *unsolved, tl_err *err) {
    int has_exit = 0;
    TL_TRY(collect(f, seed, &has_exit, err));
    if (!has_exit) {
        *unsolved += f->flat.count;
        for (ptrdiff_t k = 0; k < f->flat.count; k++) {
            f->mark[f->flat.cell[k]] = 1;
        }
        return TL_OK;
    }
    int32_t farthest = 0;
    TL_TRY(measure_away(f, &farthest, err));
    TL_TRY(add_towards(f, farthest, err));
    direct(f);
    return TL_OK;
}

tl_code tl_hydro_drain_flats(const tl_grid *surface, unsigned char *receivers, ptrdiff_t *unsolved,
                             tl_err *err) {
    const ptrdiff_t n = surface->nrow * surface->ncol;
    ptrdiff_t step[TL_NEIGHBOURS];
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        step[i] = tl_drow[i] * surface->ncol + tl_dcol[i];
    }
    flats f = {.surface = surface, .receivers = receivers, .step = step};
    *unsolved = 0;
    tl_code code = TL_OK;
    for (ptrdiff_t at = 0; at < n && code == TL_OK; at++) {
        if (receivers[at] != 0 || isnan(surface->data[at]) || !is_flat(&f, at)) {
            continue;
        }
        /* Most surfaces have no flats: the marks are made when the first one is met. */
        if (f.mark == NULL) {
            f.mark = tl_acquire(n, sizeof *f.mark);
            if (f.mark == NULL) {
                code = tl_no_memory(err, "%td cells", n);
                break;
            }
        }
        if (f.mark[at] == 0) {
            code = solve(&f, at, unsolved, err);
        }
    }
    tl_release(f.mark);
    tl_hydro_cellqueue_free(&f.flat);
    tl_hydro_cellqueue_free(&f.wave);
    return code;
}
