/* SPDX-License-Identifier: GPL-2.0-or-later
 * Standardising by training rows; see standardise.h. */
#include "inversion/standardise.h"

#include <math.h>

static const double no_weight = 1e30;

void tl_inversion_moments(const tl_matrix *x, double *mean, double *scale) {
    const ptrdiff_t n = x->nrow;
    const ptrdiff_t m = x->ncol;
    for (ptrdiff_t j = 0; j < m; j++) {
        mean[j] = 0.0;
        scale[j] = 0.0;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        for (ptrdiff_t j = 0; j < m; j++) {
            mean[j] += tl_matrix_row(x, i)[j] / (double)n;
        }
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        for (ptrdiff_t j = 0; j < m; j++) {
            const double d = tl_matrix_row(x, i)[j] - mean[j];
            scale[j] += d * d;
        }
    }
    for (ptrdiff_t j = 0; j < m; j++) {
        const double sd = n > 1 ? sqrt(scale[j] / (double)(n - 1)) : 0.0;
        scale[j] = sd > 1e-12 * fabs(mean[j]) ? sd : no_weight;
    }
}

tl_code tl_inversion_standardise(const tl_matrix *x, const double *mean, const double *scale,
                                 tl_matrix *to, tl_err *err) {
    TL_TRY(tl_matrix_init(to, x->nrow, x->ncol, err));
    for (ptrdiff_t i = 0; i < x->nrow; i++) {
        for (ptrdiff_t j = 0; j < x->ncol; j++) {
            tl_matrix_row(to, i)[j] = (tl_matrix_row(x, i)[j] - mean[j]) / scale[j];
        }
    }
    return TL_OK;
}

tl_code tl_inversion_squared_distances(const tl_matrix *a, const tl_matrix *b, tl_matrix *to,
                                       tl_err *err) {
    TL_TRY(tl_matrix_init(to, a->nrow, b->nrow, err));
    for (ptrdiff_t i = 0; i < a->nrow; i++) {
        for (ptrdiff_t j = 0; j < b->nrow; j++) {
            const double *p = tl_matrix_row(a, i);
            const double *q = tl_matrix_row(b, j);
            double sum = 0.0;
            for (ptrdiff_t c = 0; c < a->ncol; c++) {
                sum += (p[c] - q[c]) * (p[c] - q[c]);
            }
            tl_matrix_row(to, i)[j] = sum;
        }
    }
    return TL_OK;
}
