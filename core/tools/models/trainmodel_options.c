/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reads recipes and validation from the parameters of trainmodel; see trainmodel.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/minmax.h"
#include "base/text.h"
#include "tools/models/scene_mnf.h"
#include "tools/models/trainmodel.h"

enum { default_components = 20, max_components = 100, max_items = 8 };

/* The items of a list separated by commas. */
typedef struct item_list {
    int n;
    char text[max_items][64];
} item_list;

static tl_code split_list(const char *id, const char *text, item_list *list, tl_err *err) {
    list->n = 0;
    for (const char *at = text; at != NULL;) {
        const char *comma = strchr(at, ',');
        const size_t length = comma == NULL ? strlen(at) : (size_t)(comma - at);
        if (list->n == max_items || length == 0 || length >= sizeof list->text[0]) {
            return tl_fail(err, TL_ARG,
                           "parameter '%s' is '%.200s'; wanted up to %d items separated by commas",
                           id, text, (int)max_items);
        }
        (void)snprintf(list->text[list->n++], sizeof list->text[0], "%.*s", (int)length, at);
        at = comma == NULL ? NULL : comma + 1;
    }
    return TL_OK;
}

int tl_trainmodel_has_transfer(const tl_trainmodel *t) {
    return tl_pipeline_recipe_has_transfer(&t->options.fit.recipe[0]);
}

/* --- the parts of a recipe --- */

static tl_feature_kind choose_features(const tl_job *job) {
    enum { automatic };
    const int choice = tl_job_choice(job, "features");
    if (choice != automatic) {
        return (tl_feature_kind)(choice - 1);
    }
    const int scene = tl_job_given(job, "scene") || tl_job_given(job, "spectra");
    const int lab = tl_job_given(job, "lab");
    return scene && lab ? TL_FEATURES_FUSED : lab ? TL_FEATURES_LAB : TL_FEATURES_SCENE;
}

/* Reads a number of MNF components, or none. */
static tl_code read_component_number(const char *text, const char *item, int *components,
                                     tl_err *err) {
    double number = 0.0;
    const int none = strcmp(item, "none") == 0;
    if (!none && (!tl_parse_number(item, &number) || !(number >= 0.0 && number <= max_components) ||
                  (double)(int)number < number)) {
        return tl_fail(err, TL_ARG,
                       "parameter 'mnf' is '%.100s'; wanted auto, none, or numbers of components "
                       "from 0 to %d, separated by commas",
                       text, (int)max_components);
    }
    *components = (int)number;
    return TL_OK;
}

/* Reads the numbers of MNF components to be tried; 0 means the spectrum itself. */
static tl_code read_component_numbers(tl_trainmodel *t, tl_feature_kind features, int transforms,
                                      int *components, int *n, tl_err *err) {
    const char *text = tl_job_text(t->job, "mnf");
    const int possible = tl_job_given(t->job, "scene") && features != TL_FEATURES_LAB;
    item_list list;
    *n = 1;
    components[0] = 0;
    if (strcmp(text, "none") == 0) {
        return TL_OK;
    }
    if (strcmp(text, "auto") == 0) {
        const int own_spectrum = features != TL_FEATURES_FUSED && transforms;
        components[0] = possible && t->fusion == NULL && !own_spectrum ? default_components : 0;
        return TL_OK;
    }
    TL_TRY(split_list("mnf", text, &list, err));
    t->components_asked = 1;
    for (*n = 0; *n < list.n; (*n)++) {
        TL_TRY(read_component_number(text, list.text[*n], &components[*n], err));
        if (components[*n] > 0 && (!possible || t->fusion != NULL)) {
            return tl_fail(err, TL_ARG,
                           "parameter 'mnf': MNF components are fitted on a whole scene; give the "
                           "parameter 'scene', features other than lab, and no fusion model");
        }
    }
    return TL_OK;
}

static int read_regressors(const tl_job *job, tl_regressor_kind *kind) {
    const int choice = tl_job_choice(job, "regressor");
    if (choice < tl_regressor_kinds) {
        kind[0] = (tl_regressor_kind)choice;
        return 1;
    }
    kind[0] = TL_REGRESSOR_PLSR;
    kind[1] = TL_REGRESSOR_RIDGE;
    kind[2] = TL_REGRESSOR_SVR;
    kind[3] = TL_REGRESSOR_FOREST;
    return 4;
}

