/* SPDX-License-Identifier: GPL-2.0-or-later
 * Presets, ranges and the JSON form of the options of a transfer; see transfer.h. */
#include <math.h>
#include <string.h>

#include "fusion/transfer.h"
#include "fusion/transfer_words.h"
#include "fusion/vae_net.h"
#include "json/json.h"
#include "model/document.h"

enum { MAX_EPOCHS = 100000, MAX_BATCH = 100000 };

static const char *const kind_words[] = {"none",  "ds",  "vae",  "pds", "pls2",
                                         "slope", "epo", "best", NULL};
static const char *const sigma_words[] = {"printed", "logvar", "logstd", NULL};
static const char *const output_words[] = {"sigmoid", "linear", "affine", NULL};
static const char *const input_words[] = {"raw", "standardised", NULL};
static const char *const init_words[] = {"he", "uniform", NULL};

/* As in the paper, with its gaps filled by the simplest interpretation. The paper does not report
 * the first output bias: with 0 a sigmoid starts at a reflectance of 0.5, too far from dark soils
 * for the MMD kernels to correct it, so it starts at the mean target. */
static const tl_vae_options paper_vae = {.depth = 3,
                                         .width = {128, 64, 32},
                                         .latent = 16,
                                         .dropout = 0.4,
                                         .sigma = TL_VAE_PRINTED,
                                         .output = TL_VAE_SIGMOID,
                                         .input = TL_VAE_RAW,
                                         .init = TL_VAE_HE,
                                         .bias_from_mean = 1,
                                         .w_mmd = 1.0,
                                         .w_sad = 0.1,
                                         .w_kld = 1.0,
                                         .w_rec = 0.0,
                                         .learning_rate = 1e-4,
                                         .epochs = 100,
                                         .batch = 16};

/* The same building blocks, with a term over pairs so that spectra keep the differences between
 * samples, on top of direct standardisation. The strong dropout keeps the correction small: on the
 * simulated study area with 91 pairs the explained variance is .39 with .4 and .31 with .1, where
 * direct standardisation alone has .38. */
static const tl_vae_options honest_vae = {.depth = 3,
                                          .width = {128, 64, 32},
                                          .latent = 16,
                                          .dropout = 0.4,
                                          .sigma = TL_VAE_LOGVAR,
                                          .output = TL_VAE_AFFINE,
                                          .input = TL_VAE_STANDARDISED,
                                          .init = TL_VAE_HE,
                                          .bias_from_mean = 1,
                                          .skip = 1,
                                          .mmd_standardised = 1,
                                          .w_mmd = 0.2,
                                          .w_sad = 0.1,
                                          .w_kld = 1e-3,
                                          .w_rec = 1.0,
                                          .learning_rate = 1e-3,
                                          .epochs = 100,
                                          .batch = 16};

static tl_code check_kind(tl_transfer_kind kind, tl_err *err) {
    return kind < TL_TRANSFER_DS || kind > TL_TRANSFER_BEST
               ? tl_fail(err, TL_ARG,
                         "a transfer of kind %d is unknown; wanted ds, vae, pds, pls2, slope, epo "
                         "or best",
                         (int)kind)
               : TL_OK;
}

tl_code tl_fusion_transfer_preset(tl_transfer_kind kind, const char *name,
                                  tl_transfer_options *options, tl_err *err) {
    const int paper = strcmp(name, "paper") == 0;
    if (!paper && strcmp(name, "honest") != 0) {
        return tl_fail(err, TL_ARG, "preset '%s' is unknown; wanted honest or paper", name);
    }
    TL_TRY(check_kind(kind, err));
    *options = (tl_transfer_options){
        .kind = kind, .lambda = 0.0, .half = 2, .vae = paper ? paper_vae : honest_vae, .seed = 1};
    return TL_OK;
}

