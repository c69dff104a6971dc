/* SPDX-License-Identifier: GPL-2.0-or-later
 * What trainmodel tells of a model: in the model file, in a table, in the log; see trainmodel.h. */
#include "algs/trainmodel.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/alloc.h"
#include "inversion/folds.h"
#include "model/document.h"
#include "num/stats.h"

static tl_code no_memory(tl_err *err) {
    return tl_fail(err, TL_NOMEM, "out of memory for the scores");
}

/* --- what the model file tells about itself --- */

static const char *const score_name[] = {"r2",   "rmse", "mae",   "rpiq",
                                         "bias", "sep",  "slope", "ccc"};
enum { n_scores = TL_COUNT(score_name) };

static double score_at(const tl_scores *s, ptrdiff_t k) {
    const double value[n_scores] = {s->r2,   s->rmse, s->mae,   s->rpiq,
                                    s->bias, s->sep,  s->slope, s->ccc};
    return value[k];
}

static json_t *scores_of_one(const tl_scores *s) {
    json_t *o = json_object();
    json_object_set_new(o, "n", json_integer((json_int_t)s->n));
    for (ptrdiff_t k = 0; k < n_scores; k++) {
        json_object_set_new(o, score_name[k], tl_job_json_number(score_at(s, k)));
    }
    return o;
}

/* Mean (or standard deviation) over the repeats. */
static tl_code scores_over(const tl_scores *scores, int repeats, int spread, json_t **out,
                           tl_err *err) {
    double *value = tl_acquire(repeats, sizeof *value);
    *out = json_object();
    if (value == NULL || *out == NULL) {
        tl_release(value);
        return no_memory(err);
    }
    json_object_set_new(*out, "n", json_integer((json_int_t)scores[0].n));
    for (ptrdiff_t k = 0; k < n_scores; k++) {
        for (int r = 0; r < repeats; r++) {
            value[r] = score_at(&scores[r], k);
        }
        json_object_set_new(
            *out, score_name[k],
            tl_job_json_number(spread ? tl_num_sd(value, repeats) : tl_num_mean(value, repeats)));
    }
    tl_release(value);
    return TL_OK;
}

static tl_code tell_scores(tl_trainmodel *t, tl_err *err) {
    const tl_validation *v = &t->validation;
    json_t *all = json_object();
    json_t *part = NULL;
    TL_TRY(tl_model_put_json(t->model.about, "scores", all, err));
    TL_TRY(scores_over(v->scores, v->repeats, 0, &part, err));
    TL_TRY(tl_model_put_json(all, "mean", part, err));
    TL_TRY(scores_over(v->scores, v->repeats, 1, &part, err));
    TL_TRY(tl_model_put_json(all, "sd", part, err));
    TL_TRY(scores_over(v->mean_scores, v->repeats, 0, &part, err));
    TL_TRY(tl_model_put_json(all, "intercept_only", part, err));
    if (v->log_scores != NULL) {
        TL_TRY(scores_over(v->log_scores, v->repeats, 0, &part, err));
        TL_TRY(tl_model_put_json(all, "log", part, err));
    }
    TL_TRY(tl_model_put_number(all, "coverage", v->coverage, err));
    json_t *repeats = json_array();
    TL_TRY(tl_model_put_json(all, "repeats", repeats, err));
    for (int r = 0; r < v->repeats; r++) {
        json_array_append_new(repeats, scores_of_one(&v->scores[r]));
    }
    json_t *components = json_array();
    TL_TRY(tl_model_put_json(all, "components", components, err));
    for (ptrdiff_t k = 0; k < (ptrdiff_t)v->repeats * v->folds; k++) {
        json_array_append_new(components, json_integer(v->components[k]));
    }
    return TL_OK;
}

/* Mean over the repeats of the out-of-fold predictions of sample i. */
static double mean_prediction(const tl_validation *v, ptrdiff_t i) {
    double sum = 0.0;
    for (int r = 0; r < v->repeats; r++) {
        sum += tl_matrix_row(&v->predicted, r)[i];
    }
    return sum / (double)v->repeats;
}

