/* SPDX-License-Identifier: GPL-2.0-or-later
 * One interface over all regressions; see regressor.h. */
#include "inversion/regressor.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "inversion/pls.h"
#include "json/json.h"
#include "model/document.h"

enum { components_limit = 1000 };

static const double huge = 1e300;

static const char *const words[tl_regressor_kinds] = {"plsr", "ridge", "svr", "forest", "net"};

tl_regressor_options tl_inversion_regressor_defaults(tl_regressor_kind kind) {
    return (tl_regressor_options){.kind = kind,
                                  .seed = 1,
                                  .max_components = 15,
                                  .ridge = tl_inversion_ridge_defaults(),
                                  .svr = tl_inversion_svr_defaults(),
                                  .forest = tl_inversion_forest_defaults(),
                                  .net = tl_inversion_net_defaults()};
}

const char *tl_inversion_regressor_word(tl_regressor_kind kind) {
    return words[kind];
}

tl_code tl_inversion_regressor_from_word(const char *word, tl_regressor_kind *kind, tl_err *err) {
    for (int k = 0; k < tl_regressor_kinds; k++) {
        if (strcmp(word, words[k]) == 0) {
            *kind = (tl_regressor_kind)k;
            return TL_OK;
        }
    }
    return tl_fail(err, TL_FORMAT,
                   "the regression \"%.40s\" is unknown, wanted plsr, ridge, svr, forest or net",
                   word);
}

static tl_code check_components(const tl_regressor_options *o, tl_err *err) {
    if (o->max_components < 1 || o->max_components > components_limit) {
        return tl_fail(err, TL_ARG, "the maximum number of components is %d, wanted 1 to %d",
                       o->max_components, components_limit);
    }
    return TL_OK;
}

tl_code tl_inversion_regressor_options_check(const tl_regressor_options *o, tl_err *err) {
    switch (o->kind) {
        case TL_REGRESSOR_PLSR:
            return check_components(o, err);
        case TL_REGRESSOR_RIDGE:
            return tl_inversion_ridge_options_check(&o->ridge, err);
        case TL_REGRESSOR_SVR:
            return tl_inversion_svr_options_check(&o->svr, err);
        case TL_REGRESSOR_FOREST:
            return tl_inversion_forest_options_check(&o->forest, err);
        case TL_REGRESSOR_NET:
            return tl_inversion_net_options_check(&o->net, err);
    }
    return tl_fail(err, TL_ARG, "a regression of kind %d is unknown", (int)o->kind);
}

void tl_inversion_regressor_describe(tl_regressor_kind kind, const tl_regressor_setting *setting,
                                     char *text) {
    const size_t size = tl_regressor_text_size;
    text[0] = '\0';
    if (kind == TL_REGRESSOR_PLSR) {
        (void)snprintf(text, size, "%d component%s", setting->components,
                       setting->components == 1 ? "" : "s");
    } else if (kind == TL_REGRESSOR_RIDGE) {
        (void)snprintf(text, size, "lambda %.3g of the mean variance", setting->ridge.share);
    } else if (kind == TL_REGRESSOR_SVR) {
        (void)snprintf(text, size, "C %.4g, gamma %.3g per feature, epsilon %.3g",
                       setting->svr.cost, setting->svr.width, setting->svr.tube);
    }
}

/* --- partial least squares --- */

/* Maximum number of components that every learning set and the features allow. */
static ptrdiff_t allowed_components(const tl_inner_set *set, int n_sets,
                                    const tl_regressor_options *o) {
    ptrdiff_t max = o->max_components;
    for (int k = 0; k < n_sets; k++) {
        const tl_matrix *x = &set[k].learn_x;
        max = tl_min(x->nrow - 2, max);
        max = tl_min(x->ncol, max);
    }
    return tl_max(1, max);
}

/* Errors of the held-out rows of one set for 1 .. A components into their rows of error. */
static tl_code pls_errors(const tl_inner_set *set, const tl_regressor_options *o, tl_matrix *error,
                          tl_err *err) {
    tl_pls pls;
    TL_TRY(tl_inversion_pls_fit(&set->learn_x, set->learn_y, error->ncol, o->autoscale, &pls, err));
    for (ptrdiff_t i = 0; i < set->check_x.nrow; i++) {
        for (ptrdiff_t a = 0; a < error->ncol; a++) {
            tl_matrix_row(error, set->check_row[i])[a] =
                tl_inversion_pls_predict(&pls, a + 1, tl_matrix_row(&set->check_x, i)) -
                set->check_y[i];
        }
    }
    tl_inversion_pls_free(&pls);
    return TL_OK;
}