static tl_code check_range(const char *name, double value, double min, double max, tl_err *err) {
    if (!(value >= min && value <= max)) {
        return tl_fail(err, TL_ARG, "fusion option %s is %g, wanted %g to %g", name, value, min,
                       max);
    }
    return TL_OK;
}

static tl_code check_vae(const tl_vae_options *v, tl_err *err) {
    tl_vae_net net;
    TL_TRY(tl_fusion_vae_net_shape(v, 1, 1, &net, err));
    TL_TRY(check_range("dropout", v->dropout, 0.0, 0.95, err));
    TL_TRY(check_range("w_mmd", v->w_mmd, 0.0, 1e6, err));
    TL_TRY(check_range("w_sad", v->w_sad, 0.0, 1e6, err));
    TL_TRY(check_range("w_kld", v->w_kld, 0.0, 1e6, err));
    TL_TRY(check_range("w_rec", v->w_rec, 0.0, 1e6, err));
    TL_TRY(check_range("w_property", v->w_property, 0.0, 1e6, err));
    TL_TRY(check_range("learning_rate", v->learning_rate, 1e-8, 1.0, err));
    TL_TRY(check_range("epochs", (double)v->epochs, 1.0, (double)MAX_EPOCHS, err));
    TL_TRY(check_range("batch", (double)v->batch, 2.0, (double)MAX_BATCH, err));
    if (v->skip && v->output == TL_VAE_SIGMOID) {
        return tl_fail(
            err, TL_ARG,
            "fusion option skip needs the output 'affine' or 'linear': a sigmoid cannot be added "
            "to a spectrum");
    }
    return TL_OK;
}

tl_code tl_fusion_transfer_options_check(const tl_transfer_options *o, tl_err *err) {
    TL_TRY(check_kind(o->kind, err));
    TL_TRY(check_range("half", (double)o->half, 0.0, (double)TL_TRANSFER_MAX_HALF, err));
    TL_TRY(check_range("components", (double)o->components, 0.0, (double)TL_TRANSFER_MAX_COMPONENTS,
                       err));
    TL_TRY(check_range("runs", (double)o->runs, 0.0, (double)TL_TRANSFER_MAX_RUNS, err));
    for (ptrdiff_t k = 0; k < o->runs; k++) {
        if (k == 0 ? o->run_start[0] != 0 : o->run_start[k] <= o->run_start[k - 1]) {
            return tl_fail(
                err, TL_ARG,
                "fusion option runs has %td at position %td, wanted numbers that increase from 0",
                o->run_start[k], k + 1);
        }
    }
    if (!(o->lambda <= 1e6)) {
        return tl_fail(err, TL_ARG, "fusion option lambda is %g, wanted at most 1e6", o->lambda);
    }
    return o->kind == TL_TRANSFER_VAE ? check_vae(&o->vae, err) : TL_OK;
}

const char *tl_fusion_transfer_kind_word(tl_transfer_kind kind) {
    return kind_words[kind];
}

tl_code tl_fusion_transfer_read_kind(const json_t *at, tl_transfer_kind *kind, tl_err *err) {
    const char *text;
    TL_TRY(tl_model_text(at, "kind", &text, err));
    for (int i = TL_TRANSFER_DS; kind_words[i] != NULL; i++) {
        if (strcmp(text, kind_words[i]) == 0) {
            *kind = (tl_transfer_kind)i;
            return TL_OK;
        }
    }
    return tl_fail(err, TL_FORMAT,
                   "the transfer's kind is '%s', wanted ds, vae, pds, pls2, slope, epo or best",
                   text);
}

/* The index of the text at key in words; the fallback when the key is absent. */
static tl_code read_word(const json_t *at, const char *key, const char *const *words, int fallback,
                         int *out, tl_err *err) {
    const char *text;
    TL_TRY(tl_model_text_or(at, key, words[fallback], &text, err));
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(text, words[i]) == 0) {
            *out = i;
            return TL_OK;
        }
    }
    return tl_fail(err, TL_FORMAT, "fusion option %s is '%s', wanted a word such as '%s'", key,
                   text, words[0]);
}

