/* SPDX-License-Identifier: GPL-2.0-or-later
 * The nested rows of comparemodels, with every model on the same folds; see comparemodels.h. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "tools/models/comparemodels.h"
#include "tools/models/fold_hash.h"
#include "tools/models/scene_mnf.h"

enum { derived_window = 11, derived_degree = 2, max_models = 10 };

/* The definition of one model. */
typedef struct model_plan {
    const char *method;
    tl_feature_kind features;
    int recipes;
    tl_recipe recipe[3];
} model_plan;

tl_code tl_comparemodels_add(tl_compared *c, tl_compared_row **row, tl_err *err) {
    /* Never NULL, because compilers warn of a NULL that the callers would only use after a success. */
    *row = c->row;
    if (c->rows == tl_compared_max_rows) {
        return tl_fail(err, TL_INTERNAL, "more than %d rows", (int)tl_compared_max_rows);
    }
    *row = &c->row[c->rows++];
    **row = (tl_compared_row){.features = "",
                              .inputs = (double)NAN,
                              .r2_sd = (double)NAN,
                              .r2_log = (double)NAN,
                              .p = (double)NAN,
                              .coverage = (double)NAN};
    return TL_OK;
}

/* --- which models --- */

static tl_recipe recipe_of(const tl_compared *c, tl_feature_kind features,
                           tl_regressor_kind regressor) {
    tl_recipe r = tl_pipeline_recipe_defaults();
    r.features = features;
    r.components = features == TL_FEATURES_LAB ? 0 : c->components;
    r.regressor = tl_inversion_regressor_defaults(regressor);
    r.regressor.seed = c->options.fit.seed;
    r.cars.seed = c->options.fit.seed;
    return r;
}

/* PLSR or SVR, with the requested selections. */
static void plan_common(const tl_compared *c, tl_feature_kind features, tl_regressor_kind regressor,
                        model_plan *plan) {
    enum { automatic };
    const int word = tl_job_choice(c->job, "selection");
    const int default_selection = c->paper ? TL_SELECTION_CARS : TL_SELECTION_NONE;
    const int choice = word == automatic ? default_selection : word - 1;
    const int all = choice > TL_SELECTION_REPEATED;
    *plan = (model_plan){.method = regressor == TL_REGRESSOR_PLSR ? "PLSR" : "SVR",
                         .features = features,
                         .recipes = all ? 3 : 1};
    for (int k = 0; k < plan->recipes; k++) {
        plan->recipe[k] = recipe_of(c, features, regressor);
        plan->recipe[k].selection = (tl_selection_kind)(all ? k : choice);
    }
}

/* A forest on first derivatives of the pixel spectra (Zhou et al. 2021). */
static void plan_forest(const tl_compared *c, model_plan *plan) {
    *plan = (model_plan){.method = "FD-RF", .features = TL_FEATURES_SCENE, .recipes = 1};
    tl_recipe *r = &plan->recipe[0];
    *r = recipe_of(c, TL_FEATURES_SCENE, TL_REGRESSOR_FOREST);
    r->components = 0;
    (void)snprintf(r->transform, sizeof r->transform, "derivative");
    r->window = derived_window;
    r->degree = derived_degree;
}

/* A network on the bands that CARS selects. */
static void plan_network(const tl_compared *c, model_plan *plan) {
    *plan = (model_plan){.method = "DNN-CARS", .features = TL_FEATURES_SCENE, .recipes = 1};
    plan->recipe[0] = recipe_of(c, TL_FEATURES_SCENE, TL_REGRESSOR_NET);
    plan->recipe[0].components = 0;
    plan->recipe[0].selection = TL_SELECTION_CARS;
}

/* Plans the models that the data allow, the reference first; returns how many. */
static int plan_models(const tl_compared *c, model_plan *plan) {
    static const tl_feature_kind order[] = {TL_FEATURES_SCENE, TL_FEATURES_FUSED, TL_FEATURES_MIXED,
                                            TL_FEATURES_LAB};
    enum { plsr_and_svr = 1, plsr = 2 };
    const int methods = tl_job_choice(c->job, "methods");
    const int scene = c->scene.data != NULL;
    int n = 0;
    for (ptrdiff_t k = 0; k < TL_COUNT(order); k++) {
        const int possible = (order[k] == TL_FEATURES_LAB || scene) &&
                             (order[k] == TL_FEATURES_SCENE || c->lab.data != NULL);
        if (possible) {
            plan_common(c, order[k], TL_REGRESSOR_PLSR, &plan[n++]);
        }
        if (possible && methods != plsr) {
            plan_common(c, order[k], TL_REGRESSOR_SVR, &plan[n++]);
        }
    }
    if (scene && methods < plsr_and_svr) {
        plan_forest(c, &plan[n++]);
        plan_network(c, &plan[n++]);
    }
    return n;
}

