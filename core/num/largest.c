/* SPDX-License-Identifier: GPL-2.0-or-later
 * The permutation test of the largest correlation; see largest.h. */
#include "num/largest.h"

#include <math.h>

#include "base/alloc.h"
#include "base/parfor.h"
#include "base/rng.h"
#include "num/stats.h"

/* Two sums over the same values in another order differ by rounding only. */
static const double rounding = 1e-10;

typedef struct work {
    ptrdiff_t n;
    ptrdiff_t p;
    const double *y;
    const tl_largest_options *options;
    double *column; /* [p, n] centred, sum of squares 1; NaN where missing */
    int *whole;     /* [p] 1: nothing is missing */
    int *counts;    /* [p] */
    double *maxima; /* [n_permutation] */
} work;

static void free_work(work *w) {
    tl_release(w->column);
    tl_release(w->whole);
    tl_release(w->counts);
    tl_release(w->maxima);
}

/* Centres and scales column j of x; a constant one does not count. */
static void prepare_column(work *w, const tl_matrix *x, ptrdiff_t j) {
    double *z = w->column + j * w->n;
    double sum = 0.0;
    double squares = 0.0;
    double low = (double)INFINITY;
    double high = -(double)INFINITY;
    ptrdiff_t m = 0;
    for (ptrdiff_t i = 0; i < w->n; i++) {
        z[i] = tl_matrix_row(x, i)[j];
        if (!isnan(z[i])) {
            sum += z[i];
            low = fmin(low, z[i]);
            high = fmax(high, z[i]);
            m++;
        }
    }
    w->whole[j] = m == w->n;
    w->counts[j] = w->counts[j] && m >= 3 && low < high;
    for (ptrdiff_t i = 0; i < w->n; i++) {
        z[i] -= sum / (double)m;
        squares += isnan(z[i]) ? 0.0 : z[i] * z[i];
    }
    for (ptrdiff_t i = 0; i < w->n; i++) {
        z[i] /= sqrt(squares);
    }
}

/* |r| of a prepared column with y. */
static double correlation(const work *w, ptrdiff_t j, const double *y) {
    const double *z = w->column + j * w->n;
    double product = 0.0;
    double sum = 0.0;
    double squares = 0.0;
    ptrdiff_t m = 0;
    for (ptrdiff_t i = 0; i < w->n; i++) {
        if (w->whole[j] || !isnan(z[i])) {
            product += z[i] * y[i];
            sum += y[i];
            squares += y[i] * y[i];
            m++;
        }
    }
    const double spread = squares - sum * sum / (double)m;
    return spread > 1e-12 * squares ? fabs(product) / sqrt(spread) : 0.0;
}

static tl_code one_permutation(void *arg, ptrdiff_t block, tl_err *err) {
    const work *w = arg;
    ptrdiff_t *order = tl_acquire(w->n, sizeof *order);
    double *y = tl_acquire(w->n, sizeof *y);
    if (order == NULL || y == NULL) {
        tl_release(order);
        tl_release(y);
        return tl_no_memory(err, "a permutation of %td samples", w->n);
    }
    tl_rng random = tl_rng_start(w->options->seed, TL_STREAM_PERMUTATION, (uint32_t)block);
    tl_rng_permutation(&random, w->n, order);
    for (ptrdiff_t i = 0; i < w->n; i++) {
        y[i] = w->y[order[i]];
    }
    double largest = 0.0;
    for (ptrdiff_t j = 0; j < w->p; j++) {
        if (w->counts[j]) {
            largest = fmax(largest, correlation(w, j, y));
        }
    }
    w->maxima[block] = largest;
    tl_release(order);
    tl_release(y);
    return TL_OK;
}

/* Share of the permutations, the real order among them, that reach r. */
static double share(const work *w, double r) {
    const ptrdiff_t n = w->options->n_permutation;
    ptrdiff_t reached = 1;
    for (ptrdiff_t k = 0; k < n; k++) {
        reached += w->maxima[k] >= r - rounding;
    }
    return n == 0 || isnan(r) ? (double)NAN : (double)reached / (double)(n + 1);
}

/* y around its mean, so that its spread is not lost among the squares of large numbers. */
static double *centred(const double *y, ptrdiff_t n) {
    double *out = tl_acquire(n, sizeof *out);
    const double mean = tl_num_mean(y, n);
    for (ptrdiff_t i = 0; out != NULL && i < n; i++) {
        out[i] = y[i] - mean;
    }
    return out;
}

static void take_largest(work *w, double *p_adjusted, tl_largest *out) {
    const ptrdiff_t n = w->options->n_permutation;
    for (ptrdiff_t j = 0; j < w->p; j++) {
        const double r = w->counts[j] ? correlation(w, j, w->y) : (double)NAN;
        p_adjusted[j] = share(w, r);
        if (r > out->largest || (out->at < 0 && !isnan(r))) {
            out->at = j;
            out->largest = r;
        }
    }
    out->p = share(w, out->largest);
    if (n >= 19) {
        tl_num_sort(w->maxima, n);
        /* The n + 1 rule: a correlation above the level has a p of at most 0.05. */
        out->level = tl_num_quantile(w->maxima, n, 0.95, 6);
    }
}

tl_code tl_num_largest(const tl_matrix *x, const double *y, const int *counts,
                       const tl_largest_options *options, const tl_progress *progress,
                       double *p_adjusted, tl_largest *out, tl_err *err) {
    const double none = (double)NAN;
    double *middle = centred(y, x->nrow);
    work w = {.n = x->nrow, .p = x->ncol, .y = middle, .options = options};
    *out = (tl_largest){.at = -1, .largest = none, .level = none, .p = none};
    w.column = tl_acquire(w.n * w.p, sizeof *w.column);
    w.whole = tl_acquire(w.p, sizeof *w.whole);
    w.counts = tl_acquire(w.p, sizeof *w.counts);
    w.maxima = tl_acquire(options->n_permutation, sizeof *w.maxima);
    tl_code code = TL_OK;
    if (middle == NULL || w.column == NULL || w.whole == NULL || w.counts == NULL ||
        w.maxima == NULL) {
        code = tl_no_memory(err, "%td x %td values", w.n, w.p);
        goto done;
    }
    for (ptrdiff_t j = 0; j < w.p; j++) {
        w.counts[j] = counts[j];
        prepare_column(&w, x, j);
    }
    TL_CHECK(
        tl_parfor(options->threads, options->n_permutation, one_permutation, &w, progress, err));
    take_largest(&w, p_adjusted, out);
done:
    tl_release(middle);
    free_work(&w);
    return code;
}
