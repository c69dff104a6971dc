/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fit of transfer and regression on training rows; see function.h. */
#include "pipeline/function.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "inversion/folds.h"
#include "inversion/pls.h"

tl_pipeline_options tl_pipeline_defaults(void) {
    tl_pipeline_options o = {.max_components = 15,
                             .inner_folds = 5,
                             .outer_folds = 5,
                             .repeats = 10,
                             .level = 0.90,
                             .seed = 1,
                             .threads = 1};
    (void)tl_transfer_preset(TL_TRANSFER_DS, "honest", &o.transfer, NULL);
    return o;
}

/* --- training rows --- */

static tl_code take_values(const tl_pipeline_data *data, const ptrdiff_t *rows, int log_y,
                           tl_training *t, tl_err *err) {
    t->y = tl_acquire(t->n, sizeof *t->y);
    t->group = data->group == NULL ? NULL : tl_acquire(t->n, sizeof *t->group);
    if (t->y == NULL || (data->group != NULL && t->group == NULL)) {
        return tl_fail(err, TL_NOMEM, "out of memory for %td samples", t->n);
    }
    for (ptrdiff_t i = 0; i < t->n; i++) {
        const double y = data->y[rows[i]];
        if (log_y && !(y > 0.0)) {
            return tl_fail(err, TL_DATA,
                           "the logarithm was asked for, but a sample has the value %g; only "
                           "positive values have a logarithm",
                           y);
        }
        t->y[i] = log_y ? log(y) : y;
        if (t->group != NULL) {
            t->group[i] = data->group[rows[i]];
        }
    }
    return TL_OK;
}

tl_code tl_training_take(const tl_pipeline_data *data, const ptrdiff_t *rows, ptrdiff_t n_rows,
                         int log_y, tl_training *t, tl_err *err) {
    *t = (tl_training){.n = n_rows};
    tl_code code = TL_OK;
    if (data->scene != NULL) {
        TL_CHECK(tl_matrix_take_rows(&t->scene, data->scene, rows, n_rows, err));
    }
    if (data->lab != NULL) {
        TL_CHECK(tl_matrix_take_rows(&t->lab, data->lab, rows, n_rows, err));
    }
    code = take_values(data, rows, log_y, t, err);
done:
    if (code != TL_OK) {
        tl_training_free(t);
    }
    return code;
}

void tl_training_free(tl_training *t) {
    if (t != NULL) {
        tl_matrix_free(&t->scene);
        tl_matrix_free(&t->lab);
        tl_release(t->y);
        tl_release(t->group);
        *t = (tl_training){0};
    }
}

/* --- features --- */

static int needs_transfer(const tl_pipeline_options *o) {
    return o->features == TL_FEATURES_FUSED || o->features == TL_FEATURES_MIXED;
}

/* [a | b] into the uninitialised to. */
static tl_code beside(const tl_matrix *a, const tl_matrix *b, tl_matrix *to, tl_err *err) {
    TL_TRY(tl_matrix_init(to, a->nrow, a->ncol + b->ncol, err));
    for (ptrdiff_t i = 0; i < a->nrow; i++) {
        memcpy(tl_matrix_row(to, i), tl_matrix_row(a, i), (size_t)a->ncol * sizeof *a->data);
        memcpy(tl_matrix_row(to, i) + a->ncol, tl_matrix_row(b, i),
               (size_t)b->ncol * sizeof *b->data);
    }
    return TL_OK;
}

/* What the regression sees of pixels (of samples, for lab features). */
static tl_code features_of(const tl_pipeline_options *o, const tl_transfer *transfer,
                           const tl_matrix *spectra, tl_matrix *x, tl_err *err) {
    if (!needs_transfer(o)) {
        return tl_matrix_copy(x, spectra, err);
    }
    if (o->features == TL_FEATURES_FUSED) {
        return tl_transfer_apply(transfer, spectra, x, err);
    }
    tl_matrix generated;
    TL_TRY(tl_transfer_apply(transfer, spectra, &generated, err));
    const tl_code code = beside(spectra, &generated, x, err);
    tl_matrix_free(&generated);
    return code;
}

