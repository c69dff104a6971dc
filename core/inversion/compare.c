/* SPDX-License-Identifier: GPL-2.0-or-later
 * Paired comparison of models; see compare.h. */
#include "inversion/compare.h"

#include <math.h>

#include "base/alloc.h"
#include "num/distribution.h"
#include "num/stats.h"

/* factor: variance of the mean in units of the variance of the differences. */
static tl_code test_mean(const double *difference, ptrdiff_t n, double factor, double level,
                         tl_comparison *out, tl_err *err) {
    if (n < 2) {
        return tl_fail(
            err, TL_DATA,
            "a comparison of two models needs at least 2 paired differences, but there are %td", n);
    }
    if (!(level > 0.0 && level < 1.0)) {
        return tl_fail(err, TL_ARG,
                       "the level of the interval is %g, wanted a number between 0 and 1", level);
    }
    const double se = sqrt(factor) * tl_num_sd(difference, n);
    *out = (tl_comparison){.n = n, .mean = tl_num_mean(difference, n), .df = (double)(n - 1)};
    out->t = se > 0.0 ? out->mean / se : (double)NAN;
    out->p = se > 0.0 ? tl_num_t_two_sided(out->t, out->df) : (double)NAN;
    const double half = se * tl_num_t_quantile(0.5 + 0.5 * level, out->df);
    out->lower = out->mean - half;
    out->upper = out->mean + half;
    return TL_OK;
}

tl_code tl_inversion_paired_t(const double *difference, ptrdiff_t n, double level,
                              tl_comparison *out, tl_err *err) {
    return test_mean(difference, n, 1.0 / (double)n, level, out, err);
}

tl_code tl_inversion_corrected_t(const double *difference, ptrdiff_t n, double test_share,
                                 double level, tl_comparison *out, tl_err *err) {
    if (!(test_share > 0.0) || !isfinite(test_share)) {
        return tl_fail(err, TL_ARG,
                       "the ratio of test to training samples is %g, wanted a number above 0",
                       test_share);
    }
    return test_mean(difference, n, 1.0 / (double)n + test_share, level, out, err);
}

/* Mean difference of the squared errors in one fold of one repeat; returns its number of
 * samples. */
static ptrdiff_t fold_difference(const double *observed, const double *a, const double *b,
                                 const int *fold, ptrdiff_t n, int k, double *difference) {
    ptrdiff_t count = 0;
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        if (fold[i] == k) {
            const double ea = a[i] - observed[i];
            const double eb = b[i] - observed[i];
            sum += ea * ea - eb * eb;
            count++;
        }
    }
    *difference = sum / (double)count;
    return count;
}

tl_code tl_inversion_compare_repeats(const double *observed, const tl_matrix *a, const tl_matrix *b,
                                     const int *fold, int folds, double level, tl_comparison *out,
                                     tl_err *err) {
    if (a->nrow != b->nrow || a->ncol != b->ncol) {
        return tl_fail(err, TL_SHAPE,
                       "two models cannot be compared on %td x %td and %td x %td predictions",
                       a->nrow, a->ncol, b->nrow, b->ncol);
    }
    const ptrdiff_t n = a->ncol;
    double *difference = tl_acquire(a->nrow * folds, sizeof *difference);
    if (difference == NULL) {
        return tl_no_memory(err, "the comparison of two models");
    }
    ptrdiff_t count = 0;
    double share = 0.0;
    for (ptrdiff_t r = 0; r < a->nrow; r++) {
        for (int k = 0; k < folds; k++) {
            const ptrdiff_t tested =
                fold_difference(observed, tl_matrix_row(a, r), tl_matrix_row(b, r), fold + r * n, n,
                                k, &difference[count]);
            if (tested > 0 && tested < n) {
                share += (double)tested / (double)(n - tested);
                count++;
            }
        }
    }
    const tl_code code = tl_inversion_corrected_t(
        difference, count, count > 0 ? share / (double)count : 1.0, level, out, err);
    tl_release(difference);
    return code;
}