static tl_code tell_samples(tl_trainmodel *t, tl_err *err) {
    static const char *const name[] = {"id",        "x",     "y",     "observed",
                                       "predicted", "lower", "upper", "fold"};
    enum { n_lists = TL_COUNT(name) };
    const tl_validation *v = &t->validation;
    json_t *samples = json_object();
    json_t *list[n_lists];
    TL_TRY(tl_model_put_json(t->model.about, "samples", samples, err));
    for (ptrdiff_t k = 0; k < n_lists; k++) {
        list[k] = json_array();
        TL_TRY(tl_model_put_json(samples, name[k], list[k], err));
    }
    for (ptrdiff_t i = 0; i < v->n; i++) {
        json_array_append_new(list[0], json_string(t->study.id[i]));
        json_array_append_new(list[1], tl_job_json_number(t->study.x[i]));
        json_array_append_new(list[2], tl_job_json_number(t->study.y[i]));
        json_array_append_new(list[3], tl_job_json_number(t->study.value[i]));
        json_array_append_new(list[4], tl_job_json_number(mean_prediction(v, i)));
        json_array_append_new(list[5], tl_job_json_number(v->lower[i]));
        json_array_append_new(list[6], tl_job_json_number(v->upper[i]));
        json_array_append_new(list[7], json_integer(t->model.fold[i]));
    }
    return TL_OK;
}

static tl_code tell_validation(tl_trainmodel *t, tl_err *err) {
    static const char *const transfer[] = {"none", "ds", "vae"};
    static const char *const rule[] = {"tol", "min", "1se"};
    const tl_pipeline_options *o = &t->options;
    json_t *v = json_object();
    TL_TRY(tl_model_put_json(t->model.about, "validation", v, err));
    TL_TRY(tl_model_put_integer(v, "outer_folds", t->validation.folds, err));
    TL_TRY(tl_model_put_integer(v, "repeats", o->repeats, err));
    TL_TRY(tl_model_put_integer(v, "inner_folds", o->fit.inner_folds, err));
    TL_TRY(
        tl_model_put_integer(v, "max_components", o->fit.recipe[0].regressor.max_components, err));
    TL_TRY(tl_model_put_text(v, "rule", rule[o->fit.recipe[0].regressor.rule], err));
    TL_TRY(tl_model_put_integer(v, "seed", (ptrdiff_t)o->fit.seed, err));
    TL_TRY(tl_model_put_integer(v, "groups", tl_inversion_count_groups(t->study.group, t->study.n),
                                err));
    return tl_model_put_text(
        v, "transfer", transfer[tl_trainmodel_has_transfer(t) ? o->fit.transfer.kind : 0], err);
}

tl_code tl_trainmodel_tell(tl_trainmodel *t, tl_err *err) {
    TL_TRY(tell_scores(t, err));
    TL_TRY(tell_samples(t, err));
    TL_TRY(tl_model_put_json(t->model.about, "dropped", json_incref(t->study.dropped), err));
    return tell_validation(t, err);
}

/* A mean score as the model file tells it. */
static double mean_score(const tl_trainmodel *t, const char *kind, const char *name) {
    const json_t *scores = json_object_get(t->model.about, "scores");
    const json_t *score = json_object_get(json_object_get(scores, kind), name);
    return json_is_number(score) ? json_number_value(score) : (double)NAN;
}

/* --- warnings --- */

__attribute__((format(printf, 2, 3))) static void warn(tl_trainmodel *t, const char *format, ...) {
    char text[512];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    json_array_append_new(t->warnings, json_string(text));
    tl_job_say(t->job, TL_WARNING, "%s", text);
}

tl_code tl_trainmodel_judge(tl_trainmodel *t, tl_err *err) {
    const tl_validation *v = &t->validation;
    const double rmse = mean_score(t, "mean", "rmse");
    const double rmse_mean = mean_score(t, "intercept_only", "rmse");
    const ptrdiff_t groups = tl_inversion_count_groups(t->study.group, t->study.n);
    if (!(rmse < rmse_mean)) {
        warn(t,
             "the spectra say nothing about %s here: the model (RMSE %.4g) is not better than the "
             "mean of the samples (RMSE %.4g)",
             t->model.property, rmse, rmse_mean);
    }
    if (v->n < 30) {
        warn(t, "only %td samples: the scores themselves are uncertain", v->n);
    }
    if (t->model.final.setting.components == t->options.fit.recipe[0].regressor.max_components) {
        warn(t, "all %d components that were allowed are used; allow more",
             t->options.fit.recipe[0].regressor.max_components);
    }
    /* Twice the binomial standard error below the level. */
    const double error = sqrt(t->model.level * (1.0 - t->model.level) / (double)v->n);
    if (v->coverage < t->model.level - 2.0 * error) {
        warn(t, "the intervals hold %.0f %% of the samples instead of %.0f %%: they are too narrow",
             100.0 * v->coverage, 100.0 * t->model.level);
    }
    if (groups < v->n) {
        warn(t, "%td samples share a pixel or an id with others and were kept in one fold",
             v->n - groups);
    }
    return tl_model_put_json(t->model.about, "warnings", json_incref(t->warnings), err);
}

