/* SPDX-License-Identifier: GPL-2.0-or-later
 * Descriptive statistics; see stats.h. */
#include "num/stats.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "base/minmax.h"

double tl_num_mean(const double *x, ptrdiff_t n) {
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        sum += x[i];
    }
    return n < 1 ? (double)NAN : sum / (double)n;
}

double tl_num_sd(const double *x, ptrdiff_t n) {
    const double mean = tl_num_mean(x, n);
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        const double d = x[i] - mean;
        sum += d * d;
    }
    return n < 2 ? (double)NAN : sqrt(sum / (double)(n - 1));
}

/* The central moments 2, 3 and 4 with n in the denominator. */
static void central_moments(const double *x, ptrdiff_t n, double m[3]) {
    const double mean = tl_num_mean(x, n);
    m[0] = m[1] = m[2] = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        const double d = x[i] - mean;
        m[0] += d * d;
        m[1] += d * d * d;
        m[2] += d * d * d * d;
    }
    for (int k = 0; k < 3; k++) {
        m[k] /= (double)n;
    }
}

double tl_num_skewness(const double *x, ptrdiff_t n) {
    double m[3];
    central_moments(x, n, m);
    return m[0] > 0.0 ? m[1] / (m[0] * sqrt(m[0])) : (double)NAN;
}

double tl_num_kurtosis(const double *x, ptrdiff_t n) {
    double m[3];
    central_moments(x, n, m);
    return m[0] > 0.0 ? m[2] / (m[0] * m[0]) - 3.0 : (double)NAN;
}

double tl_num_quantile(const double *sorted, ptrdiff_t n, double p, int type) {
    if (n < 1 || !(p >= 0.0 && p <= 1.0) || type < 6 || type > 8) {
        return (double)NAN;
    }
    const double shift = type == 6 ? p : type == 7 ? 1.0 - p : (p + 1.0) / 3.0;
    const double position = (double)n * p + shift;
    /* A position that is a whole number apart from rounding must keep its lower neighbour. */
    const double below = floor(position + 4.0 * DBL_EPSILON);
    const double part = position - below;
    ptrdiff_t low = (ptrdiff_t)below - 1;
    ptrdiff_t high = low + 1;
    low = tl_max(0, tl_min(low, n - 1));
    high = tl_max(0, tl_min(high, n - 1));
    const double weight = fabs(part) < 4.0 * DBL_EPSILON ? 0.0 : part;
    return weight == 0.0 ? sorted[low] : (1.0 - weight) * sorted[low] + weight * sorted[high];
}

double tl_num_pearson(const double *x, const double *y, ptrdiff_t n) {
    const double mx = tl_num_mean(x, n);
    const double my = tl_num_mean(y, n);
    double sxx = 0.0;
    double syy = 0.0;
    double sxy = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        const double dx = x[i] - mx;
        const double dy = y[i] - my;
        sxx += dx * dx;
        syy += dy * dy;
        sxy += dx * dy;
    }
    if (n < 2 || !(sxx > 0.0) || !(syy > 0.0)) {
        return (double)NAN;
    }
    const double r = sxy / (sqrt(sxx) * sqrt(syy));
    return tl_min_double(1.0, tl_max_double(-1.0, r));
}

static int ascending(const void *a, const void *b) {
    const double x = *(const double *)a;
    const double y = *(const double *)b;
    return (x > y) - (x < y);
}

void tl_num_sort(double *x, ptrdiff_t n) {
    if (n > 1) {
        qsort(x, (size_t)n, sizeof *x, ascending);
    }
}
