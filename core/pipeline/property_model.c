/* SPDX-License-Identifier: GPL-2.0-or-later
 * Property models to and from JSON; see property_model.h. */
#include "pipeline/property_model.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "inversion/interval.h"
#include "json/json.h"
#include "model/document.h"

enum { bands_limit = 100000, samples_limit = 10000000 };

static const char *const feature_words[] = {"scene", "fused", "mixed", "lab", "supervised"};
static const char *const calibration_words[] = {"lab", "generated"};
static const char *const about_keys[] = {"recipes", "spectra",    "scores",   "samples", "dropped",
                                         "spatial", "validation", "warnings", "record",  "strata"};
enum { n_about = sizeof about_keys / sizeof about_keys[0] };

static const double huge = 1e300;

/* --- writing --- */

static tl_code chosen_to_json(const tl_function *f, json_t *o, tl_err *err) {
    json_t *chosen = tl_json_array();
    TL_TRY(tl_model_put_json(o, "chosen", chosen, err));
    for (ptrdiff_t j = 0; j < f->m; j++) {
        if (!tl_json_append(chosen, tl_json_integer(f->chosen[j]))) {
            return tl_no_memory(err, "the model");
        }
    }
    return TL_OK;
}

static tl_code function_to_json(const tl_function *f, json_t *o, tl_err *err) {
    json_t *part = NULL;
    TL_TRY(tl_model_put_integer(o, "recipe", f->recipe, err));
    TL_TRY(tl_model_put_text(o, "regression", tl_inversion_regressor_word(f->kind), err));
    TL_TRY(tl_model_put_integer(o, "components", f->setting.components, err));
    TL_TRY(tl_model_put_number(o, "smearing", f->smearing, err));
    TL_TRY(tl_model_put_integer(o, "features", f->m, err));
    if (f->chosen != NULL) {
        TL_TRY(chosen_to_json(f, o, err));
    }
    if (f->scene != NULL) {
        TL_TRY(tl_model_put_number(o, "intercept", f->intercept, err));
        return tl_model_put_vector(o, "scene", f->scene, f->p, err);
    }
    TL_TRY(tl_pipeline_feature_map_to_json(&f->map, &part, err));
    TL_TRY(tl_model_put_json(o, "map", part, err));
    TL_TRY(tl_inversion_regressor_to_json(&f->regressor, &part, err));
    return tl_model_put_json(o, "regressor", part, err);
}

static tl_code put_functions(const tl_property_model *m, json_t *root, tl_err *err) {
    json_t *final = tl_json_object();
    TL_TRY(tl_model_put_json(root, "model", final, err));
    TL_TRY(function_to_json(&m->final, final, err));
    json_t *folds = tl_json_array();
    TL_TRY(tl_model_put_json(root, "folds", folds, err));
    for (int k = 0; k < m->folds; k++) {
        json_t *one = tl_json_object();
        if (one == NULL || !tl_json_append(folds, one)) {
            return tl_no_memory(err, "the model");
        }
        TL_TRY(function_to_json(&m->fold_model[k], one, err));
    }
    return TL_OK;
}

static tl_code put_residuals(const tl_property_model *m, json_t *root, tl_err *err) {
    json_t *residuals = tl_json_object();
    json_t *fold = tl_json_array();
    TL_TRY(tl_model_put_json(root, "residuals", residuals, err));
    TL_TRY(tl_model_put_json(residuals, "fold", fold, err));
    for (ptrdiff_t i = 0; i < m->n; i++) {
        if (!tl_json_append(fold, tl_json_integer(m->fold[i]))) {
            return tl_no_memory(err, "the model");
        }
    }
    return tl_model_put_vector(residuals, "absolute", m->residual, m->n, err);
}

