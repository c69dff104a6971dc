/* SPDX-License-Identifier: GPL-2.0-or-later
 * Pearson, Spearman and their significance over a selection of cells; see correlate.h. */
#include "mapstat/correlate.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "base/alloc.h"
#include "mapstat/effective.h"
#include "num/ranks.h"

typedef struct pair_scan {
    const tl_grid *a;
    const tl_grid *b;
    const tl_selection *selection;
} pair_scan;

static int counts(const pair_scan *s, ptrdiff_t row, ptrdiff_t col) {
    const ptrdiff_t at = tl_grid_at(s->a, row, col);
    return (s->selection->zone == NULL || s->selection->zone[at] == s->selection->wanted) &&
           !isnan(s->a->data[at]) && !isnan(s->b->data[at]);
}

/* Pearson's r of n pairs; NaN when a side is constant (its spread is lost in rounding). */
static double pearson_of(double n, double mean_a, double mean_b, double aa, double bb, double ab) {
    const double tiny = 1e-14;
    if (n < 3.0 || !(aa > tiny * n * mean_a * mean_a) || !(bb > tiny * n * mean_b * mean_b)) {
        return (double)NAN;
    }
    const double r = ab / sqrt(aa * bb);
    return r > 1.0 ? 1.0 : (r < -1.0 ? -1.0 : r);
}

static void pearson(const pair_scan *s, tl_correlation *out) {
    double sum_a = 0.0;
    double sum_b = 0.0;
    for (ptrdiff_t row = 0; row < s->a->nrow; row++) {
        for (ptrdiff_t col = s->selection->col_from; col < s->selection->col_to; col++) {
            if (counts(s, row, col)) {
                out->n++;
                sum_a += (double)s->a->data[tl_grid_at(s->a, row, col)];
                sum_b += (double)s->b->data[tl_grid_at(s->a, row, col)];
            }
        }
    }
    if (out->n < 3) {
        return;
    }
    const double mean_a = sum_a / (double)out->n;
    const double mean_b = sum_b / (double)out->n;
    double aa = 0.0;
    double bb = 0.0;
    double ab = 0.0;
    for (ptrdiff_t row = 0; row < s->a->nrow; row++) {
        for (ptrdiff_t col = s->selection->col_from; col < s->selection->col_to; col++) {
            if (counts(s, row, col)) {
                const double da = (double)s->a->data[tl_grid_at(s->a, row, col)] - mean_a;
                const double db = (double)s->b->data[tl_grid_at(s->a, row, col)] - mean_b;
                aa += da * da;
                bb += db * db;
                ab += da * db;
            }
        }
    }
    out->pearson = pearson_of((double)out->n, mean_a, mean_b, aa, bb, ab);
}

/* Two-sided probability of |r| or more by chance with n independent pairs. */
static double p_of(double r, double n) {
    if (isnan(r) || isnan(n) || n < 3.0) {
        return (double)NAN;
    }
    const double rest = 1.0 - r * r;
    if (!(rest > 0.0)) {
        return 0.0;
    }
    return 2.0 * gsl_cdf_tdist_Q(fabs(r) * sqrt((n - 2.0) / rest), n - 2.0);
}

/* --- ranks --- */

/* Values [n] of the selected cells of g. */
static void gather(const pair_scan *s, const tl_grid *g, float *values) {
    ptrdiff_t n = 0;
    for (ptrdiff_t row = 0; row < g->nrow; row++) {
        for (ptrdiff_t col = s->selection->col_from; col < s->selection->col_to; col++) {
            if (counts(s, row, col)) {
                values[n++] = g->data[tl_grid_at(g, row, col)];
            }
        }
    }
}

static tl_code spearman_of(const pair_scan *s, tl_correlation *out, tl_err *err) {
    const ptrdiff_t n = out->n;
    float *values = tl_acquire(n, sizeof *values);
    double *ranks = tl_acquire(2 * n, sizeof *ranks);
    tl_code code = TL_OK;
    if (values == NULL || ranks == NULL) {
        code = tl_fail(err, TL_NOMEM, "correlation: out of memory for the ranks of %td cells", n);
        goto done;
    }
    gather(s, s->a, values);
    TL_CHECK(tl_num_mean_ranks(values, n, ranks, err));
    gather(s, s->b, values);
    TL_CHECK(tl_num_mean_ranks(values, n, ranks + n, err));
    const double mean = 0.5 * ((double)n + 1.0);
    double aa = 0.0;
    double bb = 0.0;
    double ab = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        const double da = ranks[i] - mean;
        const double db = ranks[n + i] - mean;
        aa += da * da;
        bb += db * db;
        ab += da * db;
    }
    out->spearman = pearson_of((double)n, mean, mean, aa, bb, ab);
