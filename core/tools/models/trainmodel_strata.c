/* SPDX-License-Identifier: GPL-2.0-or-later
 * The scores of a model in each stratum, for example in clear pixels and under thin cloud; see
 * trainmodel.h. */
#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "inversion/scores.h"
#include "job/numbers.h"
#include "json/json.h"
#include "model/document.h"
#include "recipes/pixel_spectra.h"
#include "tools/models/trainmodel.h"

enum { MAX_BREAKS = 32 };

/* The value of the strata raster at every sample of the study; NaN where it has none.
 *
 * value  [study.n] out */
static tl_code sample_values(const tl_trainmodel *t, double *value, tl_err *err) {
    const tl_store *store = tl_job_store(t->job);
    const int band = 1;
    tl_raster *raster = NULL;
    tl_samples samples = {0};
    tl_code code = TL_OK;
    TL_CHECK(store->open_raster(tl_job_text(t->job, "strata"), "strata", &raster, err));
    const tl_raster_info *info = store->raster_info(raster);
    TL_CHECK(store->read_samples(tl_job_text(t->job, "samples"), "samples",
                                 tl_job_text(t->job, "id_field"), NULL, 0, &info->geo, NULL,
                                 &samples, err));
    for (ptrdiff_t i = 0; i < t->study.n; i++) {
        const ptrdiff_t k = tl_source_samples_find(&samples, t->study.id[i]);
        value[i] = (double)NAN;
        ptrdiff_t cell = -1;
        const char *why = NULL;
        if (k >= 0) {
            TL_CHECK(tl_recipes_find_cell(info, samples.x[k], samples.y[k], &cell, &why, err));
        }
        if (cell >= 0) {
            TL_CHECK(tl_recipes_read_spectrum(store, raster, cell, 0, &band, 1, &value[i], err));
        }
    }
done:
    store->close_raster(raster);
    tl_source_samples_free(&samples);
    return code;
}

/* The name of a stratum: "below 0.03", "0.03 to 0.1", "from 0.1". */
static void name_stratum(const double *breaks, ptrdiff_t n, ptrdiff_t k, tl_text *text) {
    tl_text_add(text, k == 0 ? "below " : k == n ? "from " : "");
    tl_text_add_number(text, breaks[k == 0 ? 0 : k - 1]);
    if (k > 0 && k < n) {
        tl_text_add(text, " to ");
        tl_text_add_number(text, breaks[k]);
    }
}

/* Scores of the mean prediction of the tested samples with a value from low to below high. */
static tl_code score_stratum(const tl_trainmodel *t, const double *value, double low, double high,
                             double *scratch, tl_scores *scores, tl_err *err) {
    const tl_validation *v = &t->validation;
    double *observed = scratch;
    double *predicted = scratch + v->n;
    ptrdiff_t n = 0;
    for (ptrdiff_t i = 0; i < v->n; i++) {
        if (v->all_folds[i] >= 0 && value[i] >= low && value[i] < high) {
            observed[n] = t->study.value[i];
            predicted[n++] = tl_trainmodel_prediction(v, i);
        }
    }
    *scores = (tl_scores){0};
    return n == 0 ? TL_OK : tl_inversion_scores(observed, predicted, n, scores, err);
}

static tl_code put_stratum(tl_trainmodel *t, const char *name, const tl_scores *s, json_t *list,
                           tl_err *err) {
    json_t *o = tl_json_object();
    const int none = s->n == 0;
    if (o == NULL || !tl_json_append(list, o)) {
        return tl_no_memory(err, "the strata");
    }
    TL_TRY(tl_model_put_text(o, "stratum", name, err));
    TL_TRY(tl_model_put_integer(o, "n", s->n, err));
    TL_TRY(tl_model_put_number(o, "r2", none ? (double)NAN : s->r2, err));
    TL_TRY(tl_model_put_number(o, "rmse", none ? (double)NAN : s->rmse, err));
    TL_TRY(tl_model_put_number(o, "mae", none ? (double)NAN : s->mae, err));
    TL_TRY(tl_model_put_number(o, "bias", none ? (double)NAN : s->bias, err));
    if (isnan(s->r2) || none) {
        tl_job_log(t->job, TL_INFO, "%s: %td samples%s", name, s->n,
                   none ? "" : ", too few for an R2");
    } else {
        tl_job_log(t->job, TL_INFO, "%s: %td samples, R2 %.3f, RMSE %.4g, bias %.3g", name, s->n,
                   s->r2, s->rmse, s->bias);
    }
    return TL_OK;
}

tl_code tl_trainmodel_log_strata(tl_trainmodel *t, tl_err *err) {
    if (!tl_job_given(t->job, "strata")) {
        return TL_OK;
    }
    if (!tl_job_given(t->job, "strata_breaks")) {
        return tl_fail(err, TL_ARG,
                       "parameter 'strata' is given without 'strata_breaks'; wanted increasing "
                       "numbers separated by spaces, for example '0.03 0.1'");
    }
    double breaks[MAX_BREAKS];
    ptrdiff_t n;
    TL_TRY(tl_job_read_increasing(t->job, "strata_breaks", MAX_BREAKS, breaks, &n, err));
    double *value = tl_acquire(3 * t->study.n, sizeof *value);
    json_t *list = tl_json_array();
    tl_code code = value == NULL ? tl_no_memory(err, "the strata") : TL_OK;
    if (code != TL_OK) {
        json_decref(list);
        goto done;
    }
    TL_CHECK(tl_model_put_json(t->model.about, "strata", list, err));
    TL_CHECK(sample_values(t, value, err));
    for (ptrdiff_t k = 0; k <= n; k++) {
        tl_scores scores;
        tl_text name = {0};
        name_stratum(breaks, n, k, &name);
        code = score_stratum(t, value, k == 0 ? -HUGE_VAL : breaks[k - 1],
                             k == n ? HUGE_VAL : breaks[k], value + t->study.n, &scores, err);
        if (code == TL_OK) {
            code = put_stratum(t, tl_text_data(&name), &scores, list, err);
        }
        tl_text_free(&name);
        TL_CHECK(code);
    }
done:
    tl_release(value);
    return code;
}
