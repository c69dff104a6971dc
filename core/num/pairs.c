/* SPDX-License-Identifier: GPL-2.0-or-later
 * Correlation of pairs with gaps; see pairs.h. */
#include "num/pairs.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

#include "base/alloc.h"
#include "num/ranks.h"
#include "num/stats.h"

double tl_num_correlation_p(double r, ptrdiff_t n) {
    if (isnan(r) || n < 3) {
        return (double)NAN;
    }
    const double freedom = (double)(n - 2);
    const double rest = 1.0 - r * r;
    return rest > 0.0 ? 2.0 * gsl_cdf_tdist_Q(fabs(r) * sqrt(freedom / rest), freedom) : 0.0;
}

/* Compared by value: the mean of equal numbers may differ from them by rounding, which would
 * produce a correlation from nothing. */
static int is_constant(const double *x, ptrdiff_t n) {
    for (ptrdiff_t i = 1; i < n; i++) {
        if (x[i] > x[0] || x[i] < x[0]) {
            return 0;
        }
    }
    return 1;
}

/* Replaces x by its mean ranks.
 *
 * work  [n] work space */
static tl_code to_ranks(double *x, ptrdiff_t n, float *work, tl_err *err) {
    for (ptrdiff_t i = 0; i < n; i++) {
        work[i] = (float)x[i];
    }
    return tl_num_mean_ranks(work, n, x, err);
}

tl_code tl_num_correlate_pairs(const double *x, const double *y, ptrdiff_t n, tl_pairs *out,
                               tl_err *err) {
    const double none = (double)NAN;
    *out = (tl_pairs){.pearson = none, .p = none, .spearman = none, .p_spearman = none};
    double *a = tl_acquire(n, sizeof *a);
    double *b = tl_acquire(n, sizeof *b);
    float *work = tl_acquire(n, sizeof *work);
    tl_code code = TL_OK;
    if (a == NULL || b == NULL || work == NULL) {
        code = tl_no_memory(err, "%td pairs", n);
        goto done;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        if (!isnan(x[i]) && !isnan(y[i])) {
            a[out->n] = x[i];
            b[out->n++] = y[i];
        }
    }
    if (out->n < 3 || is_constant(a, out->n) || is_constant(b, out->n)) {
        goto done;
    }
    out->pearson = tl_num_pearson(a, b, out->n);
    out->p = tl_num_correlation_p(out->pearson, out->n);
    TL_CHECK(to_ranks(a, out->n, work, err));
    TL_CHECK(to_ranks(b, out->n, work, err));
    out->spearman = tl_num_pearson(a, b, out->n);
    out->p_spearman = tl_num_correlation_p(out->spearman, out->n);
done:
    tl_release(a);
    tl_release(b);
    tl_release(work);
    return code;
}