static tl_code tune_pls(const tl_inner_set *set, int n_sets, ptrdiff_t n,
                        const tl_regressor_options *o, tl_regressor_setting *best, double *error,
                        tl_err *err) {
    tl_matrix all = {0};
    tl_matrix squared = {0};
    tl_code code;
    TL_CHECK(tl_matrix_init(&all, n, allowed_components(set, n_sets, o), err));
    for (int k = 0; k < n_sets; k++) {
        TL_CHECK(pls_errors(&set[k], o, &all, err));
    }
    TL_CHECK(tl_matrix_copy(&squared, &all, err));
    for (ptrdiff_t k = 0; k < n * all.ncol; k++) {
        squared.data[k] *= all.data[k];
    }
    best->components = tl_inversion_choose_components(&squared, o->rule);
    for (ptrdiff_t i = 0; i < n; i++) {
        error[i] = tl_matrix_row(&all, i)[best->components - 1];
    }
done:
    tl_matrix_free(&all);
    tl_matrix_free(&squared);
    return code;
}

static tl_code fit_pls(const tl_matrix *x, const double *y, const tl_regressor_options *o,
                       tl_regressor *out, tl_err *err) {
    tl_pls pls;
    TL_TRY(tl_inversion_pls_fit(x, y, out->setting.components, o->autoscale, &pls, err));
    const ptrdiff_t a = pls.components;
    out->coefficients = tl_acquire(out->m, sizeof *out->coefficients);
    if (out->coefficients != NULL) {
        out->setting.components = (int)a;
        out->intercept = pls.intercept[a];
        memcpy(out->coefficients, tl_matrix_row(&pls.coefficients, a),
               (size_t)out->m * sizeof *out->coefficients);
    }
    tl_inversion_pls_free(&pls);
    return out->coefficients == NULL ? tl_no_memory(err, "a regression on %td features", out->m)
                                     : TL_OK;
}

/* --- ridge --- */

static tl_ridge_options ridge_options(const tl_regressor_options *o) {
    tl_ridge_options ridge = o->ridge;
    ridge.autoscale = ridge.autoscale || o->autoscale;
    return ridge;
}

static tl_code fit_ridge(const tl_matrix *x, const double *y, const tl_regressor_options *o,
                         uint32_t index, tl_regressor *out, tl_err *err) {
    const tl_ridge_options options = ridge_options(o);
    tl_ridge ridge;
    TL_TRY(tl_inversion_ridge_fit(x, y, &options, &out->setting.ridge, index, &ridge, err));
    out->intercept = ridge.intercept;
    out->coefficients = ridge.coefficients;
    return TL_OK;
}

/* --- forest --- */

static tl_forest_options forest_options(const tl_regressor_options *o) {
    tl_forest_options forest = o->forest;
    forest.seed = o->seed;
    return forest;
}

static tl_code tune_forest(const tl_inner_set *set, int n_sets, ptrdiff_t n,
                           const tl_regressor_options *o, uint32_t index, double *error,
                           tl_err *err) {
    const tl_forest_options options = forest_options(o);
    tl_forest_setting nothing;
    return tl_inversion_forest_tune(set, n_sets, n, &options, index, &nothing, error, err);
}

static tl_code fit_forest(const tl_matrix *x, const double *y, const tl_regressor_options *o,
                          uint32_t index, tl_regressor *out, tl_err *err) {
    const tl_forest_options options = forest_options(o);
    const tl_forest_setting nothing = {0};
    return tl_inversion_forest_fit(x, y, &options, &nothing, index, &out->forest, err);
}

/* --- network --- */

static tl_net_options net_options(const tl_regressor_options *o) {
    tl_net_options net = o->net;
    net.seed = o->seed;
    return net;
}

