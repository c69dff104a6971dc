/* SPDX-License-Identifier: GPL-2.0-or-later
 * Whether one model is better than another on the same divisions of the same samples. */
#ifndef TL_INVERSION_COMPARE_H
#define TL_INVERSION_COMPARE_H

#include <stddef.h>

#include "base/matrix.h"
#include "base/status.h"

typedef struct tl_comparison {
    ptrdiff_t n;  /* differences */
    double mean;  /* of the differences */
    double lower; /* interval of the mean at the given level */
    double upper;
    double t;  /* mean / standard error; NaN when all differences are equal */
    double df; /* n - 1 */
    double p;  /* two-sided; NaN with t */
} tl_comparison;

/* Student's t for paired differences, for example one per scene or per independent data set.
 *
 * difference  [n] finite
 * level       of the interval, in (0, 1)
 * fails       TL_DATA n below 2; TL_ARG level outside (0, 1)
 * source      Student 1908, Biometrika 6:1 */
tl_code tl_inversion_paired_t(const double *difference, ptrdiff_t n, double level,
                              tl_comparison *out, tl_err *err);

/* The same for differences of repeated cross-validation, which share most of their training
 * samples: the variance of the mean is (1/n + test_share) s^2 instead of s^2 / n.
 *
 * difference  [n] one per fold and repeat
 * test_share  n_test / n_train of one division, above 0; 1 / (k - 1) for k folds
 * fails       as tl_inversion_paired_t; TL_ARG test_share not above 0
 * source      Nadeau & Bengio 2003, Machine Learning 52:239, section 4; repeats: Bouckaert & Frank
 *             2004, PAKDD, LNAI 3056:3 */
tl_code tl_inversion_corrected_t(const double *difference, ptrdiff_t n, double test_share,
                                 double level, tl_comparison *out, tl_err *err);

/* The corrected t for two models by their predictions: difference = mean squared error of a - that
 * of b in every fold of every repeat, so below 0 means that a is better.
 *
 * observed   [n] finite
 * a, b       [repeats, n] predictions of both models, same divisions
 * fold       [repeats * n] fold of sample i in repeat r at r n + i; -1 = never tested
 * folds      of every repeat; folds without a sample are skipped
 * fails      as tl_inversion_corrected_t; TL_SHAPE the matrices differ; TL_NOMEM */
tl_code tl_inversion_compare_repeats(const double *observed, const tl_matrix *a, const tl_matrix *b,
                                     const int *fold, int folds, double level, tl_comparison *out,
                                     tl_err *err);

#endif