static const tl_matrix *spectra_of(const tl_pipeline_options *o, const tl_training *t) {
    return o->features == TL_FEATURES_LAB ? &t->lab : &t->scene;
}

static tl_code fit_regression(const tl_training *t, const tl_pipeline_options *o,
                              const tl_transfer *transfer, tl_pls *pls, tl_err *err) {
    const int autoscale = o->features == TL_FEATURES_MIXED;
    if (o->features == TL_FEATURES_FUSED && o->calibration == TL_CALIBRATION_LAB) {
        return tl_inversion_pls_fit(&t->lab, t->y, o->max_components, autoscale, pls, err);
    }
    tl_matrix x;
    *pls = (tl_pls){0};
    TL_TRY(features_of(o, transfer, spectra_of(o, t), &x, err));
    const tl_code code = tl_inversion_pls_fit(&x, t->y, o->max_components, autoscale, pls, err);
    tl_matrix_free(&x);
    return code;
}

static tl_code fit_transfer(const tl_training *t, const tl_pipeline_options *o,
                            tl_transfer *transfer, tl_err *err) {
    *transfer = (tl_transfer){0};
    if (!needs_transfer(o)) {
        return TL_OK;
    }
    return tl_transfer_fit_grouped(&o->transfer, &t->scene, &t->lab, t->group, NULL, NULL, NULL,
                                   transfer, err);
}

/* --- number of components --- */

static tl_pipeline_data view_of(const tl_training *t) {
    return (tl_pipeline_data){.n = t->n,
                              .scene = t->scene.data == NULL ? NULL : &t->scene,
                              .lab = t->lab.data == NULL ? NULL : &t->lab,
                              .y = t->y,
                              .group = t->group};
}

/* Row numbers with fold[i] == which (inside) or != which; returns how many. */
static ptrdiff_t rows_of_fold(const int *fold, ptrdiff_t n, int which, int inside,
                              ptrdiff_t *rows) {
    ptrdiff_t count = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        if ((fold[i] == which) == inside) {
            rows[count++] = i;
        }
    }
    return count;
}

/* Squared errors of the rows of one inner fold for 1 .. A components. rows is scratch [n]. */
static tl_code inner_errors(const tl_training *t, const tl_pipeline_options *o, const int *fold,
                            int which, ptrdiff_t *rows, tl_matrix *squared, tl_err *err) {
    const tl_pipeline_data data = view_of(t);
    tl_training learn = {0};
    tl_training check = {0};
    tl_transfer transfer = {0};
    tl_pls pls = {0};
    tl_matrix x = {0};
    tl_code code = TL_OK;
    ptrdiff_t count = rows_of_fold(fold, t->n, which, 0, rows);
    TL_CHECK(tl_training_take(&data, rows, count, 0, &learn, err));
    count = rows_of_fold(fold, t->n, which, 1, rows);
    TL_CHECK(tl_training_take(&data, rows, count, 0, &check, err));
    TL_CHECK(fit_transfer(&learn, o, &transfer, err));
    TL_CHECK(fit_regression(&learn, o, &transfer, &pls, err));
    TL_CHECK(features_of(o, &transfer, spectra_of(o, &check), &x, err));
    for (ptrdiff_t i = 0; i < count; i++) {
        for (ptrdiff_t a = 0; a < squared->ncol; a++) {
            const double e = tl_inversion_pls_predict(&pls, a + 1, tl_matrix_row(&x, i));
            tl_matrix_row(squared, rows[i])[a] = (e - check.y[i]) * (e - check.y[i]);
        }
    }
done:
    tl_training_free(&learn);
    tl_training_free(&check);
    tl_transfer_free(&transfer);
    tl_inversion_pls_free(&pls);
    tl_matrix_free(&x);
    return code;
}

