/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fitting, reading and writing of support vector regressions; see svr.h. */
#include "inversion/svr.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "inversion/standardise.h"
#include "inversion/svr_solve.h"
#include "json/json.h"
#include "model/document.h"
#include "num/stats.h"

enum { max_support = 1 << 20 };

static const double huge = 1e300;
static const double largest_gamma = 1e12;

tl_svr_options tl_inversion_svr_defaults(void) {
    tl_svr_options o = {.n_cost = 6, .n_width = 6, .n_tube = 3, .refine = 1, .stop = 1e-6};
    const double tube[3] = {0.02, 0.1, 0.3};
    for (int k = 0; k < 6; k++) {
        o.cost[k] = exp2(-1.0 + 2.0 * k);
        o.width[k] = exp2(-5.0 + 1.5 * k);
    }
    memcpy(o.tube, tube, sizeof tube);
    o.threads = 1;
    return o;
}

static tl_code check_choices(const char *name, int n, const double *value, double min, double max,
                             tl_err *err) {
    if (n < 1 || n > tl_svr_max_choices) {
        return tl_fail(err, TL_ARG, "svr: %d values of %s, wanted 1 to %d", n, name,
                       tl_svr_max_choices);
    }
    for (int k = 0; k < n; k++) {
        if (!(value[k] >= min && value[k] <= max)) {
            return tl_fail(err, TL_ARG, "svr: %s = %g, wanted %g to %g", name, value[k], min, max);
        }
        if (k > 0 && !(value[k] > value[k - 1])) {
            return tl_fail(err, TL_ARG, "svr: the values of %s must increase, but %g follows %g",
                           name, value[k], value[k - 1]);
        }
    }
    return TL_OK;
}

tl_code tl_inversion_svr_options_check(const tl_svr_options *o, tl_err *err) {
    TL_TRY(check_choices("C", o->n_cost, o->cost, 1e-6, 1e9, err));
    TL_TRY(check_choices("gamma", o->n_width, o->width, 1e-9, 1e9, err));
    TL_TRY(check_choices("epsilon", o->n_tube, o->tube, 0.0, 10.0, err));
    if (!(o->stop >= 1e-12 && o->stop <= 1e-3)) {
        return tl_fail(err, TL_ARG, "svr: stop = %g, wanted 1e-12 to 1e-3", o->stop);
    }
    return TL_OK;
}

static tl_code acquire_support(tl_svr *svr, tl_err *err) {
    TL_TRY(tl_matrix_init(&svr->support, svr->n_support, svr->m, err));
    svr->beta = tl_acquire(svr->n_support, sizeof *svr->beta);
    return svr->beta != NULL ? TL_OK : tl_no_memory(err, "%td support vectors", svr->n_support);
}

/* Keeps the support vectors. If there is none, one row is kept, so that a model always has one. */
static tl_code keep_support(tl_svr *svr, const tl_matrix *z, const double *beta, tl_err *err) {
    for (ptrdiff_t i = 0; i < z->nrow; i++) {
        svr->n_support += beta[i] != 0.0;
    }
    const int none = svr->n_support == 0;
    svr->n_support += none;
    TL_TRY(acquire_support(svr, err));
    ptrdiff_t at = 0;
    for (ptrdiff_t i = 0; i < z->nrow && at < svr->n_support; i++) {
        if (beta[i] != 0.0 || none) {
            memcpy(tl_matrix_row(&svr->support, at), tl_matrix_row(z, i),
                   (size_t)svr->m * sizeof *z->data);
            svr->beta[at++] = beta[i];
        }
    }
    return TL_OK;
}

static tl_code check_samples(const tl_matrix *x, tl_err *err) {
    if (x->ncol < 1) {
        return tl_fail(err, TL_SHAPE, "a support vector regression needs at least one feature");
    }
    if (x->nrow < 2 || x->nrow > tl_svr_max_samples) {
        return tl_fail(err, TL_DATA,
                       "a support vector regression needs 2 to %d samples, but there are %td",
                       tl_svr_max_samples, x->nrow);
    }
    return TL_OK;
}

/* Means and scales into out; standardised features into z, the property into scaled. */
static tl_code prepare(const tl_matrix *x, const double *y, tl_svr *out, tl_matrix *z,
                       double *scaled, tl_err *err) {
    out->m = x->ncol;
    out->mean = tl_acquire(x->ncol, sizeof *out->mean);
    out->scale = tl_acquire(x->ncol, sizeof *out->scale);
    if (out->mean == NULL || out->scale == NULL) {
        return tl_no_memory(err, "a regression on %td features", x->ncol);
    }
    tl_inversion_moments(x, out->mean, out->scale);
    TL_TRY(tl_inversion_standardise(x, out->mean, out->scale, z, err));
    out->mean_y = tl_num_mean(y, x->nrow);
    out->scale_y = tl_num_sd(y, x->nrow);
    if (!(out->scale_y > 1e-12 * fabs(out->mean_y))) {
        out->scale_y = 1.0;
    }
    for (ptrdiff_t i = 0; i < x->nrow; i++) {
        scaled[i] = (y[i] - out->mean_y) / out->scale_y;
    }
    return TL_OK;
}

