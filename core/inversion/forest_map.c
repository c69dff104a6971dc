/* SPDX-License-Identifier: GPL-2.0-or-later
 * Forests over many pixels: a block of pixels goes down one tree side by side, so that the tree and
 * the features of the block stay in the fastest cache and no step waits for another; see
 * forest.h. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "inversion/forest.h"

enum { BLOCK = 32 };

/* One step down for every pixel of a block. A leaf leads to itself, so pixels that have arrived
 * stay.
 */
static void step_down(const tl_forest_node *restrict node, const float *restrict x,
                      uint16_t *restrict at) {
    for (int i = 0; i < BLOCK; i++) {
        const tl_forest_node k = node[at[i]];
        const float value = x[(ptrdiff_t)k.feature * BLOCK + i];
        at[i] = (uint16_t)(k.left + !(value <= k.threshold));
    }
}

static void predict_block(const tl_forest *f, const float *x, double *sum) {
    memset(sum, 0, BLOCK * sizeof *sum);
    for (ptrdiff_t t = 0; t < f->trees; t++) {
        const tl_forest_node *node = f->node + f->root[t];
        const float *value = f->value + f->root[t];
        uint16_t at[BLOCK] = {0};
        for (int step = 0; step < f->depth[t]; step++) {
            step_down(node, x, at);
        }
        for (int i = 0; i < BLOCK; i++) {
            sum[i] += (double)value[at[i]];
        }
    }
}

/* Copies the features of a block; pixels with NaN, and positions after the last pixel, become 0. */
static void load_block(const tl_forest *f, const float *u, ptrdiff_t n, ptrdiff_t first, float *x,
                       int *missing) {
    const ptrdiff_t pixels = tl_min(n - first, BLOCK);
    memset(missing, 0, BLOCK * sizeof *missing);
    for (ptrdiff_t j = 0; j < f->m; j++) {
        const float *row = u + j * n + first;
        for (ptrdiff_t i = 0; i < BLOCK; i++) {
            const float value = i < pixels ? row[i] : 0.0F;
            const int bad = isnan(value);
            missing[i] |= bad;
            x[j * BLOCK + i] = bad ? 0.0F : value;
        }
    }
}

tl_code tl_inversion_forest_predict_block(const tl_forest *f, const float *u, ptrdiff_t n,
                                          double *value, tl_err *err) {
    float *x = tl_acquire(f->m, BLOCK * sizeof *x);
    if (x == NULL) {
        return tl_no_memory(err, "%td features", f->m);
    }
    for (ptrdiff_t first = 0; first < n; first += BLOCK) {
        int missing[BLOCK];
        double sum[BLOCK];
        load_block(f, u, n, first, x, missing);
        predict_block(f, x, sum);
        for (ptrdiff_t i = 0; i < BLOCK && first + i < n; i++) {
            value[first + i] = missing[i] ? (double)NAN : sum[i] / (double)f->trees;
        }
    }
    tl_release(x);
    return TL_OK;
}
