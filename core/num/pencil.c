/* SPDX-License-Identifier: GPL-2.0-or-later
 * Generalised symmetric eigenvalues through Cholesky's factor; see pencil.h. */
#include "num/pencil.h"

#include <math.h>

#include "num/cholesky.h"
#include "num/eigen.h"
#include "num/vector.h"

/* U of B = U'U from the lower triangle of b, into its upper one. */
static tl_code factor(tl_matrix *b, tl_err *err) {
    for (ptrdiff_t i = 0; i < b->nrow; i++) {
        for (ptrdiff_t j = 0; j < i; j++) {
            tl_matrix_row(b, j)[i] = tl_matrix_row(b, i)[j];
        }
    }
    return tl_num_cholesky_factor(b, err);
}

/* Rows of a become U^-T times them: forward substitution over all columns at once. */
static void divide_rows(const tl_matrix *u, tl_matrix *a) {
    const ptrdiff_t n = a->nrow;
    for (ptrdiff_t i = 0; i < n; i++) {
        const double *pivot = tl_matrix_row(u, i);
        double *row = tl_matrix_row(a, i);
        for (ptrdiff_t c = 0; c < n; c++) {
            row[c] /= pivot[i];
        }
        for (ptrdiff_t k = i + 1; k < n; k++) {
            tl_num_add_scaled(tl_matrix_row(a, k), -pivot[k], row, n);
        }
    }
}

static void transpose(tl_matrix *a) {
    for (ptrdiff_t i = 0; i < a->nrow; i++) {
        for (ptrdiff_t j = 0; j < i; j++) {
            const double kept = tl_matrix_row(a, i)[j];
            tl_matrix_row(a, i)[j] = tl_matrix_row(a, j)[i];
            tl_matrix_row(a, j)[i] = kept;
        }
    }
}

/* A becomes U^-T A U^-1, exactly symmetric. */
static void reduce(const tl_matrix *u, tl_matrix *a) {
    for (ptrdiff_t i = 0; i < a->nrow; i++) {
        for (ptrdiff_t j = 0; j < i; j++) {
            tl_matrix_row(a, j)[i] = tl_matrix_row(a, i)[j];
        }
    }
    divide_rows(u, a);
    transpose(a);
    divide_rows(u, a);
    for (ptrdiff_t i = 0; i < a->nrow; i++) {
        for (ptrdiff_t j = 0; j < i; j++) {
            tl_matrix_row(a, j)[i] = tl_matrix_row(a, i)[j];
        }
    }
}

/* w = U^-1 z in place, with its largest entry positive. */
static void finish_vector(const tl_matrix *u, double *w) {
    const ptrdiff_t n = u->nrow;
    for (ptrdiff_t i = n - 1; i >= 0; i--) {
        const double *row = tl_matrix_row(u, i);
        double sum = w[i];
        for (ptrdiff_t k = i + 1; k < n; k++) {
            sum -= row[k] * w[k];
        }
        w[i] = sum / row[i];
    }
    ptrdiff_t largest = 0;
    for (ptrdiff_t i = 1; i < n; i++) {
        largest = fabs(w[i]) > fabs(w[largest]) ? i : largest;
    }
    const double sign = w[largest] < 0.0 ? -1.0 : 1.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        w[i] *= sign;
    }
}

tl_code tl_num_pencil(tl_matrix *a, tl_matrix *b, double *values, tl_matrix *vectors, tl_err *err) {
    *vectors = (tl_matrix){0};
    const ptrdiff_t n = a->nrow;
    if (n < 1 || a->ncol != n || b->nrow != n || b->ncol != n) {
        return tl_fail(err, TL_SHAPE, "eigenvalues: %td x %td and %td x %td, wanted two squares",
                       a->nrow, a->ncol, b->nrow, b->ncol);
    }
    TL_TRY(factor(b, err));
    reduce(b, a);
    TL_TRY(tl_num_symmetric_eigen(a, values, vectors, err));
    for (ptrdiff_t i = 0; i < n; i++) {
        finish_vector(b, tl_matrix_row(vectors, i));
    }
    return TL_OK;
}
