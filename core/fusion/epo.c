/* SPDX-License-Identifier: GPL-2.0-or-later
 * External parameter orthogonalisation; see epo.h. */
#include "fusion/epo.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "fusion/groups.h"
#include "num/eigen.h"
#include "num/matrix_product.h"
#include "num/vector.h"

enum { EPO_FOLDS = 5 };

/* A direction with less than this share of the largest singular value is rounding. */
static const double least_share = 1e-7;

static tl_code compute_difference(const tl_matrix *x, const tl_matrix *y, tl_matrix *d,
                                  tl_err *err) {
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

/* Makes the rows of v orthonormal, one after the other. */
static void orthonormal(tl_matrix *v) {
    const ptrdiff_t p = v->ncol;
    for (ptrdiff_t a = 0; a < v->nrow; a++) {
        double *row = tl_matrix_row(v, a);
        for (int pass = 0; pass < 2; pass++) {
            for (ptrdiff_t b = 0; b < a; b++) {
                const double *before = tl_matrix_row(v, b);
                const double share = tl_num_dot(row, before, p);
                for (ptrdiff_t j = 0; j < p; j++) {
                    row[j] -= share * before[j];
                }
            }
        }
        const double length = sqrt(tl_num_dot(row, row, p));
        for (ptrdiff_t j = 0; j < p; j++) {
            row[j] /= length;
        }
    }
}

/* The first directions of d from the eigenvectors of the smaller of D D' and D'D. */
static tl_code find_directions(const tl_matrix *d, ptrdiff_t c, tl_epo *epo, tl_err *err) {
    const ptrdiff_t n = d->nrow;
    const ptrdiff_t p = d->ncol;
    const int by_rows = n < p;
    const ptrdiff_t m = by_rows ? n : p;
    tl_matrix gram = {0};
    tl_matrix vectors = {0};
    tl_matrix turned = {0};
    tl_code code;
    double *values = tl_acquire(m, sizeof *values);
    TL_CHECK(values == NULL ? tl_no_memory(err, "%td singular values", m) : TL_OK);
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

tl_code tl_fusion_epo_fit(const tl_matrix *x, const tl_matrix *y, ptrdiff_t c, tl_epo *epo,
                          tl_err *err) {
    *epo = (tl_epo){0};
    if (x->nrow != y->nrow || x->ncol != y->ncol || x->nrow < 1 || x->ncol < 1) {
        return tl_fail(err, TL_SHAPE,
                       "orthogonalisation needs pairs in the same bands, got %td x %td and %td x "
                       "%td values",
                       x->nrow, x->ncol, y->nrow, y->ncol);
    }
    const ptrdiff_t max_directions = tl_min(x->nrow, x->ncol);
    if (c < 1 || c > max_directions) {
        return tl_fail(err, TL_ARG,
                       "orthogonalisation: the number of directions is %td, wanted 1 to %td", c,
                       max_directions);
    }
    tl_matrix d = {0};
    tl_code code = compute_difference(x, y, &d, err);
    if (code == TL_OK) {
        code = find_directions(&d, c, epo, err);
    }
    tl_matrix_free(&d);
    if (code != TL_OK) {
        tl_fusion_epo_free(epo);
    }
    return code;
}

tl_code tl_fusion_epo_apply(const tl_epo *epo, tl_matrix *m, tl_err *err) {
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
            const double share = tl_num_dot(row, v, p);
            for (ptrdiff_t j = 0; j < p; j++) {
                row[j] -= share * v[j];
            }
        }
    }
    return TL_OK;
}

/* --- as a map --- */

static tl_code init_map(ptrdiff_t p, tl_ds *ds, tl_err *err) {
    *ds = (tl_ds){0};
    tl_code code = tl_matrix_init(&ds->slope, p, p, err);
    if (code == TL_OK) {
        code = tl_matrix_init(&ds->centre_in, 1, p, err);
    }
    if (code == TL_OK) {
        code = tl_matrix_init(&ds->centre_out, 1, p, err);
    }
    if (code != TL_OK) {
        tl_fusion_ds_free(ds);
    }
    return code;
}

