/* SPDX-License-Identifier: GPL-2.0-or-later
 * Direct standardisation by ridge regression in the space of the samples; see ds.h. */
#include "fusion/ds.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "fusion/groups.h"
#include "num/cholesky.h"
#include "num/matrix_product.h"

enum { DS_FOLDS = 5, DS_LAMBDAS = 8, DS_APPLY_ROWS = 256 };

static const double ds_lambdas[DS_LAMBDAS] = {1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1};

/* Subtracts mean from every row of x. */
static void centre_rows(tl_matrix *x, const double *mean) {
    for (ptrdiff_t i = 0; i < x->nrow; i++) {
        double *row = tl_matrix_row(x, i);
        for (ptrdiff_t j = 0; j < x->ncol; j++) {
            row[j] -= mean[j];
        }
    }
}

/* out [a->nrow, b->nrow] = A B' into the uninitialised out. */
static tl_code cross_products(const tl_matrix *a, const tl_matrix *b, tl_matrix *out, tl_err *err) {
    tl_matrix turned = {0};
    TL_TRY(tl_matrix_init(&turned, b->ncol, b->nrow, err));
    tl_code code = tl_matrix_init(out, a->nrow, b->nrow, err);
    if (code == TL_OK) {
        tl_num_transpose(b->nrow, b->ncol, b->data, turned.data);
        tl_num_product(a->nrow, b->nrow, a->ncol, a->data, a->ncol, 1, turned.data, out->data, 0);
    }
    tl_matrix_free(&turned);
    return code;
}

static double trace_of(const tl_matrix *k) {
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < k->nrow; i++) {
        sum += tl_matrix_row(k, i)[i];
    }
    return sum;
}

/* Solves (K + lambda trace(K)/n I) W = rhs in place of rhs; ridged is scratch of K's shape. */
static tl_code solve_ridge(const tl_matrix *k, double lambda, tl_matrix *ridged, tl_matrix *rhs,
                           tl_err *err) {
    memcpy(ridged->data, k->data, (size_t)(k->nrow * k->ncol) * sizeof *k->data);
    const double ridge = lambda * trace_of(k) / (double)k->nrow;
    for (ptrdiff_t i = 0; i < k->nrow; i++) {
        tl_matrix_row(ridged, i)[i] += ridge;
    }
    return tl_num_cholesky_solve(ridged, rhs, err);
}

/* What one fold of the search for lambda needs: centred training and test rows. */
typedef struct ds_fold {
    tl_matrix x;
    tl_matrix y;
    tl_matrix x_test;
    tl_matrix y_test;
    tl_matrix kernel; /* [n, n] */
    tl_matrix cross;  /* [n, n_test] */
    tl_matrix ridged; /* scratch */
    tl_matrix stats;  /* [3, max(p_in, p_out)]: mean of x; mean and sd of y */
} ds_fold;

static void ds_fold_free(ds_fold *f) {
    tl_matrix *all[] = {&f->x,      &f->y,     &f->x_test, &f->y_test,
                        &f->kernel, &f->cross, &f->ridged, &f->stats};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        tl_matrix_free(all[i]);
    }
}

static tl_code ds_fold_open(const tl_matrix *x, const tl_matrix *y, const ptrdiff_t *fold,
                            ptrdiff_t k, ds_fold *f, tl_err *err) {
    const ptrdiff_t widest = tl_max(x->ncol, y->ncol);
    TL_TRY(tl_fusion_take_fold(x, fold, k, 0, &f->x, err));
    TL_TRY(tl_fusion_take_fold(y, fold, k, 0, &f->y, err));
    TL_TRY(tl_fusion_take_fold(x, fold, k, 1, &f->x_test, err));
    TL_TRY(tl_fusion_take_fold(y, fold, k, 1, &f->y_test, err));
    TL_TRY(tl_matrix_init(&f->stats, 3, widest, err));
    double *mean_x = tl_matrix_row(&f->stats, 0);
    double *mean_y = tl_matrix_row(&f->stats, 1);
    tl_fusion_mean_sd(&f->x, 0.0, mean_x, NULL);
    tl_fusion_mean_sd(&f->y, 1e-6, mean_y, tl_matrix_row(&f->stats, 2));
    centre_rows(&f->x, mean_x);
    centre_rows(&f->x_test, mean_x);
    centre_rows(&f->y, mean_y);
    centre_rows(&f->y_test, mean_y);
    TL_TRY(cross_products(&f->x, &f->x, &f->kernel, err));
    TL_TRY(cross_products(&f->x, &f->x_test, &f->cross, err));
    return tl_matrix_init(&f->ridged, f->x.nrow, f->x.nrow, err);
}