/* --- one model --- */

static double *score_field(tl_scores *s, int k) {
    double *const field[] = {&s->r2,   &s->rmse, &s->mae,   &s->rpiq,
                             &s->bias, &s->sep,  &s->slope, &s->ccc};
    return field[k];
}

/* Mean over the repeats; also the standard deviation of R2. */
static void mean_scores(tl_scores *scores, int repeats, tl_compared_row *row) {
    enum { fields = 8 };
    double square = 0.0;
    row->test = (tl_scores){.n = scores[0].n};
    for (int k = 0; k < fields; k++) {
        for (int r = 0; r < repeats; r++) {
            *score_field(&row->test, k) += *score_field(&scores[r], k) / (double)repeats;
        }
    }
    for (int r = 0; r < repeats; r++) {
        square += (scores[r].r2 - row->test.r2) * (scores[r].r2 - row->test.r2);
    }
    row->r2_sd = repeats > 1 ? sqrt(square / (double)(repeats - 1)) : (double)NAN;
}

static tl_code keep_predictions(const tl_validation *v, tl_compared_row *row, tl_err *err) {
    row->predicted = tl_acquire(v->n, sizeof *row->predicted);
    if (row->predicted == NULL) {
        return tl_no_memory(err, "the comparison");
    }
    for (ptrdiff_t i = 0; i < v->n; i++) {
        row->predicted[i] = 0.0;
        for (int r = 0; r < v->repeats; r++) {
            row->predicted[i] += tl_matrix_row(&v->predicted, r)[i] / (double)v->repeats;
        }
    }
    return TL_OK;
}

/* The share of the folds of the first repeat that selected each feature, and the mean number used. */
static tl_code keep_selection(const tl_compared *c, const model_plan *plan, const tl_validation *v,
                              tl_compared_row *row, tl_err *err) {
    const tl_recipe *r = &plan->recipe[0];
    const ptrdiff_t own = r->components > 0 ? r->components : c->study.p;
    const int both = plan->features == TL_FEATURES_MIXED;
    ptrdiff_t selecting = 0;
    row->inputs = 0.0;
    for (int k = 0; k < v->folds; k++) {
        row->inputs += (double)v->fold_model[k].m / (double)v->folds;
        selecting += v->fold_model[k].chosen != NULL;
    }
    if (selecting == 0) {
        return TL_OK;
    }
    row->n_chosen = both                                                       ? own + c->study.p
                    : r->components > 0 && plan->features == TL_FEATURES_SCENE ? own
                                                                               : c->study.p;
    row->chosen = tl_acquire(row->n_chosen, sizeof *row->chosen);
    if (row->chosen == NULL) {
        return tl_no_memory(err, "the comparison");
    }
    for (ptrdiff_t j = 0; j < row->n_chosen; j++) {
        row->chosen[j] = 0.0;
    }
    for (int k = 0; k < v->folds; k++) {
        const tl_function *f = &v->fold_model[k];
        for (ptrdiff_t j = 0; j < (f->chosen == NULL ? row->n_chosen : f->m); j++) {
            row->chosen[f->chosen == NULL ? j : f->chosen[j]] += 1.0 / (double)v->folds;
        }
    }
    return TL_OK;
}

static void describe(const tl_validation *v, tl_compared_row *row) {
    double sum = 0.0;
    for (int k = 0; k < v->repeats * v->folds; k++) {
        sum += (double)v->components[k] / (double)(v->repeats * v->folds);
    }
    if (sum > 0.0) {
        (void)snprintf(row->setting, sizeof row->setting, "%.1f components on average", sum);
    }
}

static int same_folds(const tl_validation *a, const tl_validation *b) {
    return a->n == b->n && a->repeats == b->repeats && a->folds == b->folds &&
           memcmp(a->all_folds, b->all_folds, (size_t)(a->n * a->repeats) * sizeof *a->all_folds) ==
               0;
}

/* Computes intervals of the scores and, for all but the first model, of their differences to it; also
 * the p of the corrected t test over all folds of all repeats. */
