/* SPDX-License-Identifier: GPL-2.0-or-later
 * The description of a model by trainmodel: in the model file, in a table and in the log; see
 * trainmodel.h. */
#include "tools/models/trainmodel.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "inversion/folds.h"
#include "json/json.h"
#include "model/document.h"
#include "num/stats.h"
#include "tools/models/fold_hash.h"

/* --- the description in the model file --- */

static const char *const score_name[] = {"r2",   "rmse", "mae",   "rpiq",
                                         "bias", "sep",  "slope", "ccc"};
enum { n_scores = TL_COUNT(score_name) };

static double score_at(const tl_scores *s, ptrdiff_t k) {
    const double value[n_scores] = {s->r2,   s->rmse, s->mae,   s->rpiq,
                                    s->bias, s->sep,  s->slope, s->ccc};
    return value[k];
}

static json_t *scores_of_one(const tl_scores *s) {
    json_t *o = tl_json_object();
    tl_json_put(o, "n", tl_json_integer((json_int_t)s->n));
    for (ptrdiff_t k = 0; k < n_scores; k++) {
        tl_json_put(o, score_name[k], tl_job_json_number(score_at(s, k)));
    }
    return o;
}

/* Mean over the repeats, or with spread the standard deviation. */
static tl_code scores_over(const tl_scores *scores, int repeats, int spread, json_t **out,
                           tl_err *err) {
    double *value = tl_acquire(repeats, sizeof *value);
    *out = tl_json_object();
    if (value == NULL || *out == NULL) {
        tl_release(value);
        return tl_no_memory(err, "the scores");
    }
    tl_json_put(*out, "n", tl_json_integer((json_int_t)scores[0].n));
    for (ptrdiff_t k = 0; k < n_scores; k++) {
        for (int r = 0; r < repeats; r++) {
            value[r] = score_at(&scores[r], k);
        }
        tl_json_put(
            *out, score_name[k],
            tl_job_json_number(spread ? tl_num_sd(value, repeats) : tl_num_mean(value, repeats)));
    }
    tl_release(value);
    return TL_OK;
}

static tl_code put_mean_scores(json_t *all, const char *key, const tl_scores *scores, int repeats,
                               int spread, tl_err *err) {
    json_t *part = NULL;
    if (scores == NULL) {
        return TL_OK;
    }
    TL_TRY(scores_over(scores, repeats, spread, &part, err));
    return tl_model_put_json(all, key, part, err);
}

static json_t *interval_of_one(const tl_score_interval *i) {
    return tl_json_pack("{s:o, s:o, s:o}", "estimate", tl_job_json_number(i->estimate), "lower",
                        tl_job_json_number(i->lower), "upper", tl_job_json_number(i->upper));
}

/* Puts the bootstrap intervals of all repeats together. */
static tl_code put_intervals(json_t *all, const char *key, const tl_score_intervals *i,
                             tl_err *err) {
    const tl_score_interval *const list[n_scores] = {&i->r2,   &i->rmse, &i->mae,   &i->rpiq,
                                                     &i->bias, &i->sep,  &i->slope, &i->ccc};
    json_t *o = tl_json_object();
    TL_TRY(tl_model_put_json(all, key, o, err));
    for (ptrdiff_t k = 0; k < n_scores; k++) {
        tl_json_put(o, score_name[k], interval_of_one(list[k]));
    }
    return TL_OK;
}

/* Puts the choices of the outer folds, repeat by repeat. */
static tl_code put_choices(json_t *all, const tl_validation *v, tl_err *err) {
    json_t *recipe = tl_json_array();
    json_t *components = tl_json_array();
    TL_TRY(tl_model_put_json(all, "components", components, err));
    TL_TRY(tl_model_put_json(all, "recipe", recipe, err));
    for (ptrdiff_t k = 0; k < (ptrdiff_t)v->repeats * v->folds; k++) {
        tl_json_append(components, tl_json_integer(v->components[k]));
        tl_json_append(recipe, tl_json_integer(v->recipe[k]));
    }
    return TL_OK;
}