static tl_code put_widths(const tl_vae_options *v, json_t *json, tl_err *err) {
    double widths[TL_VAE_MAX_DEPTH];
    for (int k = 0; k < v->depth; k++) {
        widths[k] = (double)v->width[k];
    }
    return tl_model_put_vector(json, "widths", widths, v->depth, err);
}

tl_code tl_fusion_vae_options_to_json(const tl_vae_options *v, json_t **json, tl_err *err) {
    tl_code code;
    *json = tl_json_object();
    TL_CHECK(*json == NULL ? tl_no_memory(err, "a transfer") : TL_OK);
    TL_CHECK(put_widths(v, *json, err));
    TL_CHECK(tl_model_put_integer(*json, "latent", v->latent, err));
    TL_CHECK(tl_model_put_number(*json, "dropout", v->dropout, err));
    TL_CHECK(tl_model_put_text(*json, "sigma", sigma_words[v->sigma], err));
    TL_CHECK(tl_model_put_text(*json, "output", output_words[v->output], err));
    TL_CHECK(tl_model_put_text(*json, "input", input_words[v->input], err));
    TL_CHECK(tl_model_put_text(*json, "init", init_words[v->init], err));
    TL_CHECK(tl_model_put_flag(*json, "bias_from_mean", v->bias_from_mean, err));
    TL_CHECK(tl_model_put_flag(*json, "skip", v->skip, err));
    TL_CHECK(tl_model_put_flag(*json, "mmd_standardised", v->mmd_standardised, err));
    TL_CHECK(tl_model_put_flag(*json, "mmd_unbiased", v->mmd_unbiased, err));
    TL_CHECK(tl_model_put_number(*json, "w_mmd", v->w_mmd, err));
    TL_CHECK(tl_model_put_number(*json, "w_sad", v->w_sad, err));
    TL_CHECK(tl_model_put_number(*json, "w_kld", v->w_kld, err));
    TL_CHECK(tl_model_put_number(*json, "w_rec", v->w_rec, err));
    TL_CHECK(tl_model_put_number(*json, "learning_rate", v->learning_rate, err));
    TL_CHECK(tl_model_put_integer(*json, "epochs", v->epochs, err));
    TL_CHECK(tl_model_put_integer(*json, "batch", v->batch, err));
    TL_CHECK(tl_model_put_flag(*json, "early_stop", v->early_stop, err));
    if (v->heads > 0) {
        TL_CHECK(tl_model_put_integer(*json, "heads", v->heads, err));
        TL_CHECK(tl_model_put_number(*json, "w_property", v->w_property, err));
    }
done:
    if (code != TL_OK) {
        json_decref(*json);
        *json = NULL;
    }
    return code;
}

static tl_code read_widths(const json_t *at, tl_vae_options *v, tl_err *err) {
    if (!tl_model_has(at, "widths")) {
        return TL_OK;
    }
    tl_matrix widths;
    TL_TRY(tl_model_vector(at, "widths", -1, &widths, err));
    tl_code code = TL_OK;
    if (widths.ncol > TL_VAE_MAX_DEPTH) {
        code = tl_fail(err, TL_FORMAT, "fusion option widths has %td numbers, wanted at most %d",
                       widths.ncol, (int)TL_VAE_MAX_DEPTH);
        goto done;
    }
    v->depth = (int)widths.ncol;
    for (int k = 0; k < v->depth; k++) {
        const double w = widths.data[k];
        if (!(w >= 1.0 && w <= (double)TL_VAE_MAX_WIDTH) || floor(w) != w) {
            code = tl_fail(err, TL_FORMAT,
                           "fusion option widths has the value %g, wanted whole numbers 1 to %d", w,
                           (int)TL_VAE_MAX_WIDTH);
            goto done;
        }
        v->width[k] = (ptrdiff_t)w;
    }
done:
    tl_matrix_free(&widths);
    return code;
}

