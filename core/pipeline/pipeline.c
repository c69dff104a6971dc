/* SPDX-License-Identifier: GPL-2.0-or-later
 * Nested cross-validation; see pipeline.h. */
#include "pipeline/pipeline.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parfor.h"
#include "inversion/folds.h"
#include "inversion/interval.h"
#include "num/stats.h"

/* Folds are drawn from numbered divisions of the seed: outer ones by repeat, inner ones above
 * these, the inner ones of the final fit last. */
enum { inner_divisions = 1 << 16, final_division = (1 << 30) };

double tl_pipeline_to_unit(const tl_function *f, int log_y, double value) {
    return log_y ? exp(value) * f->smearing : value;
}

tl_code tl_pipeline_wants_log(const double *y, ptrdiff_t n, int *wanted, tl_err *err) {
    double *logs = tl_acquire(n, sizeof *logs);
    if (logs == NULL) {
        return tl_fail(err, TL_NOMEM, "out of memory for %td samples", n);
    }
    int positive = n > 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        positive = positive && y[i] > 0.0;
        logs[i] = y[i] > 0.0 ? log(y[i]) : 0.0;
    }
    const double plain = tl_num_skewness(y, n);
    *wanted = positive && plain > 1.0 && fabs(tl_num_skewness(logs, n)) < plain;
    tl_release(logs);
    return TL_OK;
}

/* --- checks --- */

static tl_code check_options(const tl_pipeline_options *o, tl_err *err) {
    if (o->max_components < 1 || o->outer_folds < 2 || o->inner_folds < 2 || o->repeats < 1) {
        return tl_fail(err, TL_ARG,
                       "components (%d) and repeats (%d) must be 1 or more, folds (%d, inner %d) 2 "
                       "or more",
                       o->max_components, o->repeats, o->outer_folds, o->inner_folds);
    }
    if (o->outer_folds > tl_cv_plus_max_folds || o->repeats > 10000) {
        return tl_fail(err, TL_ARG, "%d folds with %d repeats asked for, the most are %d and 10000",
                       o->outer_folds, o->repeats, tl_cv_plus_max_folds);
    }
    return TL_OK;
}

static tl_code check_data(const tl_pipeline_data *d, const tl_pipeline_options *o, tl_err *err) {
    const int wants_scene = o->features != TL_FEATURES_LAB;
    const int wants_lab = o->features != TL_FEATURES_SCENE;
    if ((wants_scene && d->scene == NULL) || (wants_lab && d->lab == NULL)) {
        return tl_fail(err, TL_INTERNAL, "a pipeline was started without its spectra");
    }
    if (d->n < tl_pipeline_fewest_samples) {
        return tl_fail(err, TL_DATA,
                       "only %td samples have a value and a spectrum, at least %d are needed for a "
                       "model whose accuracy can be known",
                       d->n, tl_pipeline_fewest_samples);
    }
    ptrdiff_t rank = 0;
    TL_TRY(tl_inversion_cv_plus_rank(d->n, o->level, &rank, err));
    int constant = 1;
    for (ptrdiff_t i = 1; i < d->n; i++) {
        constant = constant && !(d->y[i] < d->y[0]) && !(d->y[i] > d->y[0]);
    }
    return constant ? tl_fail(err, TL_DATA,
                              "all %td samples have the same value %g, there is nothing to learn",
                              d->n, d->y[0])
                    : TL_OK;
}

/* --- the outer folds --- */

typedef struct outer_work {
    const tl_pipeline_data *data;
    const tl_pipeline_options *options;
    tl_validation *out;
    int *fold; /* [repeats, n] */
} outer_work;