static tl_code draw_intervals(const tl_compared *c, const tl_matrix *predicted,
                              const tl_validation *v, int is_first, tl_compared_row *row,
                              tl_err *err) {
    const tl_matrix *first = is_first ? NULL : &c->first.predicted;
    tl_comparison t = {.p = (double)NAN};
    if (!is_first && !same_folds(v, &c->first)) {
        return tl_fail(err, TL_INTERNAL, "the models were not tested on the same folds");
    }
    TL_TRY(tl_pipeline_score_intervals(c->study.value, c->study.group, v->all_folds, predicted,
                                       first, &c->options, &row->interval, &row->gain, err));
    if (first != NULL) {
        TL_TRY(tl_inversion_compare_repeats(c->study.value, predicted, first, v->all_folds,
                                            v->folds, tl_inversion_bootstrap_defaults().level, &t,
                                            err));
    }
    row->p = t.p;
    return TL_OK;
}

static tl_code fill_row(tl_compared *c, const model_plan *plan, const tl_validation *v,
                        tl_compared_row *row, tl_err *err) {
    row->division = c->options.division;
    row->features = tl_pipeline_features_word(plan->features);
    row->method = plan->method;
    row->n_test = v->n;
    row->n_train = v->n - v->n / v->folds;
    row->coverage = v->coverage;
    row->level = c->options.level;
    mean_scores(v->scores, v->repeats, row);
    row->r2_log = v->log_scores == NULL ? (double)NAN : 0.0;
    for (int r = 0; v->log_scores != NULL && r < v->repeats; r++) {
        row->r2_log += v->log_scores[r].r2 / (double)v->repeats;
    }
    describe(v, row);
    TL_TRY(keep_predictions(v, row, err));
    return keep_selection(c, plan, v, row, err);
}

/* Only the spectra that the recipe needs. */
static tl_pipeline_data data_for(const tl_compared *c, const model_plan *plan) {
    const int lab_only = plan->features == TL_FEATURES_LAB;
    return (tl_pipeline_data){.n = c->study.n,
                              .scene = lab_only ? NULL : &c->scene,
                              .lab = plan->features == TL_FEATURES_SCENE ? NULL : &c->lab,
                              .projection = plan->recipe[0].components > 0 ? &c->projection : NULL,
                              .wavelength_nm = c->study.centre_nm,
                              .y = c->study.value,
                              .group = c->study.group,
                              .east = c->study.x,
                              .north = c->study.y};
}

static tl_code validate_model(tl_compared *c, const model_plan *plan, int is_first,
                              const tl_progress *progress, tl_err *err) {
    const tl_pipeline_data data = data_for(c, plan);
    tl_pipeline_options o = c->options;
    tl_validation v = {0};
    tl_compared_row *row = NULL;
    tl_code code;
    o.kriging = is_first;
    o.bootstrap = 0;
    o.fit.recipes = plan->recipes;
    memcpy(o.fit.recipe, plan->recipe, sizeof plan->recipe);
    TL_CHECK(tl_pipeline_validate(&data, &o, progress, &v, err));
    TL_CHECK(tl_comparemodels_add(c, &row, err));
    TL_CHECK(fill_row(c, plan, &v, row, err));
    TL_CHECK(draw_intervals(c, &v.predicted, &v, is_first, row, err));
    if (is_first) {
        tl_pipeline_validation_free(&c->first);
        c->first = v;
        v = (tl_validation){0};
    }
done:
    tl_pipeline_validation_free(&v);
    return code;
}

/* Adds a row that uses no spectrum: the mean, or kriging of the coordinates. */
static tl_code add_without_spectra(tl_compared *c, const char *method, const tl_matrix *predicted,
                                   tl_scores *scores, tl_err *err) {
    const tl_validation *v = &c->first;
    tl_compared_row *row = NULL;
    TL_TRY(tl_comparemodels_add(c, &row, err));
    row->division = c->options.division;
    row->method = method;
    row->n_test = v->n;
    row->n_train = v->n - v->n / v->folds;
    mean_scores(scores, v->repeats, row);
    return draw_intervals(c, predicted, v, 0, row, err);
}

static tl_code validate_all(tl_compared *c, const tl_progress *progress, tl_err *err) {
    model_plan *plan = tl_acquire(max_models, sizeof *plan);
    tl_code code = plan == NULL ? tl_no_memory(err, "the comparison") : TL_OK;
    const int n = plan == NULL ? 0 : plan_models(c, plan);
    for (int k = 0; code == TL_OK && k < n; k++) {
        const tl_progress part = tl_progress_part(progress, k / (double)n, (k + 1) / (double)n);
        code = validate_model(c, &plan[k], k == 0, &part, err);
    }
    tl_release(plan);
    TL_TRY(code);
    TL_TRY(add_without_spectra(c, "mean", &c->first.mean_only, c->first.mean_scores, err));
    return c->first.kriging_scores == NULL
               ? TL_OK
               : add_without_spectra(c, "kriging", &c->first.kriging, c->first.kriging_scores, err);
}