static tl_code read_choices(const json_t *at, tl_vae_options *v, tl_err *err) {
    int word = 0;
    TL_TRY(read_word(at, "sigma", sigma_words, (int)v->sigma, &word, err));
    v->sigma = (tl_vae_sigma)word;
    TL_TRY(read_word(at, "output", output_words, (int)v->output, &word, err));
    v->output = (tl_vae_output)word;
    TL_TRY(read_word(at, "input", input_words, (int)v->input, &word, err));
    v->input = (tl_vae_input)word;
    TL_TRY(read_word(at, "init", init_words, (int)v->init, &word, err));
    v->init = (tl_vae_init)word;
    TL_TRY(tl_model_flag_or(at, "bias_from_mean", v->bias_from_mean, &v->bias_from_mean, err));
    TL_TRY(tl_model_flag_or(at, "skip", v->skip, &v->skip, err));
    TL_TRY(
        tl_model_flag_or(at, "mmd_standardised", v->mmd_standardised, &v->mmd_standardised, err));
    return tl_model_flag_or(at, "mmd_unbiased", v->mmd_unbiased, &v->mmd_unbiased, err);
}

tl_code tl_fusion_vae_options_from_json(const json_t *at, tl_vae_options *v, tl_err *err) {
    const double huge = 1e6;
    ptrdiff_t epochs = 0;
    ptrdiff_t heads = 0;
    ptrdiff_t batch = 0;
    TL_TRY(read_widths(at, v, err));
    TL_TRY(tl_model_integer_or(at, "latent", 1, TL_VAE_MAX_WIDTH, v->latent, &v->latent, err));
    TL_TRY(read_choices(at, v, err));
    TL_TRY(tl_model_number_or(at, "dropout", 0.0, 0.95, v->dropout, &v->dropout, err));
    TL_TRY(tl_model_number_or(at, "w_mmd", 0.0, huge, v->w_mmd, &v->w_mmd, err));
    TL_TRY(tl_model_number_or(at, "w_sad", 0.0, huge, v->w_sad, &v->w_sad, err));
    TL_TRY(tl_model_number_or(at, "w_kld", 0.0, huge, v->w_kld, &v->w_kld, err));
    TL_TRY(tl_model_number_or(at, "w_rec", 0.0, huge, v->w_rec, &v->w_rec, err));
    TL_TRY(tl_model_number_or(at, "learning_rate", 1e-8, 1.0, v->learning_rate, &v->learning_rate,
                              err));
    TL_TRY(tl_model_integer_or(at, "epochs", 1, MAX_EPOCHS, v->epochs, &epochs, err));
    TL_TRY(tl_model_integer_or(at, "batch", 2, MAX_BATCH, v->batch, &batch, err));
    TL_TRY(tl_model_flag_or(at, "early_stop", v->early_stop, &v->early_stop, err));
    TL_TRY(tl_model_integer_or(at, "heads", 0, TL_VAE_MAX_HEADS, v->heads, &heads, err));
    TL_TRY(tl_model_number_or(at, "w_property", 0.0, huge, v->w_property, &v->w_property, err));
    v->heads = (int)heads;
    v->epochs = (int)epochs;
    v->batch = (int)batch;
    return check_vae(v, err) == TL_OK ? TL_OK : TL_FORMAT;
}

static tl_code put_runs(const tl_transfer_options *o, json_t *json, tl_err *err) {
    double start[TL_TRANSFER_MAX_RUNS];
    for (ptrdiff_t k = 0; k < o->runs; k++) {
        start[k] = (double)o->run_start[k];
    }
    return o->runs == 0 ? TL_OK : tl_model_put_vector(json, "runs", start, o->runs, err);
}