/* Predicts the test rows and keeps what scores and intervals need. */
static tl_code keep_predictions(outer_work *w, int repeat, const tl_training *learn,
                                const tl_function *f, const ptrdiff_t *rows, ptrdiff_t count,
                                tl_err *err) {
    const tl_matrix *all = w->options->features == TL_FEATURES_LAB ? w->data->lab : w->data->scene;
    tl_matrix x;
    tl_code code = TL_OK;
    double *value = tl_acquire(count, sizeof *value);
    if (value == NULL) {
        return tl_fail(err, TL_NOMEM, "out of memory for %td samples", count);
    }
    TL_CHECK(tl_matrix_take_rows(&x, all, rows, count, err));
    code = tl_function_evaluate(f, &x, value, err);
    tl_matrix_free(&x);
    double mean = 0.0;
    for (ptrdiff_t i = 0; i < learn->n; i++) {
        mean += (w->options->log ? exp(learn->y[i]) : learn->y[i]) / (double)learn->n;
    }
    for (ptrdiff_t i = 0; i < count; i++) {
        const double y = w->data->y[rows[i]];
        tl_matrix_row(&w->out->predicted, repeat)[rows[i]] =
            tl_pipeline_to_unit(f, w->options->log, value[i]);
        tl_matrix_row(&w->out->value, repeat)[rows[i]] = value[i];
        tl_matrix_row(&w->out->mean_only, repeat)[rows[i]] = mean;
        if (repeat == 0) {
            /* Signed here; made absolute when the sample intervals have been found. */
            w->out->residual[rows[i]] = (w->options->log ? log(y) : y) - value[i];
        }
    }
done:
    tl_release(value);
    return code;
}

static tl_code fit_outer(void *arg, ptrdiff_t block, tl_err *err) {
    outer_work *w = arg;
    tl_validation *v = w->out;
    const int repeat = (int)(block / v->folds);
    const int which = (int)(block % v->folds);
    const int *fold = w->fold + (ptrdiff_t)repeat * v->n;
    tl_training learn = {0};
    tl_function f = {0};
    tl_code code = TL_OK;
    ptrdiff_t *rows = tl_acquire(2 * v->n, sizeof *rows);
    if (rows == NULL) {
        return tl_fail(err, TL_NOMEM, "out of memory for %td samples", v->n);
    }
    ptrdiff_t *test = rows + v->n;
    ptrdiff_t n_learn = 0;
    ptrdiff_t n_test = 0;
    for (ptrdiff_t i = 0; i < v->n; i++) {
        if (fold[i] == which) {
            test[n_test++] = i;
        } else {
            rows[n_learn++] = i;
        }
    }
    TL_CHECK(tl_training_take(w->data, rows, n_learn, w->options->log, &learn, err));
    TL_CHECK(
        tl_function_fit(&learn, w->options, NULL, (uint32_t)(inner_divisions + block), &f, err));
    v->components[block] = f.components;
    TL_CHECK(keep_predictions(w, repeat, &learn, &f, test, n_test, err));
    if (repeat == 0) {
        v->fold_model[which] = f;
        f = (tl_function){0};
    }
done:
    tl_function_free(&f);
    tl_training_free(&learn);
    tl_release(rows);
    return code;
}

/* --- intervals of the samples --- */

/* The quantile ceil(level (m + 1)) of the absolute residuals outside one fold; infinite when there
 * are too few. work is scratch [n]. */
static double quantile_outside(const tl_validation *v, int which, double level, double *work) {
    ptrdiff_t m = 0;
    for (ptrdiff_t i = 0; i < v->n; i++) {
        if (v->fold[i] != which) {
            work[m++] = fabs(v->residual[i]);
        }
    }
    tl_num_sort(work, m);
    const ptrdiff_t rank = (ptrdiff_t)ceil(level * (double)(m + 1) - 1e-9);
    return rank > m ? (double)INFINITY : work[rank - 1];
}

