/* SPDX-License-Identifier: GPL-2.0-or-later
 * CV+ intervals; see interval.h. */
#include "inversion/interval.h"

#include <assert.h>
#include <math.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/wide.h"
#include "num/stats.h"

/* Copies the residuals fold by fold, largest first. */
static void sort_by_fold(tl_cv_plus *c, const double *residual, const int *fold) {
    ptrdiff_t at = 0;
    for (int j = 0; j < c->k; j++) {
        c->first[j] = at;
        for (ptrdiff_t i = 0; i < c->n; i++) {
            if (fold[i] == j) {
                c->residual[at++] = -residual[i];
            }
        }
        tl_num_sort(c->residual + c->first[j], at - c->first[j]);
    }
    c->first[c->k] = at;
    for (ptrdiff_t i = 0; i < c->n; i++) {
        c->residual[i] = -c->residual[i];
    }
}

tl_code tl_inversion_cv_plus_rank(ptrdiff_t n, double level, ptrdiff_t *rank, tl_err *err) {
    *rank = 0;
    if (!(level > 0.0 && level < 1.0)) {
        return tl_fail(err, TL_ARG, "level is %g, wanted a number between 0 and 1", level);
    }
    /* 1 - 0.9 is a little below 0.1; the small addition keeps whole products whole. */
    *rank = (ptrdiff_t)floor((1.0 - level) * (double)(n + 1) + 1e-9);
    if (*rank < 1) {
        return tl_fail(err, TL_DATA,
                       "level %g needs at least %.0f samples, there are %td; choose a lower level",
                       level, ceil(1.0 / (1.0 - level) - 1e-9) - 1.0, n);
    }
    return TL_OK;
}

tl_code tl_inversion_cv_plus_init(tl_cv_plus *c, const double *residual, const int *fold,
                                  ptrdiff_t n, int k, double level, tl_err *err) {
    *c = (tl_cv_plus){.k = k, .n = n};
    if (k < 1 || k > tl_cv_plus_max_folds) {
        return tl_fail(err, TL_ARG, "intervals from %d folds, wanted 1 to %d folds", k,
                       tl_cv_plus_max_folds);
    }
    TL_TRY(tl_inversion_cv_plus_rank(n, level, &c->rank, err));
    c->first = tl_acquire((ptrdiff_t)k + 1, sizeof *c->first);
    c->residual = tl_acquire(n, sizeof *c->residual);
    if (c->first == NULL || c->residual == NULL) {
        tl_inversion_cv_plus_free(c);
        return tl_no_memory(err, "the intervals of %td samples", n);
    }
    sort_by_fold(c, residual, fold);
    return TL_OK;
}

/* The rank-th largest of sign * prediction[j] + residual over all folds and residuals. */
static double far_value(const tl_cv_plus *c, const double *prediction, double sign) {
    const double *next[tl_cv_plus_max_folds];
    double head[tl_cv_plus_max_folds];
    assert(c->k >= 1);
    for (int j = 0; j < c->k; j++) {
        const int empty = c->first[j] == c->first[j + 1];
        next[j] = c->residual + c->first[j];
        head[j] = empty ? -(double)INFINITY : sign * prediction[j] + *next[j];
    }
    double value = (double)NAN;
    for (ptrdiff_t m = 0; m < c->rank; m++) {
        int top = 0;
        for (int j = 1; j < c->k; j++) {
            top = head[j] > head[top] ? j : top;
        }
        /* Every fold has a head. */
        /* NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Assign) */
        value = head[top];
        next[top]++;
        const int used_up = next[top] == c->residual + c->first[top + 1];
        head[top] = used_up ? -(double)INFINITY : sign * prediction[top] + *next[top];
    }
    return value;
}