tl_code tl_inversion_svr_fit(const tl_matrix *x, const double *y, const tl_svr_options *o,
                             const tl_svr_setting *setting, uint32_t index, tl_svr *out,
                             tl_err *err) {
    (void)index;
    *out = (tl_svr){0};
    TL_TRY(check_samples(x, err));
    tl_code code = TL_OK;
    tl_matrix z = {0};
    tl_matrix squared = {0};
    tl_svr_kernel kernel = {0};
    double *scaled = tl_acquire(x->nrow, sizeof *scaled);
    double *beta = tl_acquire(x->nrow, sizeof *beta);
    if (scaled == NULL || beta == NULL) {
        code = tl_no_memory(err, "a regression on %td samples", x->nrow);
        goto done;
    }
    TL_CHECK(prepare(x, y, out, &z, scaled, err));
    TL_CHECK(tl_inversion_squared_distances(&z, &z, &squared, err));
    TL_CHECK(tl_inversion_svr_kernel_init(&kernel, x->nrow, err));
    out->gamma = setting->width / (double)x->ncol;
    tl_inversion_svr_kernel_fill(&kernel, &squared, out->gamma);
    TL_CHECK(tl_inversion_svr_solve(&kernel, scaled, setting->cost, setting->tube, o->stop, beta,
                                    &out->intercept, err));
    TL_CHECK(keep_support(out, &z, beta, err));
    TL_CHECK(tl_inversion_svr_pack(out, err));
done:
    tl_inversion_svr_kernel_free(&kernel);
    tl_matrix_free(&squared);
    tl_matrix_free(&z);
    tl_release(scaled);
    tl_release(beta);
    if (code != TL_OK) {
        tl_inversion_svr_free(out);
    }
    return code;
}

double tl_inversion_svr_predict(const tl_svr *svr, const double *row) {
    double sum = svr->intercept;
    for (ptrdiff_t s = 0; s < svr->n_support; s++) {
        const double *v = tl_matrix_row(&svr->support, s);
        double squared = 0.0;
        for (ptrdiff_t j = 0; j < svr->m; j++) {
            const double d = (row[j] - svr->mean[j]) / svr->scale[j] - v[j];
            squared += d * d;
        }
        sum += svr->beta[s] * exp(-svr->gamma * squared);
    }
    return svr->mean_y + svr->scale_y * sum;
}

tl_code tl_inversion_svr_to_json(const tl_svr *svr, json_t **json, tl_err *err) {
    *json = tl_json_object();
    if (*json == NULL) {
        return tl_no_memory(err, "a model");
    }
    tl_code code;
    TL_CHECK(tl_model_put_number(*json, "gamma", svr->gamma, err));
    TL_CHECK(tl_model_put_number(*json, "intercept", svr->intercept, err));
    TL_CHECK(tl_model_put_number(*json, "mean_y", svr->mean_y, err));
    TL_CHECK(tl_model_put_number(*json, "scale_y", svr->scale_y, err));
    TL_CHECK(tl_model_put_vector(*json, "mean", svr->mean, svr->m, err));
    TL_CHECK(tl_model_put_vector(*json, "scale", svr->scale, svr->m, err));
    TL_CHECK(tl_model_put_vector(*json, "beta", svr->beta, svr->n_support, err));
    TL_CHECK(tl_model_put_table(*json, "support", &svr->support, err));
done:
    if (code != TL_OK) {
        json_decref(*json);
        *json = NULL;
    }
    return code;
}

/* A list of m numbers; the caller becomes the owner. */
static tl_code read_vector(const json_t *json, const char *key, ptrdiff_t n, double **out,
                           tl_err *err) {
    tl_matrix list;
    TL_TRY(tl_model_vector(json, key, n, &list, err));
    *out = list.data;
    return TL_OK;
}

static tl_code read_all(const json_t *json, tl_svr *svr, tl_err *err) {
    TL_TRY(tl_model_number(json, "gamma", 0.0, largest_gamma, &svr->gamma, err));
    TL_TRY(tl_model_number(json, "intercept", -huge, huge, &svr->intercept, err));
    TL_TRY(tl_model_number(json, "mean_y", -huge, huge, &svr->mean_y, err));
    TL_TRY(tl_model_number(json, "scale_y", 0.0, huge, &svr->scale_y, err));
    TL_TRY(read_vector(json, "mean", svr->m, &svr->mean, err));
    TL_TRY(read_vector(json, "scale", svr->m, &svr->scale, err));
    for (ptrdiff_t j = 0; j < svr->m; j++) {
        if (!(svr->scale[j] > 0.0)) {
            return tl_fail(err, TL_FORMAT, "scale.%td is %g, wanted a number above 0", j,
                           svr->scale[j]);
        }
    }
    TL_TRY(tl_model_table(json, "support", -1, svr->m, &svr->support, err));
    svr->n_support = svr->support.nrow;
    if (svr->n_support > max_support) {
        return tl_fail(err, TL_FORMAT, "support has %td rows, wanted at most %d", svr->n_support,
                       max_support);
    }
    TL_TRY(read_vector(json, "beta", svr->n_support, &svr->beta, err));
    return tl_inversion_svr_pack(svr, err);
}

tl_code tl_inversion_svr_from_json(const json_t *json, ptrdiff_t m, tl_svr *svr, tl_err *err) {
    *svr = (tl_svr){.m = m};
    const tl_code code = read_all(json, svr, err);
    if (code != TL_OK) {
        tl_inversion_svr_free(svr);
    }
    return code;
}

void tl_inversion_svr_free(tl_svr *svr) {
    if (svr != NULL) {
        tl_matrix_free(&svr->support);
        tl_release(svr->mean);
        tl_release(svr->scale);
        tl_release(svr->beta);
        tl_release(svr->packed);
        *svr = (tl_svr){0};
    }
}
