/* SPDX-License-Identifier: GPL-2.0-or-later
 * Maps smoothed by the mean of a square window, with gaps filled. */
#include "atmosphere/boxmean.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/order.h"

static tl_code find_median(const float *map, ptrdiff_t n, tl_map_summary *s, tl_err *err) {
    *s = (tl_map_summary){.median = NAN, .lowest = NAN, .highest = NAN};
    float *valid = tl_acquire(n, sizeof *valid);
    if (valid == NULL) {
        return tl_no_memory(err, "the mean of %td cells", n);
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        if (isfinite(map[i])) {
            valid[s->n_valid++] = map[i];
        }
    }
    if (s->n_valid > 0) {
        qsort(valid, (size_t)s->n_valid, sizeof *valid, tl_order_floats);
        s->median = (double)valid[s->n_valid / 2];
    }
    tl_release(valid);
    return TL_OK;
}

/* Sums and counts of the rows 0..row, columns 0..col, with a border of zeros. */
typedef struct sums {
    ptrdiff_t ncol;
    double *sum;   /* [nrow + 1, ncol + 1] */
    double *count; /* [nrow + 1, ncol + 1] */
} sums;

static void accumulate(const float *map, ptrdiff_t nrow, sums *s) {
    const ptrdiff_t w = s->ncol + 1;
    for (ptrdiff_t r = 0; r < nrow; r++) {
        double sum = 0.0;
        double count = 0.0;
        for (ptrdiff_t c = 0; c < s->ncol; c++) {
            const float v = map[r * s->ncol + c];
            if (isfinite(v)) {
                sum += (double)v;
                count += 1.0;
            }
            s->sum[(r + 1) * w + c + 1] = s->sum[r * w + c + 1] + sum;
            s->count[(r + 1) * w + c + 1] = s->count[r * w + c + 1] + count;
        }
    }
}

static double box(const double *v, ptrdiff_t w, ptrdiff_t r0, ptrdiff_t r1, ptrdiff_t c0,
                  ptrdiff_t c1) {
    return v[r1 * w + c1] - v[r0 * w + c1] - v[r1 * w + c0] + v[r0 * w + c0];
}

static ptrdiff_t within(ptrdiff_t x, ptrdiff_t last) {
    return tl_max(0, tl_min(last, x));
}

static void write_means(const sums *s, ptrdiff_t nrow, ptrdiff_t half, double otherwise,
                        float *map) {
    for (ptrdiff_t r = 0; r < nrow; r++) {
        const ptrdiff_t r0 = within(r - half, nrow);
        const ptrdiff_t r1 = within(r + half + 1, nrow);
        for (ptrdiff_t c = 0; c < s->ncol; c++) {
            const ptrdiff_t c0 = within(c - half, s->ncol);
            const ptrdiff_t c1 = within(c + half + 1, s->ncol);
            const double count = box(s->count, s->ncol + 1, r0, r1, c0, c1);
            map[r * s->ncol + c] =
                (float)(count > 0.0 ? box(s->sum, s->ncol + 1, r0, r1, c0, c1) / count : otherwise);
        }
    }
}

tl_code tl_atmosphere_box_mean(float *map, ptrdiff_t nrow, ptrdiff_t ncol, ptrdiff_t half,
                               tl_map_summary *summary, tl_err *err) {
    TL_TRY(find_median(map, nrow * ncol, summary, err));
    const ptrdiff_t n = (nrow + 1) * (ncol + 1);
    sums s = {.ncol = ncol, .sum = tl_acquire(n, sizeof(double))};
    s.count = tl_acquire(n, sizeof(double));
    tl_code code = TL_OK;
    if (s.sum == NULL || s.count == NULL) {
        code = tl_no_memory(err, "the mean of %td cells", n);
    } else {
        accumulate(map, nrow, &s);
        write_means(&s, nrow, half, summary->median, map);
        for (ptrdiff_t i = 0; i < nrow * ncol; i++) {
            summary->lowest = fmin(summary->lowest, (double)map[i]);
            summary->highest = fmax(summary->highest, (double)map[i]);
        }
    }
    tl_release(s.sum);
    tl_release(s.count);
    return code;
}
