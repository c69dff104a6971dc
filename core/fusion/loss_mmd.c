/* SPDX-License-Identifier: GPL-2.0-or-later
 * Maximum mean discrepancy and its gradient; see loss_mmd.h. */
#include "fusion/loss_mmd.h"

#include <math.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/wide.h"
#include "num/stats.h"

enum { MMD_MEDIAN_ROWS = 1000 };

typedef double lanes __attribute__((vector_size(32), aligned(8), may_alias));

/* Four sums side by side, so that one addition does not wait for another; the order is fixed. */
TL_WIDE_CLONES static double squared_distance(ptrdiff_t p, const double *a, const double *b) {
    lanes sum = {0};
    ptrdiff_t j = 0;
    for (; j + 4 <= p; j += 4) {
        const lanes d =
            *(const lanes *)(const void *)(a + j) - *(const lanes *)(const void *)(b + j);
        sum += d * d;
    }
    for (; j < p; j++) {
        sum[0] += (a[j] - b[j]) * (a[j] - b[j]);
    }
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

tl_code tl_fusion_mmd_scales(const tl_matrix *target, tl_mmd *mmd, tl_err *err) {
    const ptrdiff_t n = tl_min(target->nrow, MMD_MEDIAN_ROWS);
    const ptrdiff_t pairs = n * (n - 1) / 2;
    if (pairs < 1) {
        return tl_fail(err, TL_DATA, "fusion: the bandwidth needs at least 2 spectra, got %td", n);
    }
    double *distance = tl_acquire(pairs, sizeof *distance);
    if (distance == NULL) {
        return tl_no_memory(err, "the distances of %td spectra", n);
    }
    ptrdiff_t at = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        for (ptrdiff_t j = i + 1; j < n; j++) {
            distance[at++] =
                squared_distance(target->ncol, tl_matrix_row(target, i), tl_matrix_row(target, j));
        }
    }
    tl_num_sort(distance, pairs);
    double base = tl_num_quantile(distance, pairs, 0.5, 7) / 2.0;
    if (!(base > 0.0)) {
        /* Neighbours inherit their sample's lab spectrum, so most distances may be 0. */
        base = distance[pairs - 1] / 2.0;
    }
    tl_release(distance);
    if (!(base > 0.0)) {
        return tl_fail(err, TL_DATA, "fusion: all %td lab spectra are equal", n);
    }
    mmd->n_scales = 5;
    for (int k = 0; k < 5; k++) {
        mmd->scale[k] = base * ldexp(0.25, k);
    }
    return TL_OK;
}

/* Kernel value of a squared distance, and sum over scales of exp(..) / s. */
static double kernel(const tl_mmd *mmd, double d2, double *by_scale) {
    double sum = 0.0;
    *by_scale = 0.0;
    for (int k = 0; k < mmd->n_scales; k++) {
        const double e = exp(-d2 / (2.0 * mmd->scale[k]));
        sum += e;
        *by_scale += e / mmd->scale[k];
    }
    *by_scale /= (double)mmd->n_scales;
    return sum / (double)mmd->n_scales;
}

/* Adds factor (a - b) to da. */
TL_WIDE_CLONES static void pull(ptrdiff_t p, const double *a, const double *b, double factor,
                                double *restrict da) {
    for (ptrdiff_t j = 0; j < p; j++) {
        da[j] += factor * (a[j] - b[j]);
    }
}

/* Sum of k over all pairs of rows within x, each pair counted twice, plus the diagonal of the
 * biased form, divided by their number; the gradient of weight times that is added to dx. */
static double within(const tl_mmd *mmd, ptrdiff_t n, ptrdiff_t p, const double *x, double weight,
                     double *dx) {
    const double share = 1.0 / ((double)n * (double)(mmd->unbiased ? n - 1 : n));
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        for (ptrdiff_t j = i + 1; j < n; j++) {
            double by_scale;
            sum += kernel(mmd, squared_distance(p, x + i * p, x + j * p), &by_scale);
            if (dx != NULL) {
                const double factor = -2.0 * weight * share * by_scale;
                pull(p, x + i * p, x + j * p, factor, dx + i * p);
                pull(p, x + i * p, x + j * p, -factor, dx + j * p);
            }
        }
    }
    return share * (2.0 * sum + (mmd->unbiased ? 0.0 : (double)n));
}

double tl_fusion_mmd(const tl_mmd *mmd, ptrdiff_t n, ptrdiff_t m, ptrdiff_t p, const double *y,
                     const double *s, double weight, double *dy) {
    const double share = 1.0 / ((double)n * (double)m);
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        for (ptrdiff_t j = 0; j < m; j++) {
            double by_scale;
            sum += kernel(mmd, squared_distance(p, y + i * p, s + j * p), &by_scale);
            if (dy != NULL) {
                pull(p, y + i * p, s + j * p, 2.0 * weight * share * by_scale, dy + i * p);
            }
        }
    }
    return within(mmd, n, p, y, weight, dy) + within(mmd, m, p, s, 0.0, NULL) - 2.0 * share * sum;
}
