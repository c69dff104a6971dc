/* SPDX-License-Identifier: GPL-2.0-or-later
 * The mean brightness around each cell of a scene, band by band, kept on a coarse grid. */
#include "atmosphere/background.h"

#include <math.h>

#include "atmosphere/boxmean.h"
#include "base/alloc.h"
#include "base/minmax.h"

tl_code tl_atmosphere_background_init(tl_background *b, ptrdiff_t n_bands, ptrdiff_t nrow,
                                      ptrdiff_t ncol, ptrdiff_t cell, tl_err *err) {
    *b = (tl_background){
        .n_bands = n_bands,
        .cell = cell,
        .nrow = (nrow + cell - 1) / cell,
        .ncol = (ncol + cell - 1) / cell,
    };
    const ptrdiff_t n = n_bands * b->nrow * b->ncol;
    b->mean = tl_acquire(n, sizeof *b->mean);
    b->count = tl_acquire(n, sizeof *b->count);
    if (b->mean == NULL || b->count == NULL) {
        tl_atmosphere_background_free(b);
        return tl_no_memory(err, "the surroundings of %td bands", n_bands);
    }
    return TL_OK;
}

void tl_atmosphere_background_add(tl_background *b, ptrdiff_t band, ptrdiff_t row,
                                  const float *values, ptrdiff_t ncol) {
    const ptrdiff_t start = (band * b->nrow + row / b->cell) * b->ncol;
    for (ptrdiff_t c = 0; c < ncol; c++) {
        if (isfinite(values[c])) {
            b->mean[start + c / b->cell] += values[c];
            b->count[start + c / b->cell]++;
        }
    }
}

tl_code tl_atmosphere_background_finish(tl_background *b, ptrdiff_t half, tl_err *err) {
    const ptrdiff_t n = b->nrow * b->ncol;
    for (ptrdiff_t band = 0; band < b->n_bands; band++) {
        float *mean = b->mean + band * n;
        for (ptrdiff_t i = 0; i < n; i++) {
            const int count = b->count[band * n + i];
            mean[i] = count > 0 ? mean[i] / (float)count : NAN;
        }
        tl_map_summary summary;
        TL_TRY(tl_atmosphere_box_mean(mean, b->nrow, b->ncol, half, &summary, err));
    }
    return TL_OK;
}

/* Coarse cells on both sides of a position, and the fraction of the distance between their
 * centres. */
static ptrdiff_t sides(ptrdiff_t at, ptrdiff_t cell, ptrdiff_t n, ptrdiff_t *next, float *part) {
    const double x = ((double)at + 0.5) / (double)cell - 0.5;
    ptrdiff_t low = x < 0.0 ? 0 : (ptrdiff_t)x;
    low = tl_min(n - 1, low);
    *next = tl_min(low + 1, n - 1);
    *part = (float)fmin(fmax(x - (double)low, 0.0), 1.0);
    return low;
}

void tl_atmosphere_background_row(const tl_background *b, ptrdiff_t band, ptrdiff_t row,
                                  ptrdiff_t ncol, float *out) {
    ptrdiff_t r1 = 0;
    float v = 0.0F;
    const ptrdiff_t r0 = sides(row, b->cell, b->nrow, &r1, &v);
    const float *upper = b->mean + (band * b->nrow + r0) * b->ncol;
    const float *lower = b->mean + (band * b->nrow + r1) * b->ncol;
    for (ptrdiff_t c = 0; c < ncol; c++) {
        ptrdiff_t c1 = 0;
        float u = 0.0F;
        const ptrdiff_t c0 = sides(c, b->cell, b->ncol, &c1, &u);
        const float top = upper[c0] + u * (upper[c1] - upper[c0]);
        const float bottom = lower[c0] + u * (lower[c1] - lower[c0]);
        out[c] = top + v * (bottom - top);
    }
}

void tl_atmosphere_background_free(tl_background *b) {
    if (b == NULL) {
        return;
    }
    tl_release(b->mean);
    tl_release(b->count);
    *b = (tl_background){0};
}
