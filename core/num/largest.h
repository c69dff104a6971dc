/* SPDX-License-Identifier: GPL-2.0-or-later
 * Significance of the largest of many correlations: among hundreds of bands one is large by chance
 * alone. */
#ifndef TL_NUM_LARGEST_H
#define TL_NUM_LARGEST_H

#include <stddef.h>
#include <stdint.h>

#include "base/matrix.h"
#include "base/progress.h"
#include "base/status.h"

typedef struct tl_largest_options {
    ptrdiff_t n_permutation; /* 0 = no test */
    int64_t seed;
    int threads;
} tl_largest_options;

typedef struct tl_largest {
    ptrdiff_t at;   /* column of the largest |r|; -1 when no column has a correlation */
    double largest; /* its |r|; NaN without */
    double level;   /* 95 of 100 permutations stay at or below it; NaN below 19 permutations */
    double p;       /* of the largest |r|; NaN without permutations */
} tl_largest;

/* Compares the largest |Pearson r| of y with the columns of x to the largest ones that remain when
 * the values of y are permuted, over all columns together. The correlations between the columns are
 * preserved, and no distribution is assumed.
 *
 * x           [n, p] NaN = missing
 * y           [n] finite
 * counts      [p] 0: the column is left out
 * p_adjusted  [p] out: share of permutations, the real order included, whose largest |r| reaches
 *             that of the column; NaN for columns left out or constant, and without permutations
 * progress    NULL = silent
 * fails       TL_NOMEM; TL_CANCELLED
 * cost        O(n_permutation n p); a copy of x; the same result for any number of threads
 * source      Westfall & Young 1993, Resampling-Based Multiple Testing; Nichols & Holmes 2002,
 *             Hum. Brain Mapp. 15:1 (maximum statistic) */
tl_code tl_num_largest(const tl_matrix *x, const double *y, const int *counts,
                       const tl_largest_options *options, const tl_progress *progress,
                       double *p_adjusted, tl_largest *out, tl_err *err);

#endif