/* Adds sum(((y - s) / sd_band)^2) over the test rows of the fold. */
static tl_code ds_fold_error(ds_fold *f, double lambda, double *sum, tl_err *err) {
    const ptrdiff_t n_test = f->x_test.nrow;
    const ptrdiff_t p = f->y.ncol;
    tl_matrix weights = {0};
    tl_matrix made = {0};
    tl_code code;
    TL_CHECK(tl_matrix_copy(&weights, &f->cross, err));
    TL_CHECK(solve_ridge(&f->kernel, lambda, &f->ridged, &weights, err));
    TL_CHECK(tl_matrix_init(&made, n_test, p, err));
    tl_num_product(n_test, p, f->x.nrow, weights.data, 1, n_test, f->y.data, made.data, 0);
    tl_fusion_add_squares(&made, &f->y_test, tl_matrix_row(&f->stats, 2), sum);
done:
    tl_matrix_free(&weights);
    tl_matrix_free(&made);
    return code;
}

/* The lambda with the least error over all folds; ties go to the stronger ridge. */
static tl_code choose_lambda(const tl_matrix *x, const tl_matrix *y, const ptrdiff_t *group,
                             int64_t seed, double *lambda, tl_err *err) {
    double sum[DS_LAMBDAS] = {0};
    ptrdiff_t folds = 0;
    ptrdiff_t *fold = tl_acquire(x->nrow, sizeof *fold);
    if (fold == NULL) {
        return tl_no_memory(err, "the folds of %td rows", x->nrow);
    }
    tl_code code;
    TL_CHECK(tl_fusion_divide_up_to(group, x->nrow, DS_FOLDS, seed, 0, fold, &folds, err));
    for (ptrdiff_t k = 0; k < folds; k++) {
        ds_fold f = {0};
        code = ds_fold_open(x, y, fold, k, &f, err);
        for (int l = 0; l < DS_LAMBDAS && code == TL_OK; l++) {
            code = ds_fold_error(&f, ds_lambdas[l], &sum[l], err);
        }
        ds_fold_free(&f);
        TL_CHECK(code);
    }
    int best = DS_LAMBDAS - 1;
    for (int l = DS_LAMBDAS - 2; l >= 0; l--) {
        best = sum[l] < sum[best] ? l : best;
    }
    *lambda = ds_lambdas[best];
done:
    tl_release(fold);
    return code;
}

static tl_code check_rows(const tl_matrix *x, const tl_matrix *y, tl_err *err) {
    if (x->nrow != y->nrow || x->ncol < 1 || y->ncol < 1) {
        return tl_fail(err, TL_SHAPE,
                       "direct standardisation: %td x %td satellite and %td x %td lab spectra do "
                       "not pair up",
                       x->nrow, x->ncol, y->nrow, y->ncol);
    }
    if (x->nrow < 3) {
        return tl_fail(err, TL_DATA,
                       "direct standardisation needs at least 3 pairs of spectra, got %td",
                       x->nrow);
    }
    for (int side = 0; side < 2; side++) {
        const tl_matrix *m = side == 0 ? x : y;
        for (ptrdiff_t i = 0; i < m->nrow * m->ncol; i++) {
            if (!isfinite(m->data[i])) {
                return tl_fail(err, TL_DATA,
                               "direct standardisation: the %s spectrum in row %td has no value in "
                               "column %td; remove the row or the band first",
                               side == 0 ? "satellite" : "lab", i / m->ncol + 1, i % m->ncol + 1);
            }
        }
    }
    return TL_OK;
}

/* F' for a given lambda from copies of x and y that are centred in place. */
static tl_code fit_slope(tl_matrix *x, tl_matrix *y, tl_ds *ds, tl_err *err) {
    tl_matrix kernel = {0};
    tl_matrix ridged = {0};
    tl_code code;
    tl_fusion_mean_sd(x, 0.0, ds->centre_in.data, NULL);
    tl_fusion_mean_sd(y, 0.0, ds->centre_out.data, NULL);
    centre_rows(x, ds->centre_in.data);
    centre_rows(y, ds->centre_out.data);
    TL_CHECK(cross_products(x, x, &kernel, err));
    if (!(trace_of(&kernel) > 0.0)) {
        code = tl_fail(err, TL_DATA, "direct standardisation: all %td satellite spectra are equal",
                       x->nrow);
        goto done;
    }
    TL_CHECK(tl_matrix_init(&ridged, x->nrow, x->nrow, err));
    TL_CHECK(solve_ridge(&kernel, ds->lambda, &ridged, y, err));
    tl_num_product(y->ncol, x->ncol, x->nrow, y->data, 1, y->ncol, x->data, ds->slope.data, 0);
done:
    tl_matrix_free(&kernel);
    tl_matrix_free(&ridged);
    return code;
}