static int read_selections(const tl_job *job, tl_selection_kind *kind) {
    const int choice = tl_job_choice(job, "selection");
    const int all = choice > TL_SELECTION_REPEATED;
    kind[0] = all ? TL_SELECTION_NONE : (tl_selection_kind)choice;
    kind[1] = TL_SELECTION_CARS;
    kind[2] = TL_SELECTION_REPEATED;
    return all ? 3 : 1;
}

/* The transforms that are tried for lab spectra. Samples differ in grain size and packing, which shifts
 * their whole spectra. Derivatives and SNV remove that, but add noise that depends on the instrument.
 * With many other choices only the two extremes are tried, to limit the number of recipes. */
static tl_code default_transforms(tl_feature_kind features, int others, item_list *list,
                                  tl_err *err) {
    const char *few = "none,derivative+snv";
    const char *all = "none,snv,derivative,derivative+snv";
    const char *text = features != TL_FEATURES_LAB    ? "none"
                       : 4 * others <= tl_max_recipes ? all
                                                      : few;
    return split_list("transform", text, list, err);
}

/* Reads the transforms.
 *
 * others  number of recipes for each transform, from the other lists
 * any     out: 1 when a spectrum is transformed */
static tl_code read_transforms(const tl_job *job, tl_feature_kind features, int others,
                               item_list *list, int *any, tl_err *err) {
    const char *text = tl_job_text(job, "transform");
    *any = 0;
    TL_TRY(strcmp(text, "auto") == 0 ? default_transforms(features, others, list, err)
                                     : split_list("transform", text, list, err));
    for (int k = 0; k < list->n; k++) {
        if (tl_spectra_transform_check(list->text[k], err) != TL_OK) {
            return tl_fail_in(err, TL_ARG, "parameter 'transform'");
        }
        *any = *any || strcmp(list->text[k], "none") != 0;
    }
    return TL_OK;
}

/* The recipe with the settings that all recipes share. */
static tl_recipe common_recipe(const tl_job *job, const tl_fusion_model *fusion,
                               tl_feature_kind features) {
    tl_recipe r = tl_pipeline_recipe_defaults();
    r.features = features;
    r.calibration = (tl_calibration)tl_job_choice(job, "calibration");
    r.window = (int)tl_job_integer(job, "window");
    r.degree = (int)tl_job_integer(job, "degree");
    r.cars.runs = (int)tl_job_integer(job, "runs");
    r.cars.seed = tl_job_integer(job, "seed");
    r.regressor.max_components = (int)tl_job_integer(job, "max_components");
    r.regressor.rule = (tl_component_rule)tl_job_choice(job, "rule");
    r.regressor.seed = tl_job_integer(job, "seed");
    r.supervised.seed = tl_job_integer(job, "seed");
    /* The layers and losses of the given network, without the settings that only a transfer uses. */
    if (fusion != NULL && fusion->options.kind == TL_TRANSFER_VAE) {
        const tl_vae_options usual = r.supervised.vae;
        r.supervised.vae = fusion->options.vae;
        r.supervised.vae.skip = 0;
        r.supervised.vae.early_stop = 0;
        r.supervised.vae.heads = usual.heads;
        r.supervised.vae.w_property = usual.w_property;
    }
    return r;
}

static tl_code add_recipe(tl_function_options *o, const tl_recipe *r, tl_err *err) {
    if (o->recipes == tl_max_recipes) {
        return tl_fail(err, TL_ARG,
                       "the lists of mnf, transform, selection and regressor make more than %d "
                       "combinations; give fewer items",
                       tl_max_recipes);
    }
    o->recipe[o->recipes++] = *r;
    return TL_OK;
}

/* Makes a recipe of every combination. The regressions are innermost, so that the features of each
 * combination are made once. */