static tl_code tune_net(const tl_inner_set *set, int n_sets, ptrdiff_t n,
                        const tl_regressor_options *o, uint32_t index, double *error, tl_err *err) {
    const tl_net_options options = net_options(o);
    tl_net_setting nothing;
    return tl_inversion_net_tune(set, n_sets, n, &options, index, &nothing, error, err);
}

static tl_code fit_net(const tl_matrix *x, const double *y, const tl_regressor_options *o,
                       uint32_t index, tl_regressor *out, tl_err *err) {
    const tl_net_options options = net_options(o);
    const tl_net_setting nothing = {0};
    return tl_inversion_net_fit(x, y, &options, &nothing, index, &out->net, err);
}

/* --- every kind --- */

tl_code tl_inversion_regressor_tune(const tl_inner_set *set, int n_sets, ptrdiff_t n,
                                    const tl_regressor_options *o, uint32_t index,
                                    tl_regressor_setting *best, double *error, tl_err *err) {
    const tl_ridge_options ridge = ridge_options(o);
    *best = (tl_regressor_setting){0};
    switch (o->kind) {
        case TL_REGRESSOR_PLSR:
            return tune_pls(set, n_sets, n, o, best, error, err);
        case TL_REGRESSOR_RIDGE:
            return tl_inversion_ridge_tune(set, n_sets, n, &ridge, index, &best->ridge, error, err);
        case TL_REGRESSOR_SVR:
            return tl_inversion_svr_tune(set, n_sets, n, &o->svr, index, &best->svr, error, err);
        case TL_REGRESSOR_FOREST:
            return tune_forest(set, n_sets, n, o, index, error, err);
        case TL_REGRESSOR_NET:
            return tune_net(set, n_sets, n, o, index, error, err);
    }
    return tl_fail(err, TL_ARG, "a regression of kind %d is unknown", (int)o->kind);
}

static tl_code fit_kind(const tl_matrix *x, const double *y, const tl_regressor_options *o,
                        uint32_t index, tl_regressor *out, tl_err *err) {
    switch (o->kind) {
        case TL_REGRESSOR_PLSR:
            return fit_pls(x, y, o, out, err);
        case TL_REGRESSOR_RIDGE:
            return fit_ridge(x, y, o, index, out, err);
        case TL_REGRESSOR_SVR:
            return tl_inversion_svr_fit(x, y, &o->svr, &out->setting.svr, index, &out->svr, err);
        case TL_REGRESSOR_FOREST:
            return fit_forest(x, y, o, index, out, err);
        case TL_REGRESSOR_NET:
            return fit_net(x, y, o, index, out, err);
    }
    return tl_fail(err, TL_ARG, "a regression of kind %d is unknown", (int)o->kind);
}

tl_code tl_inversion_regressor_fit(const tl_matrix *x, const double *y,
                                   const tl_regressor_options *o,
                                   const tl_regressor_setting *setting, uint32_t index,
                                   tl_regressor *out, tl_err *err) {
    *out = (tl_regressor){.kind = o->kind, .m = x->ncol, .setting = *setting};
    const tl_code code = fit_kind(x, y, o, index, out, err);
    if (code != TL_OK) {
        tl_inversion_regressor_free(out);
    }
    return code;
}

int tl_inversion_regressor_is_linear(const tl_regressor *r) {
    return r->coefficients != NULL;
}

ptrdiff_t tl_inversion_regressor_scratch(const tl_regressor *r) {
    return r->kind == TL_REGRESSOR_SVR ? (tl_inversion_svr_scratch(&r->svr) + 1) / 2 : 0;
}

static void predict_linear(const tl_regressor *r, const float *u, ptrdiff_t n, double *value) {
    for (ptrdiff_t i = 0; i < n; i++) {
        value[i] = r->intercept;
    }
    for (ptrdiff_t j = 0; j < r->m; j++) {
        for (ptrdiff_t i = 0; i < n; i++) {
            value[i] += r->coefficients[j] * (double)u[j * n + i];
        }
    }
}

tl_code tl_inversion_regressor_predict_block(const tl_regressor *r, const float *u, ptrdiff_t n,
                                             double *value, double *scratch, tl_err *err) {
    switch (r->kind) {
        case TL_REGRESSOR_PLSR:
        case TL_REGRESSOR_RIDGE:
            predict_linear(r, u, n, value);
            break;
        case TL_REGRESSOR_SVR:
            tl_inversion_svr_predict_block(&r->svr, u, n, value, (float *)(void *)scratch);
            break;
        case TL_REGRESSOR_FOREST:
            return tl_inversion_forest_predict_block(&r->forest, u, n, value, err);
        case TL_REGRESSOR_NET:
            return tl_inversion_net_predict_block(&r->net, u, n, value, err);
    }
    return TL_OK;
}

