/* SPDX-License-Identifier: GPL-2.0-or-later
 * Quality of the bands of a scene; see quality.h. */
#include "imagery/quality.h"

#include <math.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "num/stats.h"
#include "num/vector.h"

enum { CELLS = TL_NOISE_BLOCK * TL_NOISE_BLOCK };

/* --- noise --- */

/* Copies a block less its mean; 0 when it holds a NaN. */
static int centre_block(const float *rows, ptrdiff_t ncol, double out[CELLS]) {
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < CELLS; i++) {
        out[i] = (double)rows[i / TL_NOISE_BLOCK * ncol + i % TL_NOISE_BLOCK];
        sum += out[i];
    }
    for (ptrdiff_t i = 0; i < CELLS; i++) {
        out[i] -= sum / CELLS;
    }
    return !isnan(sum);
}

/* Variance of x beyond what the mean m of so many neighbours explains. */
static double block_variance(const double *x, const double *m, int neighbours) {
    const double square = tl_num_dot(m, m, CELLS);
    const double b = square > 0.0 ? tl_num_dot(x, m, CELLS) / square : 0.0;
    const double rest = fmax(0.0, tl_num_dot(x, x, CELLS) - b * tl_num_dot(x, m, CELLS));
    return rest / (CELLS - 2) / (1.0 + b * b / neighbours);
}

ptrdiff_t tl_imagery_noise_blocks(const float *band, const float *left, const float *right,
                                  ptrdiff_t n_rows, ptrdiff_t ncol, double *variance,
                                  ptrdiff_t capacity) {
    const ptrdiff_t across = ncol / TL_NOISE_BLOCK;
    const ptrdiff_t blocks = n_rows / TL_NOISE_BLOCK * across;
    const ptrdiff_t tried = tl_min(blocks, capacity);
    ptrdiff_t n = 0;
    for (ptrdiff_t k = 0; k < tried; k++) {
        const ptrdiff_t block = k * blocks / tried;
        const ptrdiff_t at = (block / across * ncol + block % across) * (ptrdiff_t)TL_NOISE_BLOCK;
        double x[CELLS];
        double m[CELLS];
        double v[CELLS];
        if (!centre_block(band + at, ncol, x) || !centre_block(left + at, ncol, m) ||
            (right != NULL && !centre_block(right + at, ncol, v))) {
            continue;
        }
        for (ptrdiff_t i = 0; i < CELLS && right != NULL; i++) {
            m[i] = 0.5 * (m[i] + v[i]);
        }
        variance[n++] = block_variance(x, m, right == NULL ? 1 : 2);
    }
    return n;
}

double tl_imagery_noise(double *variance, ptrdiff_t n) {
    if (n < 1) {
        return (double)NAN;
    }
    tl_num_sort(variance, n);
    const double median = 0.5 * (variance[(n - 1) / 2] + variance[n / 2]);
    /* Wilson and Hilferty: the median of a chi-square is dof (1 - 2 / (9 dof))^3. */
    return sqrt(median / pow(1.0 - 2.0 / (9.0 * (CELLS - 2)), 3.0));
}

/* --- smile --- */

/* Depths below the straight line between first and last band. */
static void depths(const double *profile, ptrdiff_t step, const double *centre_nm, ptrdiff_t n,
                   double *out) {
    const double first = profile[0];
    const double last = profile[(n - 1) * step];
    for (ptrdiff_t i = 0; i < n; i++) {
        const double share = (centre_nm[i] - centre_nm[0]) / (centre_nm[n - 1] - centre_nm[0]);
        out[i] = 1.0 - profile[i * step] / (first + share * (last - first));
    }
}

/* Range over 0..1 of the least-squares parabola through (column, shift). Columns without a shift
 * (NaN) are excluded. */
static double parabola_range(const double *shift, ptrdiff_t ncol) {
    double s[5] = {0};
    double y[3] = {0};
    for (ptrdiff_t c = 0; c < ncol; c++) {
        double power = 1.0;
        const double t = (double)c / (double)(ncol - 1) - 0.5;
        for (int k = 0; k < 5 && !isnan(shift[c]); k++) {
            s[k] += power;
            if (k < 3) {
                y[k] += power * shift[c];
            }
            power *= t;
        }
    }
    const double det = s[0] * (s[2] * s[4] - s[3] * s[3]) - s[1] * (s[1] * s[4] - s[3] * s[2]) +
                       s[2] * (s[1] * s[3] - s[2] * s[2]);
    const double p1 = (s[0] * (y[1] * s[4] - s[3] * y[2]) - y[0] * (s[1] * s[4] - s[3] * s[2]) +
                       s[2] * (s[1] * y[2] - y[1] * s[2])) /
                      det;
    const double p2 = (s[0] * (s[2] * y[2] - y[1] * s[3]) - s[1] * (s[1] * y[2] - y[1] * s[2]) +
                       y[0] * (s[1] * s[3] - s[2] * s[2])) /
                      det;
    const double ends[3] = {-0.5, 0.5, fmin(0.5, fmax(-0.5, -p1 / (2.0 * p2)))};
    double low = INFINITY;
    double high = -INFINITY;
    for (int k = 0; k < 3; k++) {
        const double value = isnan(ends[k]) ? 0.0 : p1 * ends[k] + p2 * ends[k] * ends[k];
        low = fmin(low, value);
        high = fmax(high, value);
    }
    return det > 0.0 ? high - low : (double)NAN;
}