static tl_code put_validation_scores(tl_trainmodel *t, const char *key, const tl_validation *v,
                                     tl_err *err) {
    json_t *all = tl_json_object();
    TL_TRY(tl_model_put_json(t->model.about, key, all, err));
    TL_TRY(put_mean_scores(all, "mean", v->scores, v->repeats, 0, err));
    TL_TRY(put_mean_scores(all, "sd", v->scores, v->repeats, 1, err));
    TL_TRY(put_mean_scores(all, "intercept_only", v->mean_scores, v->repeats, 0, err));
    TL_TRY(put_mean_scores(all, "kriging", v->kriging_scores, v->repeats, 0, err));
    TL_TRY(put_mean_scores(all, "log", v->log_scores, v->repeats, 0, err));
    TL_TRY(put_intervals(all, "interval", &v->interval, err));
    TL_TRY(put_intervals(all, "gain", &v->gain, err));
    TL_TRY(tl_model_put_text(all, "gain_over",
                             v->kriging_scores == NULL ? "intercept_only" : "kriging", err));
    TL_TRY(tl_model_put_number(all, "coverage", v->coverage, err));
    json_t *repeats = tl_json_array();
    TL_TRY(tl_model_put_json(all, "repeats", repeats, err));
    for (int r = 0; r < v->repeats; r++) {
        tl_json_append(repeats, scores_of_one(&v->scores[r]));
    }
    if (v->blocks > 0) {
        TL_TRY(tl_model_put_integer(all, "blocks", v->blocks, err));
        TL_TRY(tl_model_put_number(all, "block_side", v->block_side, err));
    }
    return put_choices(all, v, err);
}

/* Puts the recipes, with their error in the inner folds of the final fit. */
static tl_code put_recipes(tl_trainmodel *t, tl_err *err) {
    const tl_function *f = &t->model.final;
    char text[tl_regressor_text_size];
    json_t *list = tl_json_array();
    TL_TRY(tl_model_put_json(t->model.about, "recipes", list, err));
    for (int k = 0; k < t->options.fit.recipes; k++) {
        const tl_recipe *r = &t->options.fit.recipe[k];
        json_t *one = NULL;
        TL_TRY(tl_pipeline_recipe_to_json(r, &one, err));
        tl_json_append(list, one);
        TL_TRY(tl_model_put_number(one, "inner_rmse", f->inner_rmse[k], err));
        TL_TRY(tl_model_put_flag(one, "used", k == f->recipe, err));
        if (k == f->recipe) {
            tl_inversion_regressor_describe(f->kind, &f->setting, text);
            TL_TRY(tl_model_put_text(one, "setting", text, err));
        }
    }
    return TL_OK;
}

/* Puts the mean spectrum of the samples' pixels, which a scene is compared with. */
static tl_code put_spectra(tl_trainmodel *t, tl_err *err) {
    const tl_matrix *x = t->data.scene != NULL ? t->data.scene : t->data.lab;
    json_t *o = tl_json_object();
    tl_matrix mean = {0};
    TL_TRY(tl_model_put_json(t->model.about, "spectra", o, err));
    TL_TRY(tl_matrix_init(&mean, 1, x->ncol, err));
    for (ptrdiff_t i = 0; i < t->data.n; i++) {
        for (ptrdiff_t j = 0; j < x->ncol; j++) {
            mean.data[j] += tl_matrix_row(x, i)[j] / (double)t->data.n;
        }
    }
    const tl_code code = tl_model_put_vector(o, "mean", mean.data, x->ncol, err);
    tl_matrix_free(&mean);
    return code;
}

double tl_trainmodel_prediction(const tl_validation *v, ptrdiff_t i) {
    double sum = 0.0;
    for (int r = 0; r < v->repeats; r++) {
        sum += tl_matrix_row(&v->predicted, r)[i];
    }
    return sum / (double)v->repeats;
}

static tl_code put_samples(tl_trainmodel *t, tl_err *err) {
    static const char *const name[] = {
        "id",    "x",     "y",    "observed",          "predicted",
        "lower", "upper", "fold", "spatial_predicted", "spatial_fold"};
    const tl_validation *v = &t->validation;
    const ptrdiff_t lists = TL_COUNT(name) - (t->spatial.n > 0 ? 0 : 2);
    json_t *samples = tl_json_object();
    json_t *list[TL_COUNT(name)] = {0};
    TL_TRY(tl_model_put_json(t->model.about, "samples", samples, err));
    for (ptrdiff_t k = 0; k < lists; k++) {
        list[k] = tl_json_array();
        TL_TRY(tl_model_put_json(samples, name[k], list[k], err));
    }
    for (ptrdiff_t i = 0; i < v->n; i++) {
        tl_json_append(list[0], tl_json_text(t->study.id[i]));
        tl_json_append(list[1], tl_job_json_number(t->study.x[i]));
        tl_json_append(list[2], tl_job_json_number(t->study.y[i]));
        tl_json_append(list[3], tl_job_json_number(t->study.value[i]));
        tl_json_append(list[4], tl_job_json_number(tl_trainmodel_prediction(v, i)));
        tl_json_append(list[5], tl_job_json_number(v->lower[i]));
        tl_json_append(list[6], tl_job_json_number(v->upper[i]));
        tl_json_append(list[7], tl_json_integer(t->model.fold[i]));
        if (t->spatial.n > 0) {
            tl_json_append(list[8], tl_job_json_number(tl_trainmodel_prediction(&t->spatial, i)));
            tl_json_append(list[9], tl_json_integer(t->spatial.fold[i]));
        }
    }
    return TL_OK;
}

