/* SPDX-License-Identifier: GPL-2.0-or-later
 * One interface over all regressions; see regressor.h. */
#include "inversion/regressor.h"

#include <string.h>

#include "base/alloc.h"
#include "inversion/pls.h"
#include "model/document.h"

enum { most_components = 1000 };

static const double huge = 1e300;

static const char *const words[tl_regressor_kinds] = {"plsr"};

tl_regressor_options tl_regressor_defaults(tl_regressor_kind kind) {
    return (tl_regressor_options){.kind = kind, .max_components = 15, .seed = 1};
}

const char *tl_regressor_word(tl_regressor_kind kind) {
    return words[kind];
}

tl_code tl_regressor_from_word(const char *word, tl_regressor_kind *kind, tl_err *err) {
    for (int k = 0; k < tl_regressor_kinds; k++) {
        if (strcmp(word, words[k]) == 0) {
            *kind = (tl_regressor_kind)k;
            return TL_OK;
        }
    }
    return tl_fail(err, TL_FORMAT, "\"%.40s\" is a regression that tilth does not know", word);
}

tl_code tl_regressor_options_check(const tl_regressor_options *o, tl_err *err) {
    if (o->max_components < 1 || o->max_components > most_components) {
        return tl_fail(err, TL_ARG, "%d components asked for, wanted 1 to %d", o->max_components,
                       most_components);
    }
    return TL_OK;
}

/* --- partial least squares --- */

/* Largest number of components that every learning set and the features allow. */
static ptrdiff_t allowed_components(const tl_inner_set *set, int n_sets,
                                    const tl_regressor_options *o) {
    ptrdiff_t most = o->max_components;
    for (int k = 0; k < n_sets; k++) {
        const tl_matrix *x = &set[k].learn_x;
        most = most > x->nrow - 2 ? x->nrow - 2 : most;
        most = most > x->ncol ? x->ncol : most;
    }
    return most < 1 ? 1 : most;
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
    out->setting.components = (int)a;
    out->intercept = pls.intercept[a];
    memcpy(out->coefficients, tl_matrix_row(&pls.coefficients, a),
           (size_t)out->m * sizeof *out->coefficients);
    tl_inversion_pls_free(&pls);
    return TL_OK;
}

/* --- every kind --- */

tl_code tl_regressor_tune(const tl_inner_set *set, int n_sets, ptrdiff_t n,
                          const tl_regressor_options *o, uint32_t index, tl_regressor_setting *best,
                          double *error, tl_err *err) {
    (void)index;
    *best = (tl_regressor_setting){0};
    return tune_pls(set, n_sets, n, o, best, error, err);
}

static tl_code make_room(tl_regressor *r, tl_err *err) {
    r->coefficients = tl_acquire(r->m, sizeof *r->coefficients);
    return r->coefficients == NULL
               ? tl_fail(err, TL_NOMEM, "out of memory for a regression on %td features", r->m)
               : TL_OK;
}

tl_code tl_regressor_fit(const tl_matrix *x, const double *y, const tl_regressor_options *o,
                         const tl_regressor_setting *setting, uint32_t index, tl_regressor *out,
                         tl_err *err) {
    (void)index;
    *out = (tl_regressor){.kind = o->kind, .m = x->ncol, .setting = *setting};
    TL_TRY(make_room(out, err));
    const tl_code code = fit_pls(x, y, o, out, err);
    if (code != TL_OK) {
        tl_regressor_free(out);
    }
    return code;
}

int tl_regressor_is_linear(const tl_regressor *r) {
    return r->coefficients != NULL;
}

ptrdiff_t tl_regressor_scratch(const tl_regressor *r, ptrdiff_t n) {
    (void)r;
    (void)n;
    return 0;
}

tl_code tl_regressor_predict_block(const tl_regressor *r, const float *u, ptrdiff_t n,
                                   double *value, double *scratch, tl_err *err) {
    (void)scratch;
    (void)err;
    for (ptrdiff_t i = 0; i < n; i++) {
        value[i] = r->intercept;
    }
    for (ptrdiff_t j = 0; j < r->m; j++) {
        for (ptrdiff_t i = 0; i < n; i++) {
            value[i] += r->coefficients[j] * (double)u[j * n + i];
        }
    }
    return TL_OK;
}

/* --- files --- */

static tl_code fill_json(const tl_regressor *r, json_t *o, tl_err *err) {
    TL_TRY(tl_model_put_text(o, "kind", words[r->kind], err));
    TL_TRY(tl_model_put_integer(o, "components", r->setting.components, err));
    TL_TRY(tl_model_put_number(o, "intercept", r->intercept, err));
    return tl_model_put_vector(o, "coefficients", r->coefficients, r->m, err);
}

tl_code tl_regressor_to_json(const tl_regressor *r, json_t **json, tl_err *err) {
    *json = json_object();
    const tl_code code = *json == NULL ? tl_fail(err, TL_NOMEM, "out of memory for the model")
                                       : fill_json(r, *json, err);
    if (code != TL_OK) {
        json_decref(*json);
        *json = NULL;
    }
    return code;
}

static tl_code read_linear(const json_t *json, tl_regressor *r, tl_err *err) {
    ptrdiff_t components = 0;
    tl_matrix numbers;
    TL_TRY(tl_model_integer(json, "components", 0, most_components, &components, err));
    r->setting.components = (int)components;
    TL_TRY(tl_model_number(json, "intercept", -huge, huge, &r->intercept, err));
    TL_TRY(tl_model_vector(json, "coefficients", r->m, &numbers, err));
    r->coefficients = numbers.data;
    return TL_OK;
}

tl_code tl_regressor_from_json(const json_t *json, ptrdiff_t m, tl_regressor *r, tl_err *err) {
    *r = (tl_regressor){.m = m};
    const char *word = NULL;
    TL_TRY(tl_model_text(json, "kind", &word, err));
    TL_TRY(tl_regressor_from_word(word, &r->kind, err));
    const tl_code code = read_linear(json, r, err);
    if (code != TL_OK) {
        tl_regressor_free(r);
    }
    return code;
}

void tl_regressor_free(tl_regressor *r) {
    if (r != NULL) {
        tl_release(r->coefficients);
        *r = (tl_regressor){0};
    }
}