done:
    tl_release(values);
    tl_release(ranks);
    return code;
}

/* --- effective sample size --- */

static ptrdiff_t count_on_stride(const pair_scan *s, ptrdiff_t stride) {
    ptrdiff_t n = 0;
    for (ptrdiff_t row = 0; row < s->a->nrow; row += stride) {
        const ptrdiff_t from = (s->selection->col_from + stride - 1) / stride * stride;
        for (ptrdiff_t col = from; col < s->selection->col_to; col += stride) {
            n += counts(s, row, col);
        }
    }
    return n;
}

/* The finest regular sub-grid that has few enough cells. */
static void choose_stride(const pair_scan *s, tl_correlation *out) {
    const double thinning = sqrt((double)out->n / (double)TL_CORRELATE_SAMPLE);
    out->stride = thinning < 1.0 ? 1 : (ptrdiff_t)thinning;
    out->n_sample = count_on_stride(s, out->stride);
    while (out->n_sample > TL_CORRELATE_SAMPLE) {
        out->stride++;
        out->n_sample = count_on_stride(s, out->stride);
    }
}

static tl_code effective(const pair_scan *s, tl_correlation *out, tl_err *err) {
    double dx;
    double dy;
    TL_TRY(tl_georef_cell_m(&s->a->geo, s->a->nrow / 2, &dx, &dy, err));
    choose_stride(s, out);
    const ptrdiff_t n = out->n_sample;
    double *v = tl_acquire(4 * n, sizeof *v);
    if (v == NULL) {
        return tl_fail(err, TL_NOMEM, "correlation: out of memory for a sample of %td cells", n);
    }
    ptrdiff_t k = 0;
    for (ptrdiff_t row = 0; row < s->a->nrow; row += out->stride) {
        const ptrdiff_t from =
            (s->selection->col_from + out->stride - 1) / out->stride * out->stride;
        for (ptrdiff_t col = from; col < s->selection->col_to; col += out->stride) {
            if (counts(s, row, col)) {
                v[k] = (double)s->a->data[tl_grid_at(s->a, row, col)];
                v[n + k] = (double)s->b->data[tl_grid_at(s->a, row, col)];
                v[2 * n + k] = (double)col * dx;
                v[3 * n + k] = (double)row * dy;
                k++;
            }
        }
    }
    const tl_code code =
        tl_mapstat_effective(v, v + n, v + 2 * n, v + 3 * n, n, &out->n_effective, err);
    tl_release(v);
    out->n_effective = out->n_effective > (double)out->n ? (double)out->n : out->n_effective;
    return code;
}

tl_code tl_mapstat_correlate(const tl_grid *a, const tl_grid *b, const tl_selection *selection,
                             int spearman, tl_correlation *out, tl_err *err) {
    const double unknown = (double)NAN;
    *out = (tl_correlation){.pearson = unknown,
                            .spearman = unknown,
                            .p_naive = unknown,
                            .n_effective = unknown,
                            .p = unknown,
                            .stride = 1};
    if (a->nrow != b->nrow || a->ncol != b->ncol) {
        return tl_fail(err, TL_SHAPE,
                       "correlation: the maps have %td x %td and %td x %td cells; align them first",
                       a->nrow, a->ncol, b->nrow, b->ncol);
    }
    if (selection->col_from < 0 || selection->col_to > a->ncol) {
        return tl_fail(err, TL_ARG, "correlation: columns %td to %td are outside 0 to %td",
                       selection->col_from, selection->col_to, a->ncol);
    }
    const pair_scan s = {a, b, selection};
    pearson(&s, out);
    if (isnan(out->pearson)) {
        return TL_OK;
    }
    if (spearman) {
        TL_TRY(spearman_of(&s, out, err));
    }
    TL_TRY(effective(&s, out, err));
    out->p_naive = p_of(out->pearson, (double)out->n);
    out->p = p_of(out->pearson, out->n_effective);
    return TL_OK;
}
