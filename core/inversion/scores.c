/* SPDX-License-Identifier: GPL-2.0-or-later
 * Scores and the choice of the number of components; see scores.h. */
#include "inversion/scores.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "num/stats.h"

/* Sums around the means of observed (o) and predicted (p). */
typedef struct co_moments {
    double mean_o;
    double mean_p;
    double oo;
    double pp;
    double op;
} co_moments;

static co_moments moments_of(const double *o, const double *p, ptrdiff_t n) {
    co_moments m = {.mean_o = tl_num_mean(o, n), .mean_p = tl_num_mean(p, n)};
    for (ptrdiff_t i = 0; i < n; i++) {
        const double a = o[i] - m.mean_o;
        const double b = p[i] - m.mean_p;
        m.oo += a * a;
        m.pp += b * b;
        m.op += a * b;
    }
    return m;
}

static double ratio(double a, double b) {
    return b > 0.0 ? a / b : (double)NAN;
}

tl_code tl_inversion_scores(const double *observed, const double *predicted, ptrdiff_t n,
                            tl_scores *scores, tl_err *err) {
    return tl_inversion_scores_of_type(observed, predicted, n, 7, scores, err);
}

tl_code tl_inversion_scores_of_type(const double *observed, const double *predicted, ptrdiff_t n,
                                    int quantile_type, tl_scores *scores, tl_err *err) {
    if (n < 1) {
        return tl_fail(err, TL_DATA, "scores need at least one sample");
    }
    if (quantile_type < 6 || quantile_type > 8) {
        return tl_fail(err, TL_ARG, "the type of the quartiles is %d, wanted 6, 7 or 8",
                       quantile_type);
    }
    double *work = tl_acquire(n, sizeof *work);
    if (work == NULL) {
        return tl_no_memory(err, "the scores of %td samples", n);
    }
    const double count = (double)n;
    double sse = 0.0;
    double sae = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        work[i] = predicted[i] - observed[i];
        sse += work[i] * work[i];
        sae += fabs(work[i]);
    }
    const co_moments m = moments_of(observed, predicted, n);
    *scores = (tl_scores){.n = n, .rmse = sqrt(sse / count), .mae = sae / count};
    scores->bias = tl_num_mean(work, n);
    scores->sep = tl_num_sd(work, n);
    scores->r2 = n < 10 ? (double)NAN : 1.0 - ratio(sse, m.oo);
    scores->slope = ratio(m.op, m.pp);
    const double apart = m.mean_o - m.mean_p;
    scores->ccc = ratio(2.0 * m.op / count, (m.oo + m.pp) / count + apart * apart);
    memcpy(work, observed, (size_t)n * sizeof *work);
    tl_num_sort(work, n);
    scores->rpiq = ratio(tl_num_quantile(work, n, 0.75, quantile_type) -
                             tl_num_quantile(work, n, 0.25, quantile_type),
                         scores->rmse);
    tl_release(work);
    return TL_OK;
}

static double column_mean(const tl_matrix *m, ptrdiff_t j) {
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < m->nrow; i++) {
        sum += tl_matrix_row(m, i)[j];
    }
    return sum / (double)m->nrow;
}

/* The largest mean squared error that the rule accepts. */
static double accepted_error(const tl_matrix *squared, ptrdiff_t best, tl_component_rule rule) {
    const double least = column_mean(squared, best);
    if (rule == TL_COMPONENTS_MIN) {
        return least;
    }
    if (rule == TL_COMPONENTS_TOL) {
        return 1.02 * 1.02 * least;
    }
    double spread = 0.0;
    for (ptrdiff_t i = 0; i < squared->nrow; i++) {
        const double d = tl_matrix_row(squared, i)[best] - least;
        spread += d * d;
    }
    const double n = (double)squared->nrow;
    return squared->nrow < 2 ? least : least + sqrt(spread / (n - 1.0)) / sqrt(n);
}

enum { RANDOMISATIONS = 999, WORSE_BELOW = 100 }; /* p = (1 + reached) / 1000 < 0.100 */

/* 1 when a components are significantly worse than the best number. */
static int is_worse(const tl_matrix *squared, ptrdiff_t a, ptrdiff_t best) {
    double observed = 0.0;
    for (ptrdiff_t i = 0; i < squared->nrow; i++) {
        observed += tl_matrix_row(squared, i)[a] - tl_matrix_row(squared, i)[best];
    }
    int reached = 0;
    for (int k = 0; k < RANDOMISATIONS && 1 + reached < WORSE_BELOW; k++) {
        tl_rng rng = tl_rng_start(k, TL_STREAM_PERMUTATION, (uint32_t)a);
        double sum = 0.0;
        for (ptrdiff_t i = 0; i < squared->nrow; i++) {
            const double d = tl_matrix_row(squared, i)[a] - tl_matrix_row(squared, i)[best];
            sum += tl_rng_uniform(&rng) < 0.5 ? -d : d;
        }
        reached += sum >= observed;
    }
    return 1 + reached < WORSE_BELOW;
}

static int is_accepted(const tl_matrix *squared, ptrdiff_t a, ptrdiff_t best, double limit,
                       tl_component_rule rule) {
    return rule == TL_COMPONENTS_RANDOMISATION ? !is_worse(squared, a, best)
                                               : column_mean(squared, a) <= limit;
}

int tl_inversion_choose_components(const tl_matrix *squared_errors, tl_component_rule rule) {
    ptrdiff_t best = 0;
    for (ptrdiff_t a = 1; a < squared_errors->ncol; a++) {
        best = column_mean(squared_errors, a) < column_mean(squared_errors, best) ? a : best;
    }
    const double limit = accepted_error(squared_errors, best, rule);
    for (ptrdiff_t a = 0; a < best; a++) {
        if (is_accepted(squared_errors, a, best, limit, rule)) {
            return (int)a + 1;
        }
    }
    return (int)best + 1;
}
