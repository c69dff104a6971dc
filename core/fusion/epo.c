/* SPDX-License-Identifier: GPL-2.0-or-later
 * External parameter orthogonalisation; see epo.h. */
#include "fusion/epo.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "num/eigen.h"
#include "num/product.h"

/* A direction with less than this share of the largest singular value is rounding. */
static const double least_share = 1e-7;

static double inner(const double *a, const double *b, ptrdiff_t n) {
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

static tl_code take_difference(const tl_matrix *x, const tl_matrix *y, tl_matrix *d, tl_err *err) {
    TL_TRY(tl_matrix_init(d, x->nrow, x->ncol, err));
    for (ptrdiff_t k = 0; k < x->nrow * x->ncol; k++) {
        d->data[k] = x->data[k] - y->data[k];
        if (!isfinite(d->data[k])) {
            return tl_fail(err, TL_DATA,
                           "orthogonalisation: row %td of the pairs has no value in column %td; "
                           "remove the row or the band first",
                           k / x->ncol + 1, k % x->ncol + 1);
        }
    }
    return TL_OK;
}

/* Rows of v made orthonormal in their order. */
static void orthonormal(tl_matrix *v) {
    const ptrdiff_t p = v->ncol;
    for (ptrdiff_t a = 0; a < v->nrow; a++) {
        double *row = tl_matrix_row(v, a);
        for (int pass = 0; pass < 2; pass++) {
            for (ptrdiff_t b = 0; b < a; b++) {
                const double *before = tl_matrix_row(v, b);
                const double share = inner(row, before, p);
                for (ptrdiff_t j = 0; j < p; j++) {
                    row[j] -= share * before[j];
                }
            }
        }
        const double length = sqrt(inner(row, row, p));
        for (ptrdiff_t j = 0; j < p; j++) {
            row[j] /= length;
        }
    }
}

/* The first directions of d from the eigenvectors of the smaller of D D' and D'D. */
static tl_code take_directions(const tl_matrix *d, ptrdiff_t c, tl_epo *epo, tl_err *err) {
    const ptrdiff_t n = d->nrow;
    const ptrdiff_t p = d->ncol;
    const int by_rows = n < p;
    const ptrdiff_t m = by_rows ? n : p;
    tl_matrix gram = {0};
    tl_matrix vectors = {0};
    tl_matrix turned = {0};
    tl_code code;
    double *values = tl_acquire(m, sizeof *values);
    TL_CHECK(values == NULL ? tl_fail(err, TL_NOMEM, "out of memory") : TL_OK);
    TL_CHECK(tl_matrix_init(&gram, m, m, err));
    TL_CHECK(tl_matrix_init(&turned, p, n, err));
    tl_num_transpose(n, p, d->data, turned.data);
    if (by_rows) {
        tl_num_product(n, n, p, d->data, p, 1, turned.data, gram.data, 0);
    } else {
        tl_num_product(p, p, n, turned.data, n, 1, d->data, gram.data, 0);
    }
    TL_CHECK(tl_num_symmetric_eigen(&gram, values, &vectors, err));
    if (!(values[c - 1] > least_share * least_share * values[0]) || !(values[0] > 0.0)) {
        code =
            tl_fail(err, TL_DATA,
                    "orthogonalisation: the paired spectra differ in fewer than %td directions", c);
        goto done;
    }
    TL_CHECK(tl_matrix_init(&epo->direction, c, p, err));
    if (by_rows) {
        tl_num_product(c, p, n, vectors.data, n, 1, d->data, epo->direction.data, 0);
    } else {
        memcpy(epo->direction.data, vectors.data, (size_t)(c * p) * sizeof *vectors.data);
    }
    orthonormal(&epo->direction);
done:
    tl_release(values);
    tl_matrix_free(&gram);
    tl_matrix_free(&vectors);
    tl_matrix_free(&turned);
    return code;
}

tl_code tl_epo_fit(const tl_matrix *x, const tl_matrix *y, ptrdiff_t c, tl_epo *epo, tl_err *err) {
    *epo = (tl_epo){0};
    if (x->nrow != y->nrow || x->ncol != y->ncol || x->nrow < 1 || x->ncol < 1) {
        return tl_fail(err, TL_SHAPE,
                       "orthogonalisation needs pairs in the same bands, got %td x %td and %td x "
                       "%td values",
                       x->nrow, x->ncol, y->nrow, y->ncol);
    }
    const ptrdiff_t most = x->nrow < x->ncol ? x->nrow : x->ncol;
    if (c < 1 || c > most) {
        return tl_fail(err, TL_ARG, "orthogonalisation: %td directions asked for, wanted 1 to %td",
                       c, most);
    }
    tl_matrix d = {0};
    tl_code code = take_difference(x, y, &d, err);
    if (code == TL_OK) {
        code = take_directions(&d, c, epo, err);
    }
    tl_matrix_free(&d);
    if (code != TL_OK) {
        tl_epo_free(epo);
    }
    return code;
}

tl_code tl_epo_apply(const tl_epo *epo, tl_matrix *m, tl_err *err) {
    const ptrdiff_t p = epo->direction.ncol;
    if (m->ncol != p || p == 0) {
        return tl_fail(err, TL_SHAPE,
                       "orthogonalisation: spectra with %td bands for directions in %td bands",
                       m->ncol, p);
    }
    for (ptrdiff_t i = 0; i < m->nrow; i++) {
        double *row = tl_matrix_row(m, i);
        for (ptrdiff_t a = 0; a < epo->direction.nrow; a++) {
            const double *v = tl_matrix_row(&epo->direction, a);
            const double share = inner(row, v, p);
            for (ptrdiff_t j = 0; j < p; j++) {
                row[j] -= share * v[j];
            }
        }
    }
    return TL_OK;
}

void tl_epo_free(tl_epo *epo) {
    if (epo != NULL) {
        tl_matrix_free(&epo->direction);
        *epo = (tl_epo){0};
    }
}