static tl_code find_sample_intervals(tl_validation *v, const double *y, double level, tl_err *err) {
    double *work = tl_acquire(v->n, sizeof *work);
    if (work == NULL) {
        return tl_fail(err, TL_NOMEM, "out of memory for %td samples", v->n);
    }
    ptrdiff_t inside = 0;
    for (int f = 0; f < v->folds; f++) {
        const double reach = quantile_outside(v, f, level, work);
        for (ptrdiff_t i = 0; i < v->n; i++) {
            if (v->fold[i] == f) {
                const double value = (v->log ? log(y[i]) : y[i]) - v->residual[i];
                v->lower[i] = v->log ? exp(value - reach) : value - reach;
                v->upper[i] = v->log ? exp(value + reach) : value + reach;
                inside += y[i] >= v->lower[i] && y[i] <= v->upper[i];
            }
        }
    }
    for (ptrdiff_t i = 0; i < v->n; i++) {
        v->residual[i] = fabs(v->residual[i]);
    }
    v->coverage = (double)inside / (double)v->n;
    tl_release(work);
    return TL_OK;
}

/* --- all together --- */

static tl_code acquire_validation(tl_validation *v, tl_err *err) {
    TL_TRY(tl_matrix_init(&v->predicted, v->repeats, v->n, err));
    TL_TRY(tl_matrix_init(&v->mean_only, v->repeats, v->n, err));
    TL_TRY(tl_matrix_init(&v->value, v->repeats, v->n, err));
    v->scores = tl_acquire(v->repeats, sizeof *v->scores);
    v->mean_scores = tl_acquire(v->repeats, sizeof *v->mean_scores);
    v->components = tl_acquire((ptrdiff_t)v->repeats * v->folds, sizeof *v->components);
    v->fold = tl_acquire(v->n, sizeof *v->fold);
    v->fold_model = tl_acquire(v->folds, sizeof *v->fold_model);
    v->residual = tl_acquire(v->n, sizeof *v->residual);
    v->lower = tl_acquire(v->n, sizeof *v->lower);
    v->upper = tl_acquire(v->n, sizeof *v->upper);
    if (v->scores == NULL || v->mean_scores == NULL || v->components == NULL || v->fold == NULL ||
        v->fold_model == NULL || v->residual == NULL || v->lower == NULL || v->upper == NULL) {
        return tl_fail(err, TL_NOMEM, "out of memory for the validation of %td samples", v->n);
    }
    return TL_OK;
}

static tl_code draw_folds(const tl_pipeline_data *data, const tl_pipeline_options *o,
                          tl_validation *v, int *fold, tl_err *err) {
    for (int r = 0; r < v->repeats; r++) {
        TL_TRY(tl_inversion_folds(v->n, data->group, v->folds, o->seed, (uint32_t)r,
                                  fold + (ptrdiff_t)r * v->n, err));
    }
    memcpy(v->fold, fold, (size_t)v->n * sizeof *fold);
    return TL_OK;
}

static tl_code score_logarithms(const double *y, tl_validation *v, tl_err *err) {
    double *logs = tl_acquire(v->n, sizeof *logs);
    v->log_scores = tl_acquire(v->repeats, sizeof *v->log_scores);
    tl_code code = TL_OK;
    if (logs == NULL || v->log_scores == NULL) {
        code = tl_fail(err, TL_NOMEM, "out of memory for the scores of %td samples", v->n);
    }
    for (ptrdiff_t i = 0; code == TL_OK && i < v->n; i++) {
        logs[i] = log(y[i]);
    }
    for (int r = 0; code == TL_OK && r < v->repeats; r++) {
        code = tl_inversion_scores(logs, tl_matrix_row(&v->value, r), v->n, &v->log_scores[r], err);
    }
    tl_release(logs);
    return code;
}

static tl_code score_repeats(const double *y, tl_validation *v, tl_err *err) {
    for (int r = 0; r < v->repeats; r++) {
        TL_TRY(tl_inversion_scores(y, tl_matrix_row(&v->predicted, r), v->n, &v->scores[r], err));
        TL_TRY(
            tl_inversion_scores(y, tl_matrix_row(&v->mean_only, r), v->n, &v->mean_scores[r], err));
    }
    return v->log ? score_logarithms(y, v, err) : TL_OK;
}