/* Mean depths over all columns, and their slope with wavelength. */
static void mean_depths(const double *profile, const double *centre_nm, ptrdiff_t n, ptrdiff_t ncol,
                        double *column, double *mean, double *slope) {
    ptrdiff_t used = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        mean[i] = 0.0;
    }
    for (ptrdiff_t c = 0; c < ncol; c++) {
        depths(profile + c, ncol, centre_nm, n, column);
        double sum = 0.0;
        for (ptrdiff_t i = 0; i < n; i++) {
            sum += column[i];
        }
        for (ptrdiff_t i = 0; i < n && isfinite(sum); i++) {
            mean[i] += column[i];
        }
        used += isfinite(sum);
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        mean[i] /= (double)used;
    }
    /* Five-point differences; beyond the shoulders there is no line. With three points a line as
     * narrow as the bands would appear flatter than it is, and shifts larger. */
    const double step = (centre_nm[n - 1] - centre_nm[0]) / (double)(n - 1);
    for (ptrdiff_t i = 0; i < n; i++) {
        const double far = (i + 2 < n ? mean[i + 2] : 0.0) - (i > 1 ? mean[i - 2] : 0.0);
        const double near = (i + 1 < n ? mean[i + 1] : 0.0) - (i > 0 ? mean[i - 1] : 0.0);
        slope[i] = (8.0 * near - far) / (12.0 * step);
    }
}

double tl_imagery_smile_nm(const double *profile, const double *centre_nm, ptrdiff_t n,
                           ptrdiff_t ncol, double *depth) {
    double range = (double)NAN;
    *depth = (double)NAN;
    double *shift = n < 4 || ncol < 3 ? NULL : tl_acquire(ncol + 3 * n, sizeof *shift);
    if (shift == NULL) {
        return range;
    }
    double *column = shift + ncol;
    double *mean = column + n;
    double *slope = mean + n;
    mean_depths(profile, centre_nm, n, ncol, column, mean, slope);
    double square = 0.0;
    *depth = 0.0;
    for (ptrdiff_t i = 1; i + 1 < n; i++) {
        *depth = fmax(*depth, mean[i]);
        square += slope[i] * slope[i];
    }
    for (ptrdiff_t c = 0; c < ncol; c++) {
        double product = 0.0;
        depths(profile + c, ncol, centre_nm, n, column);
        for (ptrdiff_t i = 1; i + 1 < n; i++) {
            product += (column[i] - mean[i]) * slope[i];
        }
        shift[c] = -product / square;
    }
    if (*depth >= 0.05 && square > 0.0) {
        range = parabola_range(shift, ncol);
    }
    tl_release(shift);
    return range;
}

/* --- keystone --- */

void tl_imagery_keystone_add(tl_keystone *s, const float *a, const float *b, ptrdiff_t n_rows,
                             ptrdiff_t ncol) {
    for (ptrdiff_t r = 0; r < n_rows; r++) {
        for (ptrdiff_t c = 1; c + 1 < ncol; c++) {
            const float *here = a + r * ncol + c;
            const double v[3] = {(double)here[0], 0.5 * ((double)here[1] - (double)here[-1]),
                                 (double)b[r * ncol + c]};
            if (isnan(v[0] + v[1] + v[2])) {
                continue;
            }
            s->n += 1.0;
            for (int i = 0; i < 3; i++) {
                s->sum[i] += v[i];
                for (int j = 0; j < 3; j++) {
                    s->product[i][j] += v[i] * v[j];
                }
            }
        }
    }
}

double tl_imagery_keystone_columns(const tl_keystone *s) {
    double cov[3][3];
    for (int i = 0; i < 3; i++) {
        for (int j = 0; j < 3; j++) {
            cov[i][j] = s->product[i][j] / s->n - s->sum[i] / s->n * (s->sum[j] / s->n);
        }
    }
    const double correlation = cov[0][2] / sqrt(cov[0][0] * cov[2][2]);
    const double det = cov[0][0] * cov[1][1] - cov[0][1] * cov[0][1];
    const double q = (cov[0][2] * cov[1][1] - cov[1][2] * cov[0][1]) / det;
    const double g = (cov[1][2] * cov[0][0] - cov[0][2] * cov[0][1]) / det;
    return correlation >= 0.5 && det > 0.0 ? -g / q : (double)NAN;
}