static tl_code combine(tl_trainmodel *t, tl_feature_kind features, tl_err *err) {
    tl_function_options *o = &t->options.fit;
    tl_recipe r = common_recipe(t->job, t->fusion, features);
    tl_regressor_kind regressor[tl_regressor_kinds];
    tl_selection_kind selection[3];
    item_list transform;
    int components[max_items];
    int n_components = 0;
    int any = 0;
    const int regressors = read_regressors(t->job, regressor);
    const int selections = read_selections(t->job, selection);
    TL_TRY(read_transforms(t->job, features, regressors * selections, &transform, &any, err));
    TL_TRY(read_component_numbers(t, features, any, components, &n_components, err));
    const ptrdiff_t features_made = (ptrdiff_t)n_components * transform.n * selections;
    o->recipes = 0;
    for (ptrdiff_t k = 0; k < features_made * regressors; k++) {
        const ptrdiff_t at = k / regressors;
        r.regressor.kind = regressor[k % regressors];
        r.selection = selection[at % selections];
        (void)snprintf(r.transform, sizeof r.transform, "%s",
                       transform.text[at / selections % transform.n]);
        r.components = components[at / selections / transform.n];
        TL_TRY(add_recipe(o, &r, err));
    }
    return TL_OK;
}

/* --- validation --- */

static void read_validation(tl_trainmodel *t) {
    enum { automatic, at_random, spatial, both, one_out };
    const int choice = tl_job_choice(t->job, "validation");
    t->options.division = choice == spatial   ? TL_DIVIDE_SPATIAL
                          : choice == one_out ? TL_DIVIDE_ONE_OUT
                                              : TL_DIVIDE_RANDOM;
    t->spatial_too = choice == automatic || choice == both;
    t->spatial_asked = choice == both;
}

tl_code tl_trainmodel_read_options(tl_trainmodel *t, tl_err *err) {
    const tl_job *job = t->job;
    tl_pipeline_options *o = &t->options;
    const tl_feature_kind features = choose_features(job);
    *o = tl_pipeline_defaults();
    o->folds = (int)tl_job_integer(job, "folds");
    o->block_side = tl_job_number(job, "block_side");
    o->fit.inner_folds = (int)tl_job_integer(job, "inner_folds");
    o->level = tl_job_number(job, "level");
    o->bootstrap = (int)tl_job_integer(job, "bootstrap");
    o->fit.seed = tl_job_integer(job, "seed");
    o->threads = tl_job_threads(job);
    o->fit.transfer.seed = o->fit.seed;
    if (t->fusion != NULL) {
        o->fit.transfer = t->fusion->options;
    }
    read_validation(t);
    TL_TRY(combine(t, features, err));
    const int network = features == TL_FEATURES_SUPERVISED ||
                        (tl_trainmodel_has_transfer(t) && o->fit.transfer.kind == TL_TRANSFER_VAE);
    o->repeats = o->division == TL_DIVIDE_ONE_OUT ? 1
                 : tl_job_given(job, "repeats")   ? (int)tl_job_integer(job, "repeats")
                 : network                        ? 1
                                                  : 10;
    return TL_OK;
}

/* --- the projection of the scene --- */

static int largest_number_of(const tl_trainmodel *t) {
    int largest = 0;
    for (int k = 0; k < t->options.fit.recipes; k++) {
        largest = tl_max_int(largest, t->options.fit.recipe[k].components);
    }
    return largest;
}

static tl_code fit_scene(tl_trainmodel *t, ptrdiff_t k, const tl_progress *progress, tl_err *err) {
    tl_scene_mnf seen;
    TL_TRY(tl_scene_mnf_projection(tl_job_store(t->job), tl_job_text(t->job, "scene"),
                                   t->study.number, t->study.p, k, tl_job_threads(t->job), progress,
                                   &t->projection, &seen, err));
    tl_job_log(
        t->job, TL_INFO,
        "minimum noise fraction of %td pixels of the scene: the first %td components replace "
        "the %td bands",
        seen.pixels, k, t->study.p);
    return TL_OK;
}

tl_code tl_trainmodel_project(tl_trainmodel *t, const tl_progress *progress, tl_err *err) {
    const ptrdiff_t largest = largest_number_of(t);
    const ptrdiff_t k = tl_min(largest, t->study.p);
    if (largest == 0) {
        return TL_OK;
    }
    const tl_code code = fit_scene(t, k, progress, err);
    if (code == TL_OK) {
        t->data.projection = &t->projection;
    } else if (t->components_asked || (code != TL_DATA && code != TL_NUMERIC)) {
        return code;
    } else {
        tl_job_log(
            t->job, TL_INFO,
            "MNF components cannot be fitted on the scene (%s); the spectra are used as they "
            "are",
            err == NULL ? "" : err->text);
    }
    for (int i = 0; i < t->options.fit.recipes && !t->components_asked; i++) {
        t->options.fit.recipe[i].components = code == TL_OK ? (int)k : 0;
    }
    return TL_OK;
}