tl_code tl_pipeline_validate(const tl_pipeline_data *data, const tl_pipeline_options *options,
                             const tl_progress *progress, tl_validation *out, tl_err *err) {
    *out = (tl_validation){0};
    TL_TRY(check_options(options, err));
    TL_TRY(check_data(data, options, err));
    const ptrdiff_t groups = tl_inversion_count_groups(data->group, data->n);
    *out =
        (tl_validation){.n = data->n,
                        .folds = groups < options->outer_folds ? (int)groups : options->outer_folds,
                        .repeats = options->repeats,
                        .log = options->log};
    outer_work work = {.data = data, .options = options, .out = out};
    tl_code code = TL_OK;
    TL_CHECK(acquire_validation(out, err));
    work.fold = tl_acquire((ptrdiff_t)out->repeats * out->n, sizeof *work.fold);
    if (work.fold == NULL) {
        code = tl_fail(err, TL_NOMEM, "out of memory for folds of %td samples", out->n);
        goto done;
    }
    TL_CHECK(draw_folds(data, options, out, work.fold, err));
    TL_CHECK(tl_parfor(options->threads, (ptrdiff_t)out->repeats * out->folds, fit_outer, &work,
                       progress, err));
    TL_CHECK(score_repeats(data->y, out, err));
    TL_CHECK(find_sample_intervals(out, data->y, options->level, err));
done:
    tl_release(work.fold);
    if (code != TL_OK) {
        tl_validation_free(out);
    }
    return code;
}

tl_code tl_pipeline_compare_log(const tl_pipeline_data *data, const tl_pipeline_options *options,
                                const tl_progress *progress, double *plain_rmse, double *log_rmse,
                                tl_err *err) {
    tl_pipeline_options o = *options;
    o.transfer = tl_pipeline_defaults().transfer;
    o.repeats = 1;
    o.seed = options->seed < INT64_MAX ? options->seed + 1 : 0;
    double *const rmse[] = {plain_rmse, log_rmse};
    for (int with_log = 0; with_log < 2; with_log++) {
        const tl_progress part =
            tl_progress_part(progress, 0.5 * (double)with_log, 0.5 * (double)(with_log + 1));
        tl_validation v;
        o.log = with_log;
        TL_TRY(tl_pipeline_validate(data, &o, &part, &v, err));
        *rmse[with_log] = v.scores[0].rmse;
        tl_validation_free(&v);
    }
    return TL_OK;
}

int tl_pipeline_log_harms(double plain_rmse, double log_rmse) {
    return !(log_rmse <= 1.1 * plain_rmse);
}

void tl_validation_free(tl_validation *v) {
    if (v == NULL) {
        return;
    }
    for (int f = 0; v->fold_model != NULL && f < v->folds; f++) {
        tl_function_free(&v->fold_model[f]);
    }
    tl_matrix_free(&v->predicted);
    tl_matrix_free(&v->mean_only);
    tl_matrix_free(&v->value);
    tl_release(v->log_scores);
    tl_release(v->scores);
    tl_release(v->mean_scores);
    tl_release(v->components);
    tl_release(v->fold);
    tl_release(v->fold_model);
    tl_release(v->residual);
    tl_release(v->lower);
    tl_release(v->upper);
    *v = (tl_validation){0};
}

tl_code tl_pipeline_finish(const tl_pipeline_data *data, const tl_pipeline_options *options,
                           tl_transfer *given, tl_function *f, tl_err *err) {
    *f = (tl_function){0};
    ptrdiff_t *rows = tl_acquire(data->n, sizeof *rows);
    if (rows == NULL) {
        return tl_fail(err, TL_NOMEM, "out of memory for %td samples", data->n);
    }
    for (ptrdiff_t i = 0; i < data->n; i++) {
        rows[i] = i;
    }
    tl_training all;
    tl_code code = tl_training_take(data, rows, data->n, options->log, &all, err);
    if (code == TL_OK) {
        code = tl_function_fit(&all, options, given, final_division, f, err);
        tl_training_free(&all);
    }
    tl_release(rows);
    return code;
}