/* --- files --- */

static tl_code put_linear(const tl_regressor *r, json_t *o, tl_err *err) {
    TL_TRY(tl_model_put_number(o, "intercept", r->intercept, err));
    return tl_model_put_vector(o, "coefficients", r->coefficients, r->m, err);
}

/* The document of a kind that has one of its own, under its word. */
static tl_code put_part(const tl_regressor *r, json_t *o, tl_err *err) {
    json_t *part = NULL;
    TL_TRY(r->kind == TL_REGRESSOR_SVR      ? tl_inversion_svr_to_json(&r->svr, &part, err)
           : r->kind == TL_REGRESSOR_FOREST ? tl_inversion_forest_to_json(&r->forest, &part, err)
                                            : tl_inversion_net_to_json(&r->net, &part, err));
    return tl_model_put_json(o, words[r->kind], part, err);
}

static tl_code fill_json(const tl_regressor *r, json_t *o, tl_err *err) {
    TL_TRY(tl_model_put_text(o, "kind", words[r->kind], err));
    switch (r->kind) {
        case TL_REGRESSOR_PLSR:
        case TL_REGRESSOR_RIDGE:
            return put_linear(r, o, err);
        case TL_REGRESSOR_SVR:
        case TL_REGRESSOR_FOREST:
        case TL_REGRESSOR_NET:
            return put_part(r, o, err);
    }
    return TL_OK;
}

tl_code tl_inversion_regressor_to_json(const tl_regressor *r, json_t **json, tl_err *err) {
    *json = tl_json_object();
    const tl_code code = *json == NULL ? tl_no_memory(err, "the model") : fill_json(r, *json, err);
    if (code != TL_OK) {
        json_decref(*json);
        *json = NULL;
    }
    return code;
}

static tl_code read_linear(const json_t *json, tl_regressor *r, tl_err *err) {
    tl_matrix numbers;
    TL_TRY(tl_model_number(json, "intercept", -huge, huge, &r->intercept, err));
    TL_TRY(tl_model_vector(json, "coefficients", r->m, &numbers, err));
    r->coefficients = numbers.data;
    return TL_OK;
}

static tl_code read_parts(const json_t *json, tl_regressor *r, tl_err *err) {
    const json_t *part = NULL;
    switch (r->kind) {
        case TL_REGRESSOR_PLSR:
        case TL_REGRESSOR_RIDGE:
            return read_linear(json, r, err);
        case TL_REGRESSOR_SVR:
            TL_TRY(tl_model_object(json, "svr", &part, err));
            return tl_inversion_svr_from_json(part, r->m, &r->svr, err);
        case TL_REGRESSOR_FOREST:
            TL_TRY(tl_model_object(json, "forest", &part, err));
            return tl_inversion_forest_from_json(part, r->m, &r->forest, err);
        case TL_REGRESSOR_NET:
            TL_TRY(tl_model_object(json, "net", &part, err));
            return tl_inversion_net_from_json(part, r->m, &r->net, err);
    }
    return TL_OK;
}

tl_code tl_inversion_regressor_from_json(const json_t *json, ptrdiff_t m, tl_regressor *r,
                                         tl_err *err) {
    const char *word = NULL;
    *r = (tl_regressor){.m = m};
    TL_TRY(tl_model_text(json, "kind", &word, err));
    TL_TRY(tl_inversion_regressor_from_word(word, &r->kind, err));
    const tl_code code = read_parts(json, r, err);
    if (code != TL_OK) {
        tl_inversion_regressor_free(r);
    }
    return code;
}

void tl_inversion_regressor_free(tl_regressor *r) {
    if (r != NULL) {
        tl_release(r->coefficients);
        tl_inversion_svr_free(&r->svr);
        tl_inversion_forest_free(&r->forest);
        tl_inversion_net_free(&r->net);
        *r = (tl_regressor){0};
    }
}
