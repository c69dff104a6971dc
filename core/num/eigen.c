/* SPDX-License-Identifier: GPL-2.0-or-later
 * Symmetric eigenproblems through GSL; see eigen.h. */
#include "num/eigen.h"

#include <gsl/gsl_eigen.h>
#include <gsl/gsl_errno.h>
#include <math.h>

#include "base/alloc.h"

/* Columns of v [n, n] become rows of out, with the signs that eigen.h promises. */
static void store_vectors(const double *v, tl_matrix *out) {
    const ptrdiff_t n = out->nrow;
    for (ptrdiff_t k = 0; k < n; k++) {
        double largest = 0.0;
        for (ptrdiff_t i = 0; i < n; i++) {
            const double entry = v[i * n + k];
            largest = fabs(entry) > fabs(largest) ? entry : largest;
        }
        for (ptrdiff_t i = 0; i < n; i++) {
            tl_matrix_row(out, k)[i] = largest < 0.0 ? -v[i * n + k] : v[i * n + k];
        }
    }
}

/* Larger entries would overflow in between, and the iteration would not end. */
static const double largest_entry = 1e140;

static int all_moderate(const tl_matrix *a) {
    for (ptrdiff_t k = 0; k < a->nrow * a->ncol; k++) {
        if (!(fabs(a->data[k]) <= largest_entry)) {
            return 0;
        }
    }
    return 1;
}

/* GSL computes in memory that is allocated here, [n, n] and [4, n]: its own allocation ends the
 * program when it fails, and its error handler, which would prevent that, is not safe from several
 * threads. */
static int decompose(tl_matrix *a, double *values, double *memory) {
    const size_t n = (size_t)a->nrow;
    double *rest = memory + n * n;
    gsl_eigen_symmv_workspace work = {
        .size = n, .d = rest, .sd = rest + n, .gc = rest + 2 * n, .gs = rest + 3 * n};
    gsl_matrix_view in = gsl_matrix_view_array(a->data, n, n);
    gsl_matrix_view v = gsl_matrix_view_array(memory, n, n);
    gsl_vector_view out = gsl_vector_view_array(values, n);
    return gsl_eigen_symmv(&in.matrix, &out.vector, &v.matrix, &work) == GSL_SUCCESS &&
           gsl_eigen_symmv_sort(&out.vector, &v.matrix, GSL_EIGEN_SORT_VAL_DESC) == GSL_SUCCESS;
}

tl_code tl_num_symmetric_eigen(tl_matrix *a, double *values, tl_matrix *vectors, tl_err *err) {
    *vectors = (tl_matrix){0};
    const ptrdiff_t n = a->nrow;
    if (n != a->ncol || n < 1) {
        return tl_fail(err, TL_SHAPE, "eigenvalues of a matrix of %td x %td", n, a->ncol);
    }
    if (!all_moderate(a)) {
        return tl_fail(err, TL_NUMERIC,
                       "eigenvalues of a matrix with entries that are not finite "
                       "or above 1e140");
    }
    tl_code code;
    double *memory = tl_acquire(n * (n + 4), sizeof *memory);
    TL_CHECK(tl_matrix_init(vectors, n, n, err));
    if (memory == NULL) {
        code = tl_no_memory(err, "%td eigenvalues", n);
    } else if (!decompose(a, values, memory)) {
        code = tl_fail(err, TL_NUMERIC, "%td eigenvalues were not found", n);
    } else {
        store_vectors(memory, vectors);
    }
done:
    tl_release(memory);
    if (code != TL_OK) {
        tl_matrix_free(vectors);
    }
    return code;
}