/* --- predictions and result --- */

static tl_code fill_predictions(const tl_trainmodel *t, tl_table *table, tl_err *err) {
    const tl_validation *v = &t->validation;
    for (ptrdiff_t i = 0; i < v->n; i++) {
        ptrdiff_t row = 0;
        TL_TRY(tl_table_add_row(table, &row, err));
        TL_TRY(tl_table_set_text(table, row, 0, t->study.id[i], err));
        tl_table_set_number(table, row, 1, t->study.value[i]);
        tl_table_set_number(table, row, 2, mean_prediction(v, i));
        /* A bound at infinity is an empty field. */
        tl_table_set_number(table, row, 3, isfinite(v->lower[i]) ? v->lower[i] : (double)NAN);
        tl_table_set_number(table, row, 4, isfinite(v->upper[i]) ? v->upper[i] : (double)NAN);
        for (int r = 0; r < v->repeats; r++) {
            tl_table_set_number(table, row, 5 + r, tl_matrix_row(&v->predicted, r)[i]);
        }
    }
    return TL_OK;
}

tl_code tl_trainmodel_write_predictions(const tl_trainmodel *t, tl_err *err) {
    enum { fixed = 5, name_room = 24 };
    static const char *const fixed_name[fixed] = {"id", "observed", "predicted", "lower", "upper"};
    const char *path = tl_job_output(t->job, "predictions");
    if (path == NULL) {
        return TL_OK;
    }
    const ptrdiff_t ncol = fixed + t->validation.repeats;
    tl_column *column = tl_acquire(ncol, sizeof *column);
    char *names = tl_acquire(ncol, name_room);
    tl_table table = {0};
    tl_code code = column == NULL || names == NULL ? no_memory(err) : TL_OK;
    for (ptrdiff_t k = 0; code == TL_OK && k < ncol; k++) {
        char *name = names + k * name_room;
        (void)snprintf(name, name_room, "repeat_%td", k - fixed + 1);
        column[k] = (tl_column){.name = k < fixed ? fixed_name[k] : name,
                                .kind = k == 0 ? TL_COLUMN_TEXT : TL_COLUMN_NUMBER};
    }
    if (code == TL_OK) {
        tl_table_start(&table, column, ncol);
        code = fill_predictions(t, &table, err);
    }
    if (code == TL_OK) {
        code = tl_job_store(t->job)->write_table(path, "predictions", &table, err);
    }
    tl_table_free(&table);
    tl_release(column);
    tl_release(names);
    return code;
}

void tl_trainmodel_put_result(const tl_trainmodel *t) {
    const tl_validation *v = &t->validation;
    const json_t *scores = json_object_get(t->model.about, "scores");
    tl_job_put_text(t->job, "property", t->model.property);
    tl_job_put_text(t->job, "unit", t->model.unit);
    tl_job_put_text(t->job, "features", tl_features_word(t->model.features));
    tl_job_put_text(t->job, "log", t->model.log ? "yes" : "no");
    tl_job_put_number(t->job, "n", (double)v->n);
    tl_job_put_number(t->job, "bands", (double)t->model.p);
    tl_job_put_number(t->job, "components", (double)t->model.final.setting.components);
    for (ptrdiff_t k = 0; k < n_scores; k++) {
        tl_job_put_number(t->job, score_name[k], mean_score(t, "mean", score_name[k]));
    }
    if (v->log_scores != NULL) {
        tl_job_put_number(t->job, "r2_log", mean_score(t, "log", "r2"));
    }
    tl_job_put_number(t->job, "coverage", v->coverage);
    tl_job_put_json(t->job, "scores", json_deep_copy(scores));
    tl_job_put_json(t->job, "dropped", json_deep_copy(t->study.dropped));
    tl_job_put_json(t->job, "warnings", json_deep_copy(t->warnings));
    tl_job_say(t->job, TL_INFO,
               "%s: %td samples, %td bands, %d components%s; nested cross-validation (%d x %d "
               "folds): R2 %.3f, RMSE %.4g%s%s, RPIQ %.2f; mean of the samples alone: RMSE %.4g",
               t->model.property, v->n, t->model.p, t->model.final.setting.components,
               t->model.log ? " on logarithms" : "", v->repeats, v->folds,
               mean_score(t, "mean", "r2"), mean_score(t, "mean", "rmse"),
               t->model.unit[0] == '\0' ? "" : " ", t->model.unit, mean_score(t, "mean", "rpiq"),
               mean_score(t, "intercept_only", "rmse"));
}
