/* SPDX-License-Identifier: GPL-2.0-or-later
 * Cholesky's factorisation by rows, so that every inner loop runs over neighbouring numbers; see
 * cholesky.h. */
#include "num/cholesky.h"

#include <float.h>
#include <math.h>

#include "base/stop.h"
#include "num/vector.h"

/* Small systems are solved by the million and are over before anybody could ask. */
static tl_code stop_in_large(ptrdiff_t n, tl_err *err) {
    return n < 100 ? TL_OK : tl_stop_check(err);
}

tl_code tl_num_cholesky_factor(tl_matrix *a, tl_err *err) {
    if (a->nrow != a->ncol) {
        return tl_fail(err, TL_SHAPE, "cholesky: the matrix is %td x %td, wanted square", a->nrow,
                       a->ncol);
    }
    const ptrdiff_t n = a->nrow;
    /* The pivots shrink as rows are eliminated, so the floor is set by the largest entry at the
     * start. */
    double largest = 0.0;
    for (ptrdiff_t j = 0; j < n; j++) {
        largest = fmax(largest, fabs(tl_matrix_row(a, j)[j]));
    }
    const double floor = (double)n * DBL_EPSILON * largest;
    for (ptrdiff_t j = 0; j < n; j++) {
        TL_TRY(stop_in_large(n, err));
        double *u = tl_matrix_row(a, j);
        if (!(u[j] > floor) || !isfinite(u[j])) {
            return tl_fail(
                err, TL_NUMERIC,
                "cholesky: the %td x %td matrix is not positive definite (pivot %td is %g)", n, n,
                j + 1, u[j]);
        }
        const double scale = 1.0 / sqrt(u[j]);
        for (ptrdiff_t k = j; k < n; k++) {
            u[k] *= scale;
        }
        for (ptrdiff_t i = j + 1; i < n; i++) {
            tl_num_add_scaled(tl_matrix_row(a, i) + i, -u[i], u + i, n - i);
        }
    }
    return TL_OK;
}

tl_code tl_num_cholesky_substitute(const tl_matrix *factor, tl_matrix *b, tl_err *err) {
    const ptrdiff_t n = factor->nrow;
    const ptrdiff_t m = b->ncol;
    if (factor->ncol != n || b->nrow != n) {
        return tl_fail(err, TL_SHAPE, "cholesky: %td x %td right-hand sides for a %td x %td matrix",
                       b->nrow, m, n, factor->ncol);
    }
    for (ptrdiff_t j = 0; j < n; j++) {
        TL_TRY(stop_in_large(n, err));
        const double *u = tl_matrix_row(factor, j);
        double *z = tl_matrix_row(b, j);
        for (ptrdiff_t k = 0; k < m; k++) {
            z[k] /= u[j];
        }
        for (ptrdiff_t i = j + 1; i < n; i++) {
            tl_num_add_scaled(tl_matrix_row(b, i), -u[i], z, m);
        }
    }
    for (ptrdiff_t j = n - 1; j >= 0; j--) {
        TL_TRY(stop_in_large(n, err));
        const double *u = tl_matrix_row(factor, j);
        double *x = tl_matrix_row(b, j);
        for (ptrdiff_t i = j + 1; i < n; i++) {
            tl_num_add_scaled(x, -u[i], tl_matrix_row(b, i), m);
        }
        for (ptrdiff_t k = 0; k < m; k++) {
            x[k] /= u[j];
        }
    }
    return TL_OK;
}

tl_code tl_num_cholesky_solve(tl_matrix *a, tl_matrix *b, tl_err *err) {
    TL_TRY(tl_num_cholesky_factor(a, err));
    return tl_num_cholesky_substitute(a, b, err);
}