static tl_code put_permutation(const tl_trainmodel *t, json_t *v, tl_err *err) {
    const tl_permutation_result *r = &t->permutation;
    json_t *o = tl_json_object();
    if (r->permutations == 0) {
        json_decref(o);
        return TL_OK;
    }
    TL_TRY(tl_model_put_json(v, "permutation", o, err));
    TL_TRY(tl_model_put_integer(o, "permutations", r->permutations, err));
    TL_TRY(tl_model_put_integer(o, "reaching", r->reaching, err));
    TL_TRY(tl_model_put_number(o, "p", r->p, err));
    tl_json_put(o, "median_r2", tl_job_json_number(r->median));
    tl_json_put(o, "level_r2", tl_job_json_number(r->level));
    return TL_OK;
}

static tl_code put_validation(tl_trainmodel *t, tl_err *err) {
    static const char *const rule[] = {"tol", "min", "1se", "randomisation"};
    static const char *const division[] = {"random", "one_out", "spatial", "gradient", "given"};
    const tl_pipeline_options *o = &t->options;
    const tl_regressor_options *r = &o->fit.recipe[0].regressor;
    char hash[17];
    json_t *v = tl_json_object();
    TL_TRY(tl_model_put_json(t->model.about, "validation", v, err));
    TL_TRY(tl_model_put_text(v, "division", division[o->division], err));
    TL_TRY(tl_model_put_integer(v, "outer_folds", t->validation.folds, err));
    TL_TRY(tl_model_put_integer(v, "repeats", o->repeats, err));
    TL_TRY(tl_model_put_integer(v, "inner_folds", o->fit.inner_folds, err));
    TL_TRY(tl_model_put_integer(v, "max_components", r->max_components, err));
    TL_TRY(tl_model_put_text(v, "rule", rule[r->rule], err));
    TL_TRY(tl_model_put_integer(v, "seed", (ptrdiff_t)o->fit.seed, err));
    TL_TRY(tl_model_put_integer(v, "groups", tl_inversion_count_groups(t->study.group, t->study.n),
                                err));
    TL_TRY(tl_model_put_integer(v, "bootstrap", o->bootstrap, err));
    tl_fold_hash(t->study.id, &t->validation, hash);
    TL_TRY(tl_model_put_text(v, "split_hash", hash, err));
    if (t->spatial.n > 0) {
        tl_fold_hash(t->study.id, &t->spatial, hash);
        TL_TRY(tl_model_put_text(v, "spatial_split_hash", hash, err));
    }
    TL_TRY(put_permutation(t, v, err));
    const tl_transfer_kind kind =
        tl_trainmodel_has_transfer(t) ? o->fit.transfer.kind : TL_TRANSFER_NONE;
    return tl_model_put_text(v, "transfer", tl_fusion_transfer_kind_word(kind), err);
}

tl_code tl_trainmodel_log(tl_trainmodel *t, tl_err *err) {
    TL_TRY(put_recipes(t, err));
    TL_TRY(put_spectra(t, err));
    TL_TRY(put_validation_scores(t, "scores", &t->validation, err));
    if (t->spatial.n > 0) {
        TL_TRY(put_validation_scores(t, "spatial", &t->spatial, err));
    }
    TL_TRY(put_samples(t, err));
    TL_TRY(tl_trainmodel_log_strata(t, err));
    TL_TRY(tl_model_put_json(t->model.about, "dropped", json_incref(t->study.excluded), err));
    return put_validation(t, err);
}

double tl_trainmodel_score(const tl_trainmodel *t, const char *of, const char *kind,
                           const char *name) {
    const json_t *scores = json_object_get(t->model.about, of);
    const json_t *score = json_object_get(json_object_get(scores, kind), name);
    return json_is_number(score) ? json_number_value(score) : (double)NAN;
}

/* A mean score of the first validation. */
static double mean_score(const tl_trainmodel *t, const char *kind, const char *name) {
    return tl_trainmodel_score(t, "scores", kind, name);
}

/* --- warnings --- */