static tl_code fill_document(const tl_property_model *m, json_t *root, tl_err *err) {
    TL_TRY(tl_model_put_text(root, "property", m->property, err));
    TL_TRY(tl_model_put_text(root, "unit", m->unit, err));
    TL_TRY(tl_model_put_text(root, "features", feature_words[m->features], err));
    TL_TRY(tl_model_put_text(root, "calibration", calibration_words[m->calibration], err));
    TL_TRY(tl_model_put_flag(root, "log", m->log, err));
    TL_TRY(tl_model_put_number(root, "level", m->level, err));
    TL_TRY(tl_model_put_vector(root, "wavelength_nm", m->wavelength_nm, m->p, err));
    TL_TRY(tl_model_put_vector(root, "fwhm_nm", m->fwhm_nm, m->p, err));
    if (m->projection.n_out > 0) {
        json_t *projection = NULL;
        TL_TRY(tl_pipeline_linear_to_json(&m->projection, &projection, err));
        TL_TRY(tl_model_put_json(root, "projection", projection, err));
    }
    if (m->area.k > 0) {
        json_t *area = NULL;
        TL_TRY(tl_inversion_applicability_to_json(&m->area, &area, err));
        TL_TRY(tl_model_put_json(root, "applicability", area, err));
        TL_TRY(tl_model_put_integer(area, "scores", m->area.k, err));
    }
    for (int k = 0; k < n_about; k++) {
        json_t *value = json_object_get(m->about, about_keys[k]);
        if (value != NULL) {
            TL_TRY(tl_model_put_json(root, about_keys[k], json_incref(value), err));
        }
    }
    TL_TRY(put_functions(m, root, err));
    return put_residuals(m, root, err);
}

tl_code tl_pipeline_property_model_to_json(const tl_property_model *m, json_t **root, tl_err *err) {
    TL_TRY(tl_model_new("property", root, err));
    const tl_code code = fill_document(m, *root, err);
    if (code != TL_OK) {
        json_decref(*root);
        *root = NULL;
    }
    return code;
}

/* --- reading --- */

/* n finite numbers as a plain array (owned). */
static tl_code read_vector(const json_t *at, const char *key, ptrdiff_t n, double **out,
                           tl_err *err) {
    tl_matrix numbers;
    TL_TRY(tl_model_vector(at, key, n, &numbers, err));
    *out = numbers.data;
    return TL_OK;
}

/* The choice among width features; NULL when there is none. */
static tl_code chosen_from_json(const json_t *o, ptrdiff_t m, ptrdiff_t width, ptrdiff_t **chosen,
                                tl_err *err) {
    const json_t *list = NULL;
    if (!tl_model_has(o, "chosen")) {
        return TL_OK;
    }
    TL_TRY(tl_model_array(o, "chosen", m, &list, err));
    *chosen = tl_acquire(m, sizeof **chosen);
    if (*chosen == NULL) {
        return tl_no_memory(err, "the model");
    }
    for (ptrdiff_t j = 0; j < m; j++) {
        const json_t *number = json_array_get(list, (size_t)j);
        const json_int_t k = json_integer_value(number);
        if (!json_is_integer(number) || k < 0 || k >= width || (j > 0 && k <= (*chosen)[j - 1])) {
            return tl_fail(
                err, TL_FORMAT,
                "chosen: entry %td must be a number below %td and larger than the entry before", j,
                width);
        }
        (*chosen)[j] = (ptrdiff_t)k;
    }
    return TL_OK;
}

static tl_code linear_from_json(const json_t *o, tl_function *f, tl_err *err) {
    TL_TRY(chosen_from_json(o, f->m, 2 * (ptrdiff_t)bands_limit, &f->chosen, err));
    TL_TRY(tl_model_number(o, "intercept", -huge, huge, &f->intercept, err));
    return read_vector(o, "scene", f->p, &f->scene, err);
}

/* Map and regressor of a function that is not linear. */
static tl_code parts_from_json(const json_t *o, const tl_property_model *m, tl_function *f,
                               tl_err *err) {
    const json_t *part = NULL;
    TL_TRY(tl_model_object(o, "map", &part, err));
    TL_TRY(tl_pipeline_feature_map_from_json(part, f->p, m->wavelength_nm, m->projection.n_out,
                                             &f->map, err));
    /* A map with as many features as the regression was reduced to them. */
    if (f->map.m != f->m) {
        TL_TRY(chosen_from_json(o, f->m, f->map.m, &f->map.chosen, err));
    }
    if (f->map.m != f->m && f->map.chosen == NULL) {
        return tl_fail(err, TL_FORMAT, "features is %td, but the map has %td", f->m, f->map.m);
    }
    f->map.m = f->m;
    TL_TRY(chosen_from_json(o, f->m, 2 * (ptrdiff_t)bands_limit, &f->chosen, err));
    TL_TRY(tl_model_object(o, "regressor", &part, err));
    TL_TRY(tl_inversion_regressor_from_json(part, f->m, &f->regressor, err));
    return f->regressor.kind == f->kind
               ? TL_OK
               : tl_fail(err, TL_FORMAT, "regression and regressor.kind differ");
}

