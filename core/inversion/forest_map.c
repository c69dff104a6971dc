/* SPDX-License-Identifier: GPL-2.0-or-later
 * Forests over many pixels: a lot of pixels walks down one tree side by side, so that the tree and
 * the features of the lot stay in the nearest memory and no step waits for another; see
 * forest.h. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "inversion/forest.h"

enum { LOT = 32 };

/* One step down for every pixel of a lot. A leaf leads to itself, so pixels that have arrived stay.
 */
static void step_down(const tl_forest_knot *restrict knot, const float *restrict x,
                      uint16_t *restrict at) {
    for (int i = 0; i < LOT; i++) {
        const tl_forest_knot k = knot[at[i]];
        const float value = x[(ptrdiff_t)k.feature * LOT + i];
        at[i] = (uint16_t)(k.left + !(value <= k.threshold));
    }
}

static void predict_lot(const tl_forest *f, const float *x, double *sum) {
    memset(sum, 0, LOT * sizeof *sum);
    for (ptrdiff_t t = 0; t < f->trees; t++) {
        const tl_forest_knot *knot = f->knot + f->root[t];
        const float *value = f->value + f->root[t];
        uint16_t at[LOT] = {0};
        for (int step = 0; step < f->depth[t]; step++) {
            step_down(knot, x, at);
        }
        for (int i = 0; i < LOT; i++) {
            sum[i] += (double)value[at[i]];
        }
    }
}

/* Copies the features of a lot; pixels with NaN, and those beyond the last one, become 0. */
static void take_lot(const tl_forest *f, const float *u, ptrdiff_t n, ptrdiff_t first, float *x,
                     int *missing) {
    const ptrdiff_t pixels = tl_min(n - first, LOT);
    memset(missing, 0, LOT * sizeof *missing);
    for (ptrdiff_t j = 0; j < f->m; j++) {
        const float *row = u + j * n + first;
        for (ptrdiff_t i = 0; i < LOT; i++) {
            const float value = i < pixels ? row[i] : 0.0F;
            const int bad = isnan(value);
            missing[i] |= bad;
            x[j * LOT + i] = bad ? 0.0F : value;
        }
    }
}

tl_code tl_inversion_forest_predict_block(const tl_forest *f, const float *u, ptrdiff_t n,
                                          double *value, tl_err *err) {
    float *x = tl_acquire(f->m, LOT * sizeof *x);
    if (x == NULL) {
        return tl_no_memory(err, "%td features", f->m);
    }
    for (ptrdiff_t first = 0; first < n; first += LOT) {
        int missing[LOT];
        double sum[LOT];
        take_lot(f, u, n, first, x, missing);
        predict_lot(f, x, sum);
        for (ptrdiff_t i = 0; i < LOT && first + i < n; i++) {
            value[first + i] = missing[i] ? (double)NAN : sum[i] / (double)f->trees;
        }
    }
    tl_release(x);
    return TL_OK;
}
