/* SPDX-License-Identifier: GPL-2.0-or-later
 * Nested cross-validation; see pipeline.h. */
#include "pipeline/pipeline.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/parfor.h"
#include "inversion/interval.h"
#include "inversion/kriging.h"
#include "num/stats.h"

/* Folds are drawn from numbered divisions of the seed: outer ones by repeat, inner ones above
 * these, the inner ones of the final fit last. */
enum { inner_divisions = 1 << 16, final_division = (1 << 30) };

tl_pipeline_options tl_pipeline_defaults(void) {
    tl_pipeline_options o = {.fit = {.recipes = 1, .inner_folds = 5, .seed = 1},
                             .folds = 5,
                             .repeats = 10,
                             .level = 0.90,
                             .bootstrap = 2000,
                             .kriging = 1,
                             .threads = 1};
    o.fit.recipe[0] = tl_pipeline_recipe_defaults();
    (void)tl_fusion_transfer_preset(TL_TRANSFER_DS, "honest", &o.fit.transfer, NULL);
    return o;
}

double tl_pipeline_to_unit(const tl_function *f, int log_y, double value) {
    return log_y ? exp(value) * f->smearing : value;
}

tl_code tl_pipeline_wants_log(const double *y, ptrdiff_t n, int *wanted, tl_err *err) {
    double *logs = tl_acquire(n, sizeof *logs);
    if (logs == NULL) {
        return tl_no_memory(err, "%td samples", n);
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
    if (o->fit.recipes < 1 || o->fit.recipes > tl_max_recipes || o->fit.inner_folds < 2 ||
        o->fit.inner_folds > tl_cv_plus_max_folds) {
        return tl_fail(
            err, TL_ARG,
            "there are %d recipes with %d inner folds, wanted 1 to %d recipes with 2 to %d folds",
            o->fit.recipes, o->fit.inner_folds, tl_max_recipes, tl_cv_plus_max_folds);
    }
    if (o->folds < 2 || o->folds > tl_cv_plus_max_folds || o->repeats < 1 || o->repeats > 10000) {
        return tl_fail(
            err, TL_ARG,
            "there are %d folds with %d repeats, wanted 2 to %d folds with 1 to 10000 repeats",
            o->folds, o->repeats, tl_cv_plus_max_folds);
    }
    for (int k = 0; k < o->fit.recipes; k++) {
        TL_TRY(tl_pipeline_recipe_check(&o->fit.recipe[k], err));
    }
    return TL_OK;
}

static tl_code check_spectra(const tl_pipeline_data *d, const tl_recipe *r, tl_err *err) {
    const int wants_scene = r->features != TL_FEATURES_LAB;
    const int wants_lab = r->features != TL_FEATURES_SCENE;
    if ((wants_scene && d->scene == NULL) || (wants_lab && d->lab == NULL)) {
        return tl_fail(err, TL_INTERNAL, "the pipeline was started without its spectra");
    }
    if (r->components > 0 && wants_scene &&
        (d->projection == NULL || d->projection->n_out < r->components)) {
        return tl_fail(
            err, TL_DATA,
            "the number of MNF components of the scene is %d, but there are only %td; use fewer",
            r->components, d->projection == NULL ? 0 : d->projection->n_out);
    }
    return TL_OK;
}

static tl_code check_data(const tl_pipeline_data *d, const tl_pipeline_options *o, tl_err *err) {
    for (int k = 0; k < o->fit.recipes; k++) {
        TL_TRY(check_spectra(d, &o->fit.recipe[k], err));
    }
    if (d->n < tl_pipeline_min_samples) {
        return tl_fail(
            err, TL_DATA,
            "only %td samples have a value and a spectrum, but a model with a known accuracy "
            "needs at least %d",
            d->n, tl_pipeline_min_samples);
    }
    int constant = 1;
    for (ptrdiff_t i = 1; i < d->n; i++) {
        constant = constant && !(d->y[i] < d->y[0]) && !(d->y[i] > d->y[0]);
    }
    return constant
               ? tl_fail(err, TL_DATA,
                         "all %td samples have the same value %g, so there is nothing to learn",
                         d->n, d->y[0])
               : TL_OK;
}

/* --- the outer folds --- */

typedef struct outer_work {
    const tl_pipeline_data *data;
    const tl_pipeline_options *options;
    tl_validation *out;
} outer_work;

/* 1 when values are predicted from lab spectra: all recipes do, or none. */
static int uses_lab(const tl_pipeline_options *o) {
    return o->fit.recipe[0].features == TL_FEATURES_LAB;
}

static double mean_in_unit(const tl_training *learn, int log_y) {
    double mean = 0.0;
    for (ptrdiff_t i = 0; i < learn->n; i++) {
        mean += (log_y ? exp(learn->y[i]) : learn->y[i]) / (double)learn->n;
    }
    return mean;
}

/* Predicts the test rows and keeps the values for scores and intervals. */
static tl_code keep_predictions(outer_work *w, int repeat, const tl_training *learn,
                                const tl_function *f, const ptrdiff_t *rows, ptrdiff_t count,
                                tl_err *err) {
    const tl_matrix *all = uses_lab(w->options) ? w->data->lab : w->data->scene;
    const int log_y = w->options->fit.log;
    const double mean = mean_in_unit(learn, log_y);
    tl_matrix x = {0};
    tl_code code = TL_OK;
    double *value = tl_acquire(count, sizeof *value);
    if (value == NULL) {
        return tl_no_memory(err, "%td samples", count);
    }
    TL_CHECK(tl_matrix_take_rows(&x, all, rows, count, err));
    TL_CHECK(tl_pipeline_function_evaluate(f, w->data->projection, &x, value, err));
    for (ptrdiff_t i = 0; i < count; i++) {
        const double y = w->data->y[rows[i]];
        tl_matrix_row(&w->out->predicted, repeat)[rows[i]] =
            tl_pipeline_to_unit(f, log_y, value[i]);
        tl_matrix_row(&w->out->value, repeat)[rows[i]] = value[i];
        tl_matrix_row(&w->out->mean_only, repeat)[rows[i]] = mean;
        if (repeat == 0) {
            /* Signed here; made absolute after the sample intervals are computed. */
            w->out->residual[rows[i]] = (log_y ? log(y) : y) - value[i];
        }
    }
done:
    tl_matrix_free(&x);
    tl_release(value);
    return code;
}

static tl_code fit_outer(void *arg, ptrdiff_t block, tl_err *err) {
    outer_work *w = arg;
    tl_validation *v = w->out;
    const int repeat = (int)(block / v->folds);
    const int which = (int)(block % v->folds);
    const int *fold = v->all_folds + (ptrdiff_t)repeat * v->n;
    tl_training learn = {0};
    tl_function f = {0};
    tl_code code = TL_OK;
    ptrdiff_t *rows = tl_acquire(2 * v->n, sizeof *rows);
    if (rows == NULL) {
        return tl_no_memory(err, "%td samples", v->n);
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
    TL_CHECK(tl_pipeline_training_take(w->data, rows, n_learn, w->options->fit.log, &learn, err));
    TL_CHECK(tl_pipeline_function_fit(&learn, &w->options->fit, NULL,
                                      (uint32_t)(inner_divisions + block), &f, err));
    v->recipe[block] = f.recipe;
    v->components[block] = f.setting.components;
    TL_CHECK(keep_predictions(w, repeat, &learn, &f, test, n_test, err));
    if (repeat == 0) {
        v->fold_model[which] = f;
        f = (tl_function){0};
    }
done:
    tl_pipeline_function_free(&f);
    tl_pipeline_training_free(&learn);
    tl_release(rows);
    return code;
}

/* --- intervals of the samples --- */

/* The quantile ceil(level (m + 1)) of the absolute residuals outside one fold; infinite with too
 * few of them. work is scratch [n]. */
static double quantile_outside(const tl_validation *v, int which, double level, double *work) {
    ptrdiff_t m = 0;
    for (ptrdiff_t i = 0; i < v->n; i++) {
        if (v->fold[i] != which && v->fold[i] >= 0) {
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
        return tl_no_memory(err, "%td samples", v->n);
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
    v->coverage = (double)inside / (double)v->tested;
    tl_release(work);
    return TL_OK;
}

/* --- scores --- */

/* Scores of one row of predictions of the samples that are tested. work is scratch [2, n]. */
static tl_code score_row(const tl_validation *v, const double *observed, const double *predicted,
                         double *work, tl_scores *out, tl_err *err) {
    ptrdiff_t count = 0;
    for (ptrdiff_t i = 0; i < v->n; i++) {
        if (v->fold[i] >= 0) {
            work[count] = observed[i];
            work[v->n + count] = predicted[i];
            count++;
        }
    }
    return tl_inversion_scores(work, work + v->n, count, out, err);
}

/* Scores of all repeats of one kind of predictions into a new list. */
static tl_code score_repeats(const tl_validation *v, const double *observed,
                             const tl_matrix *predicted, tl_scores **out, tl_err *err) {
    double *work = tl_acquire(2 * v->n, sizeof *work);
    *out = tl_acquire(v->repeats, sizeof **out);
    tl_code code =
        work == NULL || *out == NULL ? tl_no_memory(err, "the scores of %td samples", v->n) : TL_OK;
    for (int r = 0; code == TL_OK && r < v->repeats; r++) {
        code = score_row(v, observed, tl_matrix_row(predicted, r), work, &(*out)[r], err);
    }
    tl_release(work);
    return code;
}

static tl_code score_logarithms(const double *y, tl_validation *v, tl_err *err) {
    double *logs = tl_acquire(v->n, sizeof *logs);
    if (logs == NULL) {
        return tl_no_memory(err, "the scores of %td samples", v->n);
    }
    for (ptrdiff_t i = 0; i < v->n; i++) {
        logs[i] = log(y[i]);
    }
    const tl_code code = score_repeats(v, logs, &v->value, &v->log_scores, err);
    tl_release(logs);
    return code;
}

static int has_coordinates(const tl_pipeline_data *data) {
    int all = data->east != NULL && data->north != NULL;
    for (ptrdiff_t i = 0; all && i < data->n; i++) {
        all = isfinite(data->east[i]) && isfinite(data->north[i]);
    }
    return all;
}

static tl_code krige_repeat(void *arg, ptrdiff_t repeat, tl_err *err) {
    outer_work *w = arg;
    const tl_pipeline_data *d = w->data;
    const tl_validation *v = w->out;
    return tl_inversion_kriging_folds(d->east, d->north, d->y, v->n, v->all_folds + repeat * v->n,
                                      v->folds, tl_matrix_row(&v->kriging, repeat), err);
}

/* The row of kriging. It is left out when no variogram fits the coordinates. */
static tl_code krige(outer_work *w, tl_err *err) {
    tl_validation *v = w->out;
    if (!w->options->kriging || !has_coordinates(w->data)) {
        return TL_OK;
    }
    TL_TRY(tl_matrix_init(&v->kriging, v->repeats, v->n, err));
    const tl_code code = tl_parfor(w->options->threads, v->repeats, krige_repeat, w, NULL, err);
    if (code == TL_DATA || code == TL_NUMERIC) {
        tl_matrix_free(&v->kriging);
        return TL_OK;
    }
    TL_TRY(code);
    return score_repeats(v, w->data->y, &v->kriging, &v->kriging_scores, err);
}

static tl_code score_all(outer_work *w, tl_err *err) {
    tl_validation *v = w->out;
    const double *y = w->data->y;
    TL_TRY(score_repeats(v, y, &v->predicted, &v->scores, err));
    TL_TRY(score_repeats(v, y, &v->mean_only, &v->mean_scores, err));
    if (v->log) {
        TL_TRY(score_logarithms(y, v, err));
    }
    return krige(w, err);
}

/* --- intervals of the scores --- */

/* The tested samples of all repeats, one repeat after the other. */
typedef struct tested_rows {
    ptrdiff_t count;
    double *observed;
    double *predicted;
    double *reference;
    ptrdiff_t *group;
} tested_rows;

static void free_tested(tested_rows *rows) {
    tl_release(rows->observed);
    tl_release(rows->predicted);
    tl_release(rows->reference);
    tl_release(rows->group);
}

static tl_code open_tested(const double *y, const ptrdiff_t *group, const int *all_folds,
                           const tl_matrix *predicted, const tl_matrix *reference,
                           tested_rows *rows, tl_err *err) {
    const ptrdiff_t n = predicted->ncol;
    const ptrdiff_t count = predicted->nrow * n;
    *rows = (tested_rows){.observed = tl_acquire(count, sizeof *rows->observed),
                          .predicted = tl_acquire(count, sizeof *rows->predicted),
                          .reference = tl_acquire(count, sizeof *rows->reference),
                          .group = tl_acquire(count, sizeof *rows->group)};
    if (rows->observed == NULL || rows->predicted == NULL || rows->reference == NULL ||
        rows->group == NULL) {
        free_tested(rows);
        *rows = (tested_rows){0};
        return tl_no_memory(err, "the scores of %td samples", n);
    }
    for (ptrdiff_t k = 0; k < count; k++) {
        if (all_folds[k] >= 0) {
            const ptrdiff_t at = rows->count++;
            rows->observed[at] = y[k % n];
            rows->predicted[at] = predicted->data[k];
            rows->reference[at] = reference == NULL ? 0.0 : reference->data[k];
            rows->group[at] = group == NULL ? k % n : group[k % n];
        }
    }
    return TL_OK;
}

tl_code tl_pipeline_score_intervals(const double *y, const ptrdiff_t *group, const int *all_folds,
                                    const tl_matrix *predicted, const tl_matrix *reference,
                                    const tl_pipeline_options *options,
                                    tl_score_intervals *interval, tl_score_intervals *gain,
                                    tl_err *err) {
    tl_bootstrap_options b = tl_inversion_bootstrap_defaults();
    tested_rows rows;
    tl_code code;
    b.draws = options->bootstrap;
    b.seed = options->fit.seed;
    b.threads = options->threads;
    TL_TRY(open_tested(y, group, all_folds, predicted, reference, &rows, err));
    TL_CHECK(tl_inversion_bootstrap(rows.observed, rows.predicted, rows.count, rows.group, &b,
                                    interval, err));
    if (reference != NULL) {
        TL_CHECK(tl_inversion_bootstrap_difference(rows.observed, rows.predicted, rows.reference,
                                                   rows.count, rows.group, &b, gain, err));
    }
done:
    free_tested(&rows);
    return code;
}

static tl_code find_score_intervals(const tl_pipeline_data *data, const tl_pipeline_options *o,
                                    tl_validation *v, tl_err *err) {
    const tl_matrix *reference = v->kriging.data != NULL ? &v->kriging : &v->mean_only;
    return o->bootstrap == 0
               ? TL_OK
               : tl_pipeline_score_intervals(data->y, data->group, v->all_folds, &v->predicted,
                                             reference, o, &v->interval, &v->gain, err);
}

/* --- all together --- */

static tl_code fill_nan(tl_matrix *m, const tl_validation *v, tl_err *err) {
    TL_TRY(tl_matrix_init(m, v->repeats, v->n, err));
    for (ptrdiff_t k = 0; k < m->nrow * m->ncol; k++) {
        m->data[k] = (double)NAN;
    }
    return TL_OK;
}

static tl_code acquire_validation(tl_validation *v, tl_err *err) {
    const ptrdiff_t fits = (ptrdiff_t)v->repeats * v->folds;
    TL_TRY(fill_nan(&v->predicted, v, err));
    TL_TRY(fill_nan(&v->mean_only, v, err));
    TL_TRY(fill_nan(&v->value, v, err));
    v->recipe = tl_acquire(fits, sizeof *v->recipe);
    v->components = tl_acquire(fits, sizeof *v->components);
    v->fold = tl_acquire(v->n, sizeof *v->fold);
    v->fold_model = tl_acquire(v->folds, sizeof *v->fold_model);
    v->residual = tl_acquire(v->n, sizeof *v->residual);
    v->lower = tl_acquire(v->n, sizeof *v->lower);
    v->upper = tl_acquire(v->n, sizeof *v->upper);
    if (v->recipe == NULL || v->components == NULL || v->fold == NULL || v->fold_model == NULL ||
        v->residual == NULL || v->lower == NULL || v->upper == NULL) {
        return tl_no_memory(err, "the validation of %td samples", v->n);
    }
    for (ptrdiff_t i = 0; i < v->n; i++) {
        v->residual[i] = (double)NAN;
        v->lower[i] = (double)NAN;
        v->upper[i] = (double)NAN;
    }
    return TL_OK;
}

/* Draws the folds of one repeat; the first repeat determines their number. */
static tl_code draw_repeat(const tl_pipeline_data *data, const tl_pipeline_options *o, int repeat,
                           tl_validation *v, tl_err *err) {
    const ptrdiff_t groups = tl_inversion_count_groups(data->group, data->n);
    const int fewer = o->division == TL_DIVIDE_RANDOM && groups < o->folds;
    const tl_division_scheme scheme = {.kind = o->division,
                                       .folds = fewer ? (int)groups : o->folds,
                                       .block_side = o->block_side,
                                       .seed = o->fit.seed};
    const tl_division_data divided = {.n = data->n,
                                      .group = data->group,
                                      .x = data->east,
                                      .y = data->north,
                                      .value = data->y,
                                      .given = o->given};
    tl_division d;
    TL_TRY(tl_inversion_divide(&scheme, &divided, (uint32_t)repeat, &d, err));
    if (repeat == 0) {
        v->folds = d.folds;
        v->blocks = d.blocks;
        v->block_side = d.block_side;
    }
    memcpy(v->all_folds + (ptrdiff_t)repeat * v->n, d.fold, (size_t)v->n * sizeof *d.fold);
    tl_inversion_division_free(&d);
    return TL_OK;
}

static tl_code draw_folds(const tl_pipeline_data *data, const tl_pipeline_options *o,
                          tl_validation *v, tl_err *err) {
    v->all_folds = tl_acquire((ptrdiff_t)v->repeats * v->n, sizeof *v->all_folds);
    if (v->all_folds == NULL) {
        return tl_no_memory(err, "folds of %td samples", v->n);
    }
    for (int r = 0; r < v->repeats; r++) {
        TL_TRY(draw_repeat(data, o, r, v, err));
    }
    if (v->folds > tl_cv_plus_max_folds) {
        return tl_fail(err, TL_DATA, "the number of folds is %d, but at most %d are possible",
                       v->folds, tl_cv_plus_max_folds);
    }
    for (ptrdiff_t i = 0; i < v->n; i++) {
        v->tested += v->all_folds[i] >= 0;
    }
    ptrdiff_t rank = 0;
    return tl_inversion_cv_plus_rank(v->tested, o->level, &rank, err);
}

tl_code tl_pipeline_validate(const tl_pipeline_data *data, const tl_pipeline_options *options,
                             const tl_progress *progress, tl_validation *out, tl_err *err) {
    *out = (tl_validation){0};
    TL_TRY(check_options(options, err));
    TL_TRY(check_data(data, options, err));
    *out = (tl_validation){.n = data->n, .repeats = options->repeats, .log = options->fit.log};
    outer_work work = {.data = data, .options = options, .out = out};
    tl_code code;
    TL_CHECK(draw_folds(data, options, out, err));
    TL_CHECK(acquire_validation(out, err));
    memcpy(out->fold, out->all_folds, (size_t)out->n * sizeof *out->fold);
    TL_CHECK(tl_parfor(options->threads, (ptrdiff_t)out->repeats * out->folds, fit_outer, &work,
                       progress, err));
    TL_CHECK(score_all(&work, err));
    TL_CHECK(find_sample_intervals(out, data->y, options->level, err));
    TL_CHECK(find_score_intervals(data, options, out, err));
done:
    if (code != TL_OK) {
        tl_pipeline_validation_free(out);
    }
    return code;
}

/* --- chance --- */

typedef struct permuted_work {
    const tl_pipeline_data *data;
    tl_pipeline_options options;
} permuted_work;

static tl_code permuted_r2(void *arg, const double *y, ptrdiff_t number, double *statistic,
                           tl_err *err) {
    const permuted_work *w = arg;
    tl_pipeline_data data = *w->data;
    tl_validation v;
    (void)number;
    data.y = y;
    TL_TRY(tl_pipeline_validate(&data, &w->options, NULL, &v, err));
    *statistic = v.scores[0].r2;
    tl_pipeline_validation_free(&v);
    return TL_OK;
}

tl_code tl_pipeline_permute(const tl_pipeline_data *data, const tl_pipeline_options *options,
                            const tl_validation *validation, ptrdiff_t permutations,
                            const tl_progress *progress, tl_permutation_result *out, tl_err *err) {
    permuted_work work = {.data = data, .options = *options};
    const tl_permutation_options o = {
        .permutations = permutations, .seed = options->fit.seed, .threads = options->threads};
    work.options.repeats = 1;
    work.options.threads = 1;
    work.options.bootstrap = 0;
    work.options.kriging = 0;
    return tl_inversion_permutation_test(permuted_r2, &work, validation->scores[0].r2, data->y,
                                         data->n, data->group, &o, NULL, progress, out, err);
}

/* --- logarithms --- */

tl_code tl_pipeline_compare_log(const tl_pipeline_data *data, const tl_pipeline_options *options,
                                const tl_progress *progress, double *plain_rmse, double *log_rmse,
                                tl_err *err) {
    tl_pipeline_options o = *options;
    o.fit.transfer = tl_pipeline_defaults().fit.transfer;
    o.fit.recipes = 1;
    o.fit.recipe[0].regressor = tl_pipeline_recipe_defaults().regressor;
    o.fit.seed = options->fit.seed < INT64_MAX ? options->fit.seed + 1 : 0;
    o.repeats = 1;
    o.bootstrap = 0;
    o.kriging = 0;
    double *const rmse[] = {plain_rmse, log_rmse};
    for (int with_log = 0; with_log < 2; with_log++) {
        const tl_progress part =
            tl_progress_part(progress, 0.5 * (double)with_log, 0.5 * (double)(with_log + 1));
        tl_validation v;
        o.fit.log = with_log;
        TL_TRY(tl_pipeline_validate(data, &o, &part, &v, err));
        *rmse[with_log] = v.scores[0].rmse;
        tl_pipeline_validation_free(&v);
    }
    return TL_OK;
}

int tl_pipeline_log_harms(double plain_rmse, double log_rmse) {
    return !(log_rmse <= 1.1 * plain_rmse);
}

void tl_pipeline_validation_free(tl_validation *v) {
    if (v == NULL) {
        return;
    }
    for (int f = 0; v->fold_model != NULL && f < v->folds; f++) {
        tl_pipeline_function_free(&v->fold_model[f]);
    }
    tl_matrix_free(&v->predicted);
    tl_matrix_free(&v->mean_only);
    tl_matrix_free(&v->kriging);
    tl_matrix_free(&v->value);
    tl_release(v->log_scores);
    tl_release(v->kriging_scores);
    tl_release(v->recipe);
    tl_release(v->all_folds);
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
        return tl_no_memory(err, "%td samples", data->n);
    }
    for (ptrdiff_t i = 0; i < data->n; i++) {
        rows[i] = i;
    }
    tl_training all;
    tl_code code = tl_pipeline_training_take(data, rows, data->n, options->fit.log, &all, err);
    if (code == TL_OK) {
        code = tl_pipeline_function_fit(&all, &options->fit, given, final_division, f, err);
        tl_pipeline_training_free(&all);
    }
    tl_release(rows);
    return code;
}