/* Largest number of components that every inner training set and the features allow. */
static ptrdiff_t most_components(const tl_training *t, const tl_pipeline_options *o,
                                 const int *fold, int folds) {
    ptrdiff_t most = o->max_components;
    const ptrdiff_t p = spectra_of(o, t)->ncol * (o->features == TL_FEATURES_MIXED ? 2 : 1);
    for (int f = 0; f < folds; f++) {
        ptrdiff_t learn = 0;
        for (ptrdiff_t i = 0; i < t->n; i++) {
            learn += fold[i] != f;
        }
        most = most > learn - 2 ? learn - 2 : most;
    }
    most = most > p ? p : most;
    return most < 1 ? 1 : most;
}

static tl_code choose_components(const tl_training *t, const tl_pipeline_options *o, uint32_t index,
                                 int *components, tl_err *err) {
    const ptrdiff_t groups = tl_inversion_count_groups(t->group, t->n);
    const int folds = groups < o->inner_folds ? (int)groups : o->inner_folds;
    tl_code code = TL_OK;
    tl_matrix squared = {0};
    int *fold = tl_acquire(t->n, sizeof *fold);
    ptrdiff_t *rows = tl_acquire(t->n, sizeof *rows);
    if (fold == NULL || rows == NULL) {
        code = tl_fail(err, TL_NOMEM, "out of memory for folds of %td samples", t->n);
        goto done;
    }
    TL_CHECK(tl_inversion_folds(t->n, t->group, folds, o->seed, index, fold, err));
    TL_CHECK(tl_matrix_init(&squared, t->n, most_components(t, o, fold, folds), err));
    for (int f = 0; f < folds; f++) {
        TL_CHECK(inner_errors(t, o, fold, f, rows, &squared, err));
    }
    *components = tl_inversion_choose_components(&squared, o->rule);
done:
    tl_matrix_free(&squared);
    tl_release(fold);
    tl_release(rows);
    return code;
}

/* --- the function --- */

/* Multiplies a linear transfer y = m + F x into the coefficients g on y:
 * g . y = g . m + (F'g) . x. */
static tl_code collapse(const tl_transfer *transfer, const double *g, tl_function *f, tl_err *err) {
    tl_matrix slope = {0};
    double *shift = tl_acquire(f->p, sizeof *shift);
    tl_code code = TL_OK;
    if (shift == NULL) {
        return tl_fail(err, TL_NOMEM, "out of memory for %td bands", f->p);
    }
    TL_CHECK(tl_transfer_linear(transfer, &slope, shift, err));
    for (ptrdiff_t j = 0; j < slope.nrow; j++) {
        f->intercept += g[j] * shift[j];
        for (ptrdiff_t k = 0; k < slope.ncol; k++) {
            f->scene[k] += g[j] * tl_matrix_row(&slope, j)[k];
        }
    }
done:
    tl_matrix_free(&slope);
    tl_release(shift);
    return code;
}

/* Splits the regression into its parts on the pixel and on the generated spectrum; moves the
 * transfer into f when it is a network. */
static tl_code assemble(const tl_pipeline_options *o, const tl_pls *pls, tl_transfer *transfer,
                        tl_function *f, tl_err *err) {
    const ptrdiff_t a = f->components > pls->components ? pls->components : f->components;
    const double *c = tl_matrix_row(&pls->coefficients, a);
    f->components = (int)a;
    f->intercept = pls->intercept[a];
    f->scene = tl_acquire(f->p, sizeof *f->scene);
    if (f->scene == NULL) {
        return tl_fail(err, TL_NOMEM, "out of memory for %td bands", f->p);
    }
    const size_t bytes = (size_t)f->p * sizeof *c;
    if (o->features != TL_FEATURES_FUSED) {
        memcpy(f->scene, c, bytes);
    }
    if (!needs_transfer(o)) {
        return TL_OK;
    }
    const double *g = o->features == TL_FEATURES_MIXED ? c + f->p : c;
    if (transfer->kind == TL_TRANSFER_DS) {
        return collapse(transfer, g, f, err);
    }
    f->generated = tl_acquire(f->p, sizeof *f->generated);
    if (f->generated == NULL) {
        return tl_fail(err, TL_NOMEM, "out of memory for %td bands", f->p);
    }
    memcpy(f->generated, g, bytes);
    f->transfer = *transfer;
    *transfer = (tl_transfer){0};
    return TL_OK;
}