tl_code tl_fusion_ds_fit(const tl_matrix *x, const tl_matrix *y, double lambda,
                         const ptrdiff_t *group, int64_t seed, tl_ds *ds, tl_err *err) {
    *ds = (tl_ds){0};
    TL_TRY(check_rows(x, y, err));
    tl_matrix x_copy = {0};
    tl_matrix y_copy = {0};
    tl_code code = TL_OK;
    if (!(lambda > 0.0)) {
        TL_CHECK(choose_lambda(x, y, group, seed, &lambda, err));
    }
    ds->lambda = lambda;
    TL_CHECK(tl_matrix_copy(&x_copy, x, err));
    TL_CHECK(tl_matrix_copy(&y_copy, y, err));
    TL_CHECK(tl_matrix_init(&ds->centre_in, 1, x->ncol, err));
    TL_CHECK(tl_matrix_init(&ds->centre_out, 1, y->ncol, err));
    TL_CHECK(tl_matrix_init(&ds->slope, y->ncol, x->ncol, err));
    code = fit_slope(&x_copy, &y_copy, ds, err);
done:
    tl_matrix_free(&x_copy);
    tl_matrix_free(&y_copy);
    if (code != TL_OK) {
        tl_fusion_ds_free(ds);
    }
    return code;
}

tl_code tl_fusion_ds_apply(const tl_ds *ds, const tl_matrix *x, tl_matrix *y, tl_err *err) {
    const ptrdiff_t p_in = ds->slope.ncol;
    const ptrdiff_t p_out = ds->slope.nrow;
    *y = (tl_matrix){0};
    if (x->ncol != p_in || p_in == 0) {
        return tl_fail(
            err, TL_SHAPE,
            "direct standardisation: spectra with %td bands for a transfer from %td bands", x->ncol,
            p_in);
    }
    tl_matrix turned = {0};
    tl_matrix block = {0};
    tl_code code;
    TL_CHECK(tl_matrix_init(y, x->nrow, p_out, err));
    TL_CHECK(tl_matrix_init(&turned, p_in, p_out, err));
    TL_CHECK(tl_matrix_init(&block, DS_APPLY_ROWS, p_in, err));
    tl_num_transpose(p_out, p_in, ds->slope.data, turned.data);
    for (ptrdiff_t at = 0; at < x->nrow; at += DS_APPLY_ROWS) {
        block.nrow = tl_min(x->nrow - at, DS_APPLY_ROWS);
        memcpy(block.data, tl_matrix_row(x, at), (size_t)(block.nrow * p_in) * sizeof *block.data);
        centre_rows(&block, ds->centre_in.data);
        for (ptrdiff_t i = at; i < at + block.nrow; i++) {
            memcpy(tl_matrix_row(y, i), ds->centre_out.data, (size_t)p_out * sizeof *y->data);
        }
        tl_num_product(block.nrow, p_out, p_in, block.data, p_in, 1, turned.data,
                       tl_matrix_row(y, at), 1);
    }
done:
    tl_matrix_free(&turned);
    tl_matrix_free(&block);
    if (code != TL_OK) {
        tl_matrix_free(y);
    }
    return code;
}

tl_code tl_fusion_ds_linear(const tl_ds *ds, tl_matrix *coefficients, double *intercept,
                            tl_err *err) {
    TL_TRY(tl_matrix_copy(coefficients, &ds->slope, err));
    for (ptrdiff_t i = 0; i < ds->slope.nrow; i++) {
        const double *row = tl_matrix_row(&ds->slope, i);
        double sum = 0.0;
        for (ptrdiff_t j = 0; j < ds->slope.ncol; j++) {
            sum += row[j] * ds->centre_in.data[j];
        }
        intercept[i] = ds->centre_out.data[i] - sum;
    }
    return TL_OK;
}

void tl_fusion_ds_free(tl_ds *ds) {
    if (ds != NULL) {
        tl_matrix_free(&ds->slope);
        tl_matrix_free(&ds->centre_in);
        tl_matrix_free(&ds->centre_out);
        *ds = (tl_ds){0};
    }
}
