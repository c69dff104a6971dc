/* SPDX-License-Identifier: GPL-2.0-or-later
 * Correlation of two measured variables with gaps, and its usual test. */
#ifndef TL_NUM_PAIRS_H
#define TL_NUM_PAIRS_H

#include <stddef.h>

#include "base/status.h"

typedef struct tl_pairs {
    ptrdiff_t n;       /* pairs in which both values are present */
    double pearson;    /* NaN for n < 3 and where one variable is constant, as are the others */
    double p;          /* two-sided t-test of pearson, all pairs taken as independent */
    double spearman;   /* pearson of mean ranks */
    double p_spearman; /* the same t-test of spearman, an approximation for few pairs */
} tl_pairs;

/* Two-sided probability of a correlation of |r| or more among n independent normal pairs without
 * correlation: t = r sqrt((n - 2) / (1 - r^2)) on n - 2 degrees of freedom.
 *
 * NaN    for r NaN or n < 3 */
double tl_num_correlation_p(double r, ptrdiff_t n);

/* Pearson's and Spearman's correlation of the pairs in which both values are present.
 *
 * x, y   [n] any unit; values within one part in ten million of each other may share a rank
 * NaN    its pair is left out
 * fails  TL_NOMEM
 * cost   O(n log n), 40 bytes per pair while working
 * source Student 1908 Biometrika 6:302; Spearman 1904 Am. J. Psychol. 15:72 */
tl_code tl_num_correlate_pairs(const double *x, const double *y, ptrdiff_t n, tl_pairs *out,
                               tl_err *err);

#endif