/* Mean of exp(residual) over the rows the function was fitted on. */
static tl_code find_smearing(const tl_training *t, const tl_pipeline_options *o, tl_function *f,
                             tl_err *err) {
    double *value = tl_acquire(t->n, sizeof *value);
    if (value == NULL) {
        return tl_fail(err, TL_NOMEM, "out of memory for %td samples", t->n);
    }
    const tl_code code = tl_function_evaluate(f, spectra_of(o, t), value, err);
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < t->n; i++) {
        sum += exp(t->y[i] - value[i]);
    }
    f->smearing = sum / (double)t->n;
    tl_release(value);
    return code;
}

static tl_code check_training(const tl_training *t, tl_err *err) {
    if (t->n < 4 || tl_inversion_count_groups(t->group, t->n) < 2) {
        return tl_fail(
            err, TL_DATA,
            "%td training samples in %td independent groups are too few for a regression", t->n,
            tl_inversion_count_groups(t->group, t->n));
    }
    return TL_OK;
}

tl_code tl_function_fit(const tl_training *t, const tl_pipeline_options *o, tl_transfer *given,
                        uint32_t index, tl_function *f, tl_err *err) {
    *f = (tl_function){.p = spectra_of(o, t)->ncol, .smearing = 1.0};
    TL_TRY(check_training(t, err));
    tl_pipeline_options inner = *o;
    tl_transfer transfer = {0};
    tl_pls pls = {0};
    tl_code code = TL_OK;
    if (given != NULL && needs_transfer(o)) {
        transfer = *given;
        *given = (tl_transfer){0};
    } else {
        TL_CHECK(fit_transfer(t, o, &transfer, err));
    }
    /* The ridge strength looks at spectra only; choosing it once per training set instead of once
     * per inner fold saves most of the time and lets no test row in. */
    if (transfer.ds.lambda > 0.0) {
        inner.transfer.lambda = transfer.ds.lambda;
    }
    TL_CHECK(choose_components(t, &inner, index, &f->components, err));
    TL_CHECK(fit_regression(t, o, &transfer, &pls, err));
    TL_CHECK(assemble(o, &pls, &transfer, f, err));
    if (o->log) {
        TL_CHECK(find_smearing(t, o, f, err));
    }
done:
    tl_transfer_free(&transfer);
    tl_inversion_pls_free(&pls);
    if (code != TL_OK) {
        tl_function_free(f);
    }
    return code;
}

tl_code tl_function_evaluate(const tl_function *f, const tl_matrix *x, double *value, tl_err *err) {
    if (x->ncol != f->p) {
        return tl_fail(err, TL_SHAPE, "spectra have %td bands, the model has %td", x->ncol, f->p);
    }
    tl_matrix generated = {0};
    if (f->generated != NULL) {
        TL_TRY(tl_transfer_apply(&f->transfer, x, &generated, err));
    }
    for (ptrdiff_t i = 0; i < x->nrow; i++) {
        double sum = f->intercept;
        for (ptrdiff_t j = 0; j < f->p; j++) {
            sum += f->scene[j] * tl_matrix_row(x, i)[j];
        }
        for (ptrdiff_t j = 0; f->generated != NULL && j < f->p; j++) {
            sum += f->generated[j] * tl_matrix_row(&generated, i)[j];
        }
        value[i] = sum;
    }
    tl_matrix_free(&generated);
    return TL_OK;
}

void tl_function_free(tl_function *f) {
    if (f != NULL) {
        tl_release(f->scene);
        tl_release(f->generated);
        tl_transfer_free(&f->transfer);
        *f = (tl_function){0};
    }
}
