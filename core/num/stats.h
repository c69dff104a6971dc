/* SPDX-License-Identifier: GPL-2.0-or-later
 * Plain descriptive statistics of one or two vectors of doubles.
 *
 * Sums run from the first to the last element in double, means are computed first and moments
 * around them, so results do not depend on threads. No function accepts NaN: callers remove missing
 * values first. */
#ifndef TL_NUM_STATS_H
#define TL_NUM_STATS_H

#include <stddef.h>

/* Arithmetic mean; NaN for n < 1. */
double tl_num_mean(const double *x, ptrdiff_t n);

/* Standard deviation with n - 1 in the denominator; NaN for n < 2. */
double tl_num_sd(const double *x, ptrdiff_t n);

/* Skewness m3 / m2^1.5 from plain moments (denominator n, no small-sample correction).
 *
 * NaN    for n < 1 or when all values are equal
 * source Joanes & Gill 1998, The Statistician 47:183, g1 */
double tl_num_skewness(const double *x, ptrdiff_t n);

/* Excess kurtosis m4 / m2^2 - 3 from plain moments; 0 for a normal distribution.
 *
 * NaN    for n < 1 or when all values are equal
 * source Joanes & Gill 1998, The Statistician 47:183, g2 */
double tl_num_kurtosis(const double *x, ptrdiff_t n);

/* Quantile of a vector that is sorted ascending.
 *
 * p      in [0, 1]
 * type   6 (the n + 1 rule), 7 (default of most statistics programs) or 8 (median-unbiased)
 * NaN    for n < 1, p outside [0, 1] or another type
 * source Hyndman & Fan 1996, Am. Stat. 50:361, definitions 6, 7 and 8 */
double tl_num_quantile(const double *sorted, ptrdiff_t n, double p, int type);

/* Pearson's correlation; NaN for n < 2 or when one vector is constant. */
double tl_num_pearson(const double *x, const double *y, ptrdiff_t n);

/* Sorts ascending in place. */
void tl_num_sort(double *x, ptrdiff_t n);

#endif