static tl_code function_from_json(const json_t *o, const tl_property_model *m, tl_function *f,
                                  tl_err *err) {
    ptrdiff_t number = 0;
    const char *word = NULL;
    f->p = m->p;
    TL_TRY(tl_model_integer(o, "recipe", 0, tl_max_recipes - 1, &number, err));
    f->recipe = (int)number;
    TL_TRY(tl_model_text(o, "regression", &word, err));
    TL_TRY(tl_inversion_regressor_from_word(word, &f->kind, err));
    TL_TRY(tl_model_integer(o, "components", 0, bands_limit, &number, err));
    f->setting.components = (int)number;
    TL_TRY(tl_model_number(o, "smearing", 0.0, huge, &f->smearing, err));
    TL_TRY(tl_model_integer(o, "features", 1, 2 * (ptrdiff_t)bands_limit, &f->m, err));
    return tl_model_has(o, "scene") ? linear_from_json(o, f, err) : parts_from_json(o, m, f, err);
}

static tl_code read_functions(const json_t *root, tl_property_model *m, tl_err *err) {
    const json_t *final = NULL;
    const json_t *folds = NULL;
    TL_TRY(tl_model_object(root, "model", &final, err));
    tl_code code = function_from_json(final, m, &m->final, err);
    if (code != TL_OK) {
        return tl_fail_in(err, code, "model");
    }
    TL_TRY(tl_model_array(root, "folds", -1, &folds, err));
    const size_t count = json_array_size(folds);
    if (count < 1 || count > tl_cv_plus_max_folds) {
        return tl_fail(err, TL_FORMAT, "folds has %zu models, wanted 1 to %d", count,
                       tl_cv_plus_max_folds);
    }
    m->fold_model = tl_acquire((ptrdiff_t)count, sizeof *m->fold_model);
    if (m->fold_model == NULL) {
        return tl_no_memory(err, "the model");
    }
    m->folds = (int)count;
    for (int k = 0; k < m->folds; k++) {
        const json_t *one = json_array_get(folds, (size_t)k);
        if (!json_is_object(one)) {
            return tl_fail(err, TL_FORMAT, "folds.%d is not an object", k);
        }
        code = function_from_json(one, m, &m->fold_model[k], err);
        if (code != TL_OK) {
            return tl_fail_in(err, code, "folds");
        }
    }
    return TL_OK;
}

static tl_code read_residuals(const json_t *root, tl_property_model *m, tl_err *err) {
    const json_t *fold = NULL;
    TL_TRY(tl_model_array(root, "residuals.fold", -1, &fold, err));
    const size_t count = json_array_size(fold);
    if (count < 1 || count > samples_limit) {
        return tl_fail(err, TL_FORMAT, "residuals.fold has %zu values", count);
    }
    m->n = (ptrdiff_t)count;
    TL_TRY(read_vector(root, "residuals.absolute", m->n, &m->residual, err));
    m->fold = tl_acquire(m->n, sizeof *m->fold);
    if (m->fold == NULL) {
        return tl_no_memory(err, "the model");
    }
    for (ptrdiff_t i = 0; i < m->n; i++) {
        const json_t *number = json_array_get(fold, (size_t)i);
        const json_int_t which = json_integer_value(number);
        if (!json_is_integer(number) || which < 0 || which >= m->folds || m->residual[i] < 0.0) {
            return tl_fail(err, TL_FORMAT,
                           "residuals: entry %td must have a fold below %d and a residual of 0 or "
                           "more",
                           i, m->folds);
        }
        m->fold[i] = (int)which;
    }
    return TL_OK;
}

/* Position of the text under key among the words. */
static tl_code read_word(const json_t *root, const char *key, const char *const *words, int n,
                         int *out, tl_err *err) {
    const char *text = NULL;
    TL_TRY(tl_model_text(root, key, &text, err));
    for (*out = 0; *out < n; (*out)++) {
        if (strcmp(text, words[*out]) == 0) {
            return TL_OK;
        }
    }
    return tl_fail(err, TL_FORMAT, "%s is \"%.40s\", which is unknown", key, text);
}