/* --- before the models --- */

static tl_code fit_projection(tl_compared *c, const tl_progress *progress, tl_err *err) {
    return tl_scene_mnf_projection(tl_job_store(c->job), tl_job_text(c->job, "scene"),
                                   c->study.number, c->study.p, c->components,
                                   tl_job_threads(c->job), progress, &c->projection, NULL, err);
}

/* Replaces the pixel's spectrum by MNF components where the scene allows it. */
static tl_code project(tl_compared *c, const tl_progress *progress, tl_err *err) {
    if (c->components == 0) {
        return TL_OK;
    }
    c->components = tl_min_int(c->components, (int)c->study.p);
    const tl_code code = fit_projection(c, progress, err);
    if (code == TL_DATA || code == TL_NUMERIC) {
        tl_job_log(
            c->job, TL_INFO,
            "MNF components cannot be fitted on the scene (%s); the spectra are used as they "
            "are",
            err == NULL ? "" : err->text);
        tl_pipeline_linear_free(&c->projection);
        c->components = 0;
        return TL_OK;
    }
    return code;
}

/* Decides on the logarithm once for all models, so that they predict the same quantity. */
static tl_code decide_log(tl_compared *c, tl_err *err) {
    enum { automatic, yes };
    const int choice = tl_job_choice(c->job, "log");
    const model_plan first = {
        .features = c->scene.data != NULL ? TL_FEATURES_SCENE : TL_FEATURES_LAB,
        .recipes = 1,
        .recipe = {recipe_of(c, c->scene.data != NULL ? TL_FEATURES_SCENE : TL_FEATURES_LAB,
                             TL_REGRESSOR_PLSR)}};
    const tl_pipeline_data data = data_for(c, &first);
    tl_pipeline_options o = c->options;
    double plain = 0.0;
    double logs = 0.0;
    c->options.fit.log = choice == yes;
    if (choice != automatic || c->paper) {
        return TL_OK;
    }
    TL_TRY(tl_pipeline_wants_log(c->study.value, c->study.n, &c->options.fit.log, err));
    if (c->options.fit.log) {
        o.fit.recipe[0] = first.recipe[0];
        TL_TRY(tl_pipeline_compare_log(&data, &o, NULL, &plain, &logs, err));
        c->options.fit.log = !tl_pipeline_log_harms(plain, logs);
    }
    return TL_OK;
}

static int positions_known(const tl_study *s) {
    for (ptrdiff_t i = 0; i < s->n; i++) {
        if (!isfinite(s->x[i]) || !isfinite(s->y[i])) {
            return 0;
        }
    }
    return 1;
}

static tl_code validate_in_space(tl_compared *c, const tl_progress *progress, tl_err *err) {
    const ptrdiff_t before = c->rows;
    c->options.division = TL_DIVIDE_SPATIAL;
    const tl_code code = validate_all(c, progress, err);
    if (code == TL_DATA && c->rows == before) {
        tl_job_log(c->job, TL_WARNING, "no validation by spatial blocks: %s",
                   err == NULL ? "" : err->text);
        return TL_OK;
    }
    c->spatial = code == TL_OK;
    c->blocks = c->first.blocks;
    c->block_side = c->first.block_side;
    return code;
}

tl_code tl_comparemodels_validate(tl_compared *c, const tl_progress *progress, tl_err *err) {
    enum { automatic, at_random };
    const tl_progress projecting = tl_progress_part(progress, 0.0, 0.05);
    const tl_progress random = tl_progress_part(progress, 0.05, 0.55);
    const tl_progress spatial = tl_progress_part(progress, 0.55, 1.0);
    TL_TRY(project(c, &projecting, err));
    TL_TRY(decide_log(c, err));
    c->options.division = TL_DIVIDE_RANDOM;
    TL_TRY(validate_all(c, &random, err));
    tl_fold_hash(c->study.id, &c->first, c->split_hash);
    return tl_job_choice(c->job, "validation") == at_random || !positions_known(&c->study)
               ? TL_OK
               : validate_in_space(c, &spatial, err);
}