static tl_code read_runs(const json_t *json, tl_transfer_options *o, tl_err *err) {
    if (!tl_model_has(json, "runs")) {
        return TL_OK;
    }
    tl_matrix start;
    TL_TRY(tl_model_vector(json, "runs", -1, &start, err));
    tl_code code = start.ncol > TL_TRANSFER_MAX_RUNS
                       ? tl_fail(err, TL_FORMAT,
                                 "fusion option runs has %td numbers, wanted at "
                                 "most %d",
                                 start.ncol, (int)TL_TRANSFER_MAX_RUNS)
                       : TL_OK;
    o->runs = code == TL_OK ? start.ncol : 0;
    for (ptrdiff_t k = 0; k < o->runs && code == TL_OK; k++) {
        const double at = start.data[k];
        if (!(at >= 0.0 && at <= (double)TL_VAE_MAX_BANDS) || floor(at) != at) {
            code = tl_fail(err, TL_FORMAT,
                           "fusion option runs has the value %g, wanted whole band numbers", at);
        }
        o->run_start[k] = code == TL_OK ? (ptrdiff_t)at : 0;
    }
    tl_matrix_free(&start);
    return code;
}

tl_code tl_fusion_transfer_options_to_json(const tl_transfer_options *o, json_t **json,
                                           tl_err *err) {
    tl_code code;
    json_t *vae = NULL;
    *json = tl_json_object();
    TL_CHECK(*json == NULL ? tl_no_memory(err, "a transfer") : TL_OK);
    TL_CHECK(tl_model_put_text(*json, "kind", kind_words[o->kind], err));
    TL_CHECK(tl_model_put_number(*json, "lambda", o->lambda, err));
    TL_CHECK(tl_model_put_integer(*json, "seed", (ptrdiff_t)o->seed, err));
    if (o->kind != TL_TRANSFER_DS && o->kind != TL_TRANSFER_VAE) {
        TL_CHECK(tl_model_put_integer(*json, "half", o->half, err));
        TL_CHECK(tl_model_put_integer(*json, "components", o->components, err));
        TL_CHECK(put_runs(o, *json, err));
    }
    if (o->kind == TL_TRANSFER_VAE) {
        TL_CHECK(tl_fusion_vae_options_to_json(&o->vae, &vae, err));
        TL_CHECK(tl_model_put_json(*json, "vae", vae, err));
    }
done:
    if (code != TL_OK) {
        json_decref(*json);
        *json = NULL;
    }
    return code;
}

tl_code tl_fusion_transfer_options_from_json(const json_t *json, tl_transfer_options *o,
                                             tl_err *err) {
    tl_transfer_kind kind = TL_TRANSFER_NONE;
    ptrdiff_t seed = 1;
    TL_TRY(tl_fusion_transfer_read_kind(json, &kind, err));
    TL_TRY(tl_fusion_transfer_preset(kind, "honest", o, err));
    TL_TRY(tl_model_number_or(json, "lambda", -1e6, 1e6, o->lambda, &o->lambda, err));
    TL_TRY(tl_model_integer_or(json, "seed", PTRDIFF_MIN, PTRDIFF_MAX, 1, &seed, err));
    o->seed = seed;
    TL_TRY(tl_model_integer_or(json, "half", 0, TL_TRANSFER_MAX_HALF, o->half, &o->half, err));
    TL_TRY(tl_model_integer_or(json, "components", 0, TL_TRANSFER_MAX_COMPONENTS, o->components,
                               &o->components, err));
    TL_TRY(read_runs(json, o, err));
    if (kind == TL_TRANSFER_VAE && tl_model_has(json, "vae")) {
        const json_t *vae;
        TL_TRY(tl_model_object(json, "vae", &vae, err));
        TL_TRY(tl_fusion_vae_options_from_json(vae, &o->vae, err));
    }
    return tl_fusion_transfer_options_check(o, err) == TL_OK ? TL_OK : TL_FORMAT;
}