__attribute__((format(printf, 2, 3))) static void warn(tl_trainmodel *t, const char *format, ...) {
    char text[512];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    tl_json_append(t->warnings, tl_json_text(text));
    tl_job_log(t->job, TL_WARNING, "%s", text);
}

/* Warns when kriging of the coordinates is as good, or when the scores are much lower far from other
 * samples. */
static void warn_of_positions(tl_trainmodel *t, double rmse) {
    const double kriging = mean_score(t, "kriging", "rmse");
    const double r2 = mean_score(t, "mean", "r2");
    const double far = tl_trainmodel_score(t, "spatial", "mean", "r2");
    if (kriging <= rmse) {
        warn(
            t,
            "kriging of the coordinates, without any spectrum, is as good (RMSE %.4g) as the model "
            "(RMSE %.4g)",
            kriging, rmse);
    }
    if (far < r2 - 0.2) {
        warn(t,
             "R2 is %.2f when samples nearby are known, but %.2f in whole blocks without samples: "
             "far from the samples the map is worse than the first figure suggests",
             r2, far);
    }
}

tl_code tl_trainmodel_warn(tl_trainmodel *t, tl_err *err) {
    const tl_validation *v = &t->validation;
    const double rmse = mean_score(t, "mean", "rmse");
    const double rmse_mean = mean_score(t, "intercept_only", "rmse");
    const ptrdiff_t groups = tl_inversion_count_groups(t->study.group, t->study.n);
    if (!(rmse < rmse_mean)) {
        warn(t,
             "the spectra have no information about %s here: the model (RMSE %.4g) is not better "
             "than the mean of the samples (RMSE %.4g)",
             t->model.property, rmse, rmse_mean);
    }
    warn_of_positions(t, rmse);
    if (v->n < 30) {
        warn(t, "only %td samples: the scores themselves are uncertain", v->n);
    }
    if (t->permutation.permutations > 0 && t->permutation.p > 0.05) {
        warn(t,
             "%td of %td runs with the property permuted at random reach the same score (p = "
             "%.2g): this may be chance",
             t->permutation.reaching, t->permutation.permutations, t->permutation.p);
    }
    if (t->model.final.setting.components == t->options.fit.recipe[0].regressor.max_components) {
        warn(t, "the model uses all %d components that max_components allows; allow more",
             t->options.fit.recipe[0].regressor.max_components);
    }
    /* Twice the binomial standard error below the level. */
    const double error = sqrt(t->model.level * (1.0 - t->model.level) / (double)v->n);
    if (v->coverage < t->model.level - 2.0 * error) {
        warn(t,
             "the intervals contain %.0f %% of the samples instead of %.0f %%: they are too narrow",
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
        TL_TRY(tl_source_table_add_row(table, &row, err));
        TL_TRY(tl_source_table_set_text(table, row, 0, t->study.id[i], err));
        tl_source_table_set_number(table, row, 1, t->study.value[i]);
        tl_source_table_set_number(table, row, 2, tl_trainmodel_prediction(v, i));
        /* A bound at infinity becomes an empty field. */
        tl_source_table_set_number(table, row, 3,
                                   isfinite(v->lower[i]) ? v->lower[i] : (double)NAN);
        tl_source_table_set_number(table, row, 4,
                                   isfinite(v->upper[i]) ? v->upper[i] : (double)NAN);
        for (int r = 0; r < v->repeats; r++) {
            tl_source_table_set_number(table, row, 5 + r, tl_matrix_row(&v->predicted, r)[i]);
        }
    }
    return TL_OK;
}

tl_code tl_trainmodel_write_predictions(const tl_trainmodel *t, const char *path, tl_err *err) {
    enum { fixed = 5, name_capacity = 24 };
    static const char *const fixed_name[fixed] = {"id", "observed", "predicted", "lower", "upper"};
    const ptrdiff_t ncol = fixed + t->validation.repeats;
    tl_column *column = tl_acquire(ncol, sizeof *column);
    char *names = tl_acquire(ncol, name_capacity);
    tl_table table = {0};
    tl_code code = column == NULL || names == NULL ? tl_no_memory(err, "the scores") : TL_OK;
    for (ptrdiff_t k = 0; code == TL_OK && k < ncol; k++) {
        char *name = names + k * name_capacity;
        (void)snprintf(name, name_capacity, "repeat_%td", k - fixed + 1);
        column[k] = (tl_column){.name = k < fixed ? fixed_name[k] : name,
                                .kind = k == 0 ? TL_COLUMN_TEXT : TL_COLUMN_NUMBER};
    }
    if (code == TL_OK) {
        tl_source_table_start(&table, column, ncol);
        code = fill_predictions(t, &table, err);
    }
    if (code == TL_OK) {
        code = tl_job_store(t->job)->write_table(path, "predictions", &table, err);
    }
    tl_source_table_free(&table);
    tl_release(column);
    tl_release(names);
    return code;
}

static void put_text(json_t *o, const char *key, const char *text) {
    tl_json_put(o, key, tl_json_text(text));
}

static void put_number(json_t *o, const char *key, double value) {
    tl_json_put(o, key, tl_job_json_number(value));
}

/* Adds the label and the value of a score, if the model has it. */
static void add_score(const tl_trainmodel *t, const char *label, const char *of, const char *kind,
                      const char *name, const char *format, tl_text *line) {
    const double value = tl_trainmodel_score(t, of, kind, name);
    char text[32];
    if (isfinite(value)) {
        (void)snprintf(text, sizeof text, strcmp(format, "g") == 0 ? "%.4g" : "%.3f", value);
        tl_text_addf(line, "%s %s", label, text);
    }
}

static void log_line(const tl_trainmodel *t, const char *recipe) {
    const tl_validation *v = &t->validation;
    const char *unit = t->model.unit;
    tl_text line = {0};
    tl_text_addf(&line,
                 "%s: %td samples, %td bands, %s%s; nested cross-validation (%d x %d folds):",
                 t->model.property, v->n, t->model.p, recipe, t->model.log ? " on logarithms" : "",
                 v->repeats, v->folds);
    add_score(t, " R2", "scores", "mean", "r2", "f", &line);
    add_score(t, ", RMSE", "scores", "mean", "rmse", "g", &line);
    tl_text_addf(&line, "%s%s", unit[0] == '\0' ? "" : " ", unit);
    add_score(t, ", RPIQ", "scores", "mean", "rpiq", "f", &line);
    add_score(t, "; in spatial blocks: R2", "spatial", "mean", "r2", "f", &line);
    add_score(t, ", RMSE", "spatial", "mean", "rmse", "g", &line);
    add_score(t, "; mean of the samples alone: RMSE", "scores", "intercept_only", "rmse", "g",
              &line);
    add_score(t, "; kriging of the coordinates alone: RMSE", "scores", "kriging", "rmse", "g",
              &line);
    tl_job_log(t->job, TL_INFO, "%s", tl_text_data(&line));
    tl_text_free(&line);
}

json_t *tl_trainmodel_result(const tl_trainmodel *t) {
    const tl_property_model *m = &t->model;
    const json_t *about = m->about;
    char recipe[tl_regressor_text_size + 64];
    char setting[tl_regressor_text_size];
    json_t *o = tl_json_object();
    tl_inversion_regressor_describe(m->final.kind, &m->final.setting, setting);
    (void)snprintf(
        recipe, sizeof recipe, "%s features, %s%s%s", tl_pipeline_features_word(m->features),
        tl_inversion_regressor_word(m->final.kind), setting[0] == '\0' ? "" : " with ", setting);
    put_text(o, "property", m->property);
    put_text(o, "unit", m->unit);
    put_text(o, "features", tl_pipeline_features_word(m->features));
    put_text(o, "regressor", tl_inversion_regressor_word(m->final.kind));
    put_text(o, "setting", setting);
    put_text(o, "log", m->log ? "yes" : "no");
    put_number(o, "n", (double)t->validation.n);
    put_number(o, "bands", (double)m->p);
    put_number(o, "inputs", (double)m->final.m);
    put_number(o, "components", (double)m->final.setting.components);
    for (ptrdiff_t k = 0; k < n_scores; k++) {
        put_number(o, score_name[k], mean_score(t, "mean", score_name[k]));
    }
    if (t->validation.log_scores != NULL) {
        put_number(o, "r2_log", mean_score(t, "log", "r2"));
    }
    put_number(o, "coverage", t->validation.coverage);
    tl_json_put(o, "scores", tl_json_copy(json_object_get(about, "scores")));
    if (t->spatial.n > 0) {
        tl_json_put(o, "spatial", tl_json_copy(json_object_get(about, "spatial")));
    }
    if (t->permutation.permutations > 0) {
        put_number(o, "p_permutation", t->permutation.p);
    }
    if (json_object_get(about, "strata") != NULL) {
        tl_json_put(o, "strata", tl_json_copy(json_object_get(about, "strata")));
    }
    tl_json_put(o, "recipes", tl_json_copy(json_object_get(about, "recipes")));
    tl_json_put(o, "dropped", tl_json_copy(t->study.excluded));
    tl_json_put(o, "warnings", tl_json_copy(t->warnings));
    log_line(t, recipe);
    return o;
}