tl_code tl_fusion_epo_map(const tl_epo *epo, const tl_matrix *x, const tl_matrix *y, tl_ds *ds,
                          tl_err *err) {
    const ptrdiff_t p = epo->direction.ncol;
    *ds = (tl_ds){0};
    if (x->ncol != p || y->ncol != p || x->nrow < 1 || y->nrow < 1) {
        return tl_fail(err, TL_SHAPE,
                       "orthogonalisation: spectra with %td and %td bands for directions in %td",
                       x->ncol, y->ncol, p);
    }
    TL_TRY(init_map(p, ds, err));
    tl_fusion_mean_sd(x, 0.0, tl_matrix_row(&ds->centre_in, 0), NULL);
    tl_fusion_mean_sd(y, 0.0, tl_matrix_row(&ds->centre_out, 0), NULL);
    double *out = tl_matrix_row(&ds->centre_out, 0);
    const double *in = tl_matrix_row(&ds->centre_in, 0);
    for (ptrdiff_t i = 0; i < p; i++) {
        tl_matrix_row(&ds->slope, i)[i] = 1.0;
    }
    /* The map sends the mean of x to its image: mean(x) + V V' (mean(y) - mean(x)). */
    for (ptrdiff_t a = 0; a < epo->direction.nrow; a++) {
        const double *v = tl_matrix_row(&epo->direction, a);
        for (ptrdiff_t i = 0; i < p; i++) {
            double *slope = tl_matrix_row(&ds->slope, i);
            for (ptrdiff_t j = 0; j < p; j++) {
                slope[j] -= v[i] * v[j];
            }
        }
    }
    for (ptrdiff_t j = 0; j < p; j++) {
        out[j] -= in[j];
    }
    tl_matrix kept = {.nrow = 1, .ncol = p, .data = out};
    double *apart = tl_acquire(p, sizeof *apart);
    if (apart == NULL) {
        tl_fusion_ds_free(ds);
        return tl_no_memory(err, "a spectrum of %td bands", p);
    }
    memcpy(apart, out, (size_t)p * sizeof *apart);
    const tl_code code = tl_fusion_epo_apply(epo, &kept, err);
    for (ptrdiff_t j = 0; j < p; j++) {
        out[j] = in[j] + (apart[j] - out[j]);
    }
    tl_release(apart);
    return code;
}

/* Remaining differences between the two sides of held-out pairs, and between their samples. */
typedef struct tl_epo_spread {
    double sides;
    double samples;
} tl_epo_spread;

static tl_code add_spread(const tl_ds *map, const tl_fold_rows *f, tl_epo_spread *sum,
                          tl_err *err) {
    tl_matrix from_x = {0};
    tl_matrix from_y = {0};
    tl_code code;
    TL_CHECK(tl_fusion_ds_apply(map, &f->x_test, &from_x, err));
    TL_CHECK(tl_fusion_ds_apply(map, &f->y_test, &from_y, err));
    for (ptrdiff_t i = 0; i < from_x.nrow; i++) {
        for (ptrdiff_t j = 0; j < from_x.ncol; j++) {
            const double sd = tl_matrix_row(&f->sd, 0)[j];
            const double lab = tl_matrix_row(&from_y, i)[j];
            const double between_sides = (tl_matrix_row(&from_x, i)[j] - lab) / sd;
            const double between_samples = (lab - tl_matrix_row(&f->sd, 1)[j]) / sd;
            sum->sides += between_sides * between_sides;
            sum->samples += between_samples * between_samples;
        }
    }
done:
    tl_matrix_free(&from_x);
    tl_matrix_free(&from_y);
    return code;
}

/* The choice of the number of directions. */
typedef struct direction_choice {
    ptrdiff_t max_directions;
    tl_epo_spread *sum; /* [max_directions] */
} direction_choice;

/* If the pairs of a fold have fewer directions, no more than these are tried from then on. */
static tl_code try_fold(const tl_fold_rows *f, void *work, tl_err *err) {
    direction_choice *choice = work;
    const ptrdiff_t rank = tl_min(f->x.nrow, f->x.ncol);
    for (ptrdiff_t c = 1; c <= choice->max_directions; c++) {
        tl_epo epo = {0};
        tl_ds map = {0};
        tl_code code = c > rank ? TL_DATA : tl_fusion_epo_fit(&f->x, &f->y, c, &epo, err);
        if (code == TL_DATA) {
            choice->max_directions = c - 1;
            return TL_OK;
        }
        if (code == TL_OK) {
            code = tl_fusion_epo_map(&epo, &f->x, &f->y, &map, err);
        }
        if (code == TL_OK) {
            code = add_spread(&map, f, &choice->sum[c - 1], err);
        }
        tl_fusion_epo_free(&epo);
        tl_fusion_ds_free(&map);
        TL_TRY(code);
    }
    return TL_OK;
}

tl_code tl_fusion_epo_choose(const tl_matrix *x, const tl_matrix *y, ptrdiff_t max_directions,
                             const ptrdiff_t *group, int64_t seed, tl_ds *ds, tl_err *err) {
    *ds = (tl_ds){0};
    tl_epo epo = {0};
    ptrdiff_t best = 0;
    tl_epo_spread *sum = tl_acquire(max_directions, sizeof *sum);
    if (sum == NULL) {
        return tl_no_memory(err, "the folds of %td rows", x->nrow);
    }
    memset(sum, 0, (size_t)max_directions * sizeof *sum);
    direction_choice choice = {.max_directions = max_directions, .sum = sum};
    tl_code code;
    TL_CHECK(tl_fusion_for_each_fold(x, y, group, EPO_FOLDS, seed, 0, try_fold, &choice, err));
    for (ptrdiff_t c = 1; c < choice.max_directions; c++) {
        const int less = sum[c].sides * sum[best].samples < sum[best].sides * sum[c].samples;
        best = less ? c : best;
    }
    TL_CHECK(tl_fusion_epo_fit(x, y, best + 1, &epo, err));
    TL_CHECK(tl_fusion_epo_map(&epo, x, y, ds, err));
done:
    tl_fusion_epo_free(&epo);
    tl_release(sum);
    return code;
}

void tl_fusion_epo_free(tl_epo *epo) {
    if (epo != NULL) {
        tl_matrix_free(&epo->direction);
        *epo = (tl_epo){0};
    }
}