static tl_code read_header(const json_t *root, tl_property_model *m, tl_err *err) {
    const char *text = NULL;
    int word = 0;
    TL_TRY(tl_model_text(root, "property", &text, err));
    m->property = tl_copy_text(text);
    TL_TRY(tl_model_text(root, "unit", &text, err));
    m->unit = tl_copy_text(text);
    if (m->property == NULL || m->unit == NULL) {
        return tl_no_memory(err, "the model");
    }
    TL_TRY(read_word(root, "features", feature_words, 5, &word, err));
    m->features = (tl_feature_kind)word;
    TL_TRY(read_word(root, "calibration", calibration_words, 2, &word, err));
    m->calibration = (tl_calibration)word;
    TL_TRY(tl_model_flag(root, "log", &m->log, err));
    TL_TRY(tl_model_number(root, "level", 0.01, 0.9999, &m->level, err));
    const json_t *list = NULL;
    TL_TRY(tl_model_array(root, "wavelength_nm", -1, &list, err));
    m->p = (ptrdiff_t)json_array_size(list);
    if (m->p < 1 || m->p > bands_limit) {
        return tl_fail(err, TL_FORMAT, "wavelength_nm has %td bands, wanted 1 to %d", m->p,
                       bands_limit);
    }
    TL_TRY(read_vector(root, "wavelength_nm", m->p, &m->wavelength_nm, err));
    TL_TRY(read_vector(root, "fwhm_nm", m->p, &m->fwhm_nm, err));
    return TL_OK;
}

static tl_code read_area(const json_t *root, tl_property_model *m, tl_err *err) {
    const json_t *part = NULL;
    ptrdiff_t k = 0;
    tl_code code = TL_OK;
    if (tl_model_has(root, "projection")) {
        TL_TRY(tl_model_object(root, "projection", &part, err));
        code = tl_pipeline_linear_from_json(part, m->p, &m->projection, err);
    }
    if (code != TL_OK) {
        return tl_fail_in(err, code, "projection");
    }
    if (!tl_model_has(root, "applicability")) {
        return TL_OK;
    }
    TL_TRY(tl_model_object(root, "applicability", &part, err));
    TL_TRY(tl_model_integer(root, "applicability.scores", 1, m->projection.n_out, &k, err));
    code = tl_inversion_applicability_from_json(part, k, &m->area, err);
    return code == TL_OK ? TL_OK : tl_fail_in(err, code, "applicability");
}

static tl_code read_about(const json_t *root, tl_property_model *m, tl_err *err) {
    m->about = tl_json_object();
    for (int k = 0; m->about != NULL && k < n_about; k++) {
        json_t *value = json_object_get(root, about_keys[k]);
        if (value != NULL && !tl_json_put(m->about, about_keys[k], tl_json_copy(value))) {
            return tl_no_memory(err, "the model");
        }
    }
    return m->about == NULL ? tl_no_memory(err, "the model") : TL_OK;
}

static tl_code read_document(const json_t *root, tl_property_model *m, tl_err *err) {
    TL_TRY(tl_model_expect_kind(root, "property", err));
    TL_TRY(read_header(root, m, err));
    TL_TRY(read_area(root, m, err));
    TL_TRY(read_functions(root, m, err));
    TL_TRY(read_residuals(root, m, err));
    return read_about(root, m, err);
}

tl_code tl_pipeline_property_model_from_json(const json_t *root, tl_property_model *m,
                                             tl_err *err) {
    *m = (tl_property_model){0};
    const tl_code code = read_document(root, m, err);
    if (code != TL_OK) {
        tl_pipeline_property_model_free(m);
    }
    return code;
}

tl_code tl_pipeline_property_model_parse(const char *bytes, size_t length, const char *name,
                                         tl_property_model *m, tl_err *err) {
    *m = (tl_property_model){0};
    json_t *root = NULL;
    TL_TRY(tl_model_parse(bytes, length, name, &root, err));
    const tl_code code = tl_pipeline_property_model_from_json(root, m, err);
    json_decref(root);
    return code == TL_OK ? TL_OK : tl_fail_in(err, code, name);
}

void tl_pipeline_property_model_free(tl_property_model *m) {
    if (m == NULL) {
        return;
    }
    for (int k = 0; m->fold_model != NULL && k < m->folds; k++) {
        tl_pipeline_function_free(&m->fold_model[k]);
    }
    tl_pipeline_function_free(&m->final);
    tl_pipeline_linear_free(&m->projection);
    tl_inversion_applicability_free(&m->area);
    tl_release(m->property);
    tl_release(m->unit);
    tl_release(m->wavelength_nm);
    tl_release(m->fwhm_nm);
    tl_release(m->fold_model);
    tl_release(m->fold);
    tl_release(m->residual);
    json_decref(m->about);
    *m = (tl_property_model){0};
}