void tl_inversion_cv_plus_interval(const tl_cv_plus *c, const double *prediction, double *lower,
                                   double *upper) {
    for (int j = 0; j < c->k; j++) {
        if (isnan(prediction[j])) {
            *lower = (double)NAN;
            *upper = (double)NAN;
            return;
        }
    }
    *upper = far_value(c, prediction, 1.0);
    *lower = -far_value(c, prediction, -1.0);
}

/* Samples side by side, and the largest rank for which keeping a sorted list of rank values per
 * sample is faster than merging. */
enum { SIDE_BY_SIDE = 64, SMALL_RANK = 16 };

/* Inserts the values c into the sorted lists top[from] >= ... >= top[rank - 1]. */
TL_WIDE_CLONES static void sink(double (*restrict top)[SIDE_BY_SIDE], ptrdiff_t from,
                                ptrdiff_t rank, double *restrict c) {
    for (ptrdiff_t j = from; j < rank; j++) {
        for (ptrdiff_t i = 0; i < SIDE_BY_SIDE; i++) {
            const double above = tl_max_double(top[j][i], c[i]);
            const double below = tl_min_double(c[i], top[j][i]);
            top[j][i] = above;
            c[i] = below;
        }
    }
}

/* far_value for up to SIDE_BY_SIDE samples: the rank largest sign * prediction + residual of each
 * are kept in order. The i-th residual of a fold follows i larger ones of its fold, so it enters
 * the list at position i. */
static void far_values(const tl_cv_plus *c, const double *prediction, ptrdiff_t stride, ptrdiff_t n,
                       double sign, double *value) {
    double top[SMALL_RANK][SIDE_BY_SIDE];
    double next[SIDE_BY_SIDE];
    for (ptrdiff_t j = 0; j < c->rank; j++) {
        for (ptrdiff_t i = 0; i < SIDE_BY_SIDE; i++) {
            top[j][i] = -(double)INFINITY;
        }
    }
    for (int k = 0; k < c->k; k++) {
        const ptrdiff_t count = c->first[k + 1] - c->first[k];
        for (ptrdiff_t m = 0; m < count && m < c->rank; m++) {
            const double residual = c->residual[c->first[k] + m];
            for (ptrdiff_t i = 0; i < SIDE_BY_SIDE; i++) {
                next[i] = i < n ? sign * prediction[k * stride + i] + residual : 0.0;
            }
            sink(top, m, c->rank, next);
        }
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        value[i] = sign * top[c->rank - 1][i];
    }
}

/* 1 when a fold's prediction of the sample is NaN. */
static int lacks_prediction(const tl_cv_plus *c, const double *prediction, ptrdiff_t stride) {
    int missing = 0;
    for (int k = 0; k < c->k; k++) {
        missing = missing || isnan(prediction[k * stride]);
    }
    return missing;
}

void tl_inversion_cv_plus_intervals(const tl_cv_plus *c, const double *prediction, ptrdiff_t stride,
                                    ptrdiff_t n, double *lower, double *upper) {
    if (c->rank > SMALL_RANK) {
        for (ptrdiff_t i = 0; i < n; i++) {
            double one[tl_cv_plus_max_folds];
            for (int k = 0; k < c->k; k++) {
                one[k] = prediction[k * stride + i];
            }
            tl_inversion_cv_plus_interval(c, one, &lower[i], &upper[i]);
        }
        return;
    }
    for (ptrdiff_t at = 0; at < n; at += SIDE_BY_SIDE) {
        const ptrdiff_t count = tl_min(n - at, SIDE_BY_SIDE);
        far_values(c, prediction + at, stride, count, 1.0, upper + at);
        far_values(c, prediction + at, stride, count, -1.0, lower + at);
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        if (lacks_prediction(c, prediction + i, stride)) {
            lower[i] = (double)NAN;
            upper[i] = (double)NAN;
        }
    }
}

void tl_inversion_cv_plus_free(tl_cv_plus *c) {
    if (c != NULL) {
        tl_release(c->first);
        tl_release(c->residual);
        *c = (tl_cv_plus){0};
    }
}
