/* SPDX-License-Identifier: GPL-2.0-or-later
 * The JSON form of a fitted transfer. Keys: "kind", "n_in", "n_out"; of every linear kind, or under
 * a network, "ds" {"lambda", "centre_in" [n_in], "centre_out" [n_out], "slope" [n_out][n_in]};
 * "vae" {"options", "weights" (layout of vae_net.h), "scale_in" [2][n_in], "mean_sd" [2][n_out],
 * "curve" [epochs][loss, mmd, sad, kld, rec], "held_out" [epochs] when there was such a curve}. */
#include <math.h>

#include "fusion/transfer.h"
#include "fusion/transfer_words.h"
#include "fusion/vae_net.h"
#include "json/json.h"
#include "model/document.h"

static tl_code ds_to_json(const tl_ds *ds, json_t *json, tl_err *err) {
    TL_TRY(tl_model_put_number(json, "lambda", ds->lambda, err));
    TL_TRY(tl_model_put_vector(json, "centre_in", ds->centre_in.data, ds->centre_in.ncol, err));
    TL_TRY(tl_model_put_vector(json, "centre_out", ds->centre_out.data, ds->centre_out.ncol, err));
    return tl_model_put_table(json, "slope", &ds->slope, err);
}

/* Losses as one table, and the held-out errors next to it when every epoch has one. */
static tl_code curve_to_json(const tl_matrix *curve, json_t *json, tl_err *err) {
    tl_matrix losses = {0};
    tl_matrix held_out = {0};
    tl_code code;
    int complete = 1;
    TL_CHECK(tl_matrix_init(&losses, curve->nrow, TL_VAE_CURVE_HELD_OUT, err));
    TL_CHECK(tl_matrix_init(&held_out, 1, curve->nrow, err));
    for (ptrdiff_t i = 0; i < curve->nrow; i++) {
        const double *row = tl_matrix_row(curve, i);
        for (ptrdiff_t j = 0; j < TL_VAE_CURVE_HELD_OUT; j++) {
            tl_matrix_row(&losses, i)[j] = row[j];
        }
        held_out.data[i] = row[TL_VAE_CURVE_HELD_OUT];
        complete = complete && isfinite(held_out.data[i]);
    }
    TL_CHECK(tl_model_put_table(json, "curve", &losses, err));
    if (complete) {
        TL_CHECK(tl_model_put_vector(json, "held_out", held_out.data, curve->nrow, err));
    }
done:
    tl_matrix_free(&losses);
    tl_matrix_free(&held_out);
    return code;
}

static tl_code vae_to_json(const tl_vae *vae, json_t *json, tl_err *err) {
    json_t *options;
    TL_TRY(tl_fusion_vae_options_to_json(&vae->options, &options, err));
    TL_TRY(tl_model_put_json(json, "options", options, err));
    TL_TRY(tl_model_put_vector(json, "weights", vae->weights.data, vae->weights.ncol, err));
    TL_TRY(tl_model_put_table(json, "scale_in", &vae->scale_in, err));
    TL_TRY(tl_model_put_table(json, "mean_sd", &vae->mean_sd, err));
    return curve_to_json(&vae->curve, json, err);
}

/* Adds an empty object under key; *part is borrowed. */
static tl_code add_part(json_t *json, const char *key, json_t **part, tl_err *err) {
    *part = tl_json_object();
    return tl_model_put_json(json, key, *part, err);
}

tl_code tl_fusion_transfer_to_json(const tl_transfer *t, json_t **json, tl_err *err) {
    tl_code code;
    json_t *part;
    *json = tl_json_object();
    TL_CHECK(*json == NULL ? tl_no_memory(err, "a transfer") : TL_OK);
    TL_CHECK(tl_model_put_text(*json, "kind", tl_fusion_transfer_kind_word(t->kind), err));
    TL_CHECK(tl_model_put_integer(*json, "n_in", t->n_in, err));
    TL_CHECK(tl_model_put_integer(*json, "n_out", t->n_out, err));
    if (t->ds.slope.data != NULL) {
        TL_CHECK(add_part(*json, "ds", &part, err));
        TL_CHECK(ds_to_json(&t->ds, part, err));
    }
    if (t->kind == TL_TRANSFER_VAE) {
        TL_CHECK(add_part(*json, "vae", &part, err));
        TL_CHECK(vae_to_json(&t->vae, part, err));
    }
done:
    if (code != TL_OK) {
        json_decref(*json);
        *json = NULL;
    }
    return code;
}

static tl_code ds_from_json(const json_t *json, ptrdiff_t n_in, ptrdiff_t n_out, tl_ds *ds,
                            tl_err *err) {
    TL_TRY(tl_model_number(json, "ds.lambda", 0.0, 1e300, &ds->lambda, err));
    TL_TRY(tl_model_vector(json, "ds.centre_in", n_in, &ds->centre_in, err));
    TL_TRY(tl_model_vector(json, "ds.centre_out", n_out, &ds->centre_out, err));
    return tl_model_table(json, "ds.slope", n_out, n_in, &ds->slope, err);
}

static tl_code curve_from_json(const json_t *json, ptrdiff_t epochs, tl_matrix *curve,
                               tl_err *err) {
    tl_matrix losses = {0};
    tl_matrix held_out = {0};
    tl_code code;
    TL_CHECK(tl_model_table(json, "vae.curve", epochs, TL_VAE_CURVE_HELD_OUT, &losses, err));
    if (tl_model_has(json, "vae.held_out")) {
        TL_CHECK(tl_model_vector(json, "vae.held_out", epochs, &held_out, err));
    }
    TL_CHECK(tl_matrix_init(curve, epochs, TL_VAE_CURVE_COLUMNS, err));
    for (ptrdiff_t i = 0; i < epochs; i++) {
        double *row = tl_matrix_row(curve, i);
        for (ptrdiff_t j = 0; j < TL_VAE_CURVE_HELD_OUT; j++) {
            row[j] = tl_matrix_row(&losses, i)[j];
        }
        row[TL_VAE_CURVE_HELD_OUT] = held_out.data == NULL ? (double)NAN : held_out.data[i];
    }
done:
    tl_matrix_free(&losses);
    tl_matrix_free(&held_out);
    return code;
}

tl_code tl_fusion_check_divisors(const tl_matrix *scale, const char *key, tl_err *err) {
    for (ptrdiff_t j = 0; j < scale->ncol; j++) {
        if (!(tl_matrix_row(scale, 1)[j] > 0.0)) {
            return tl_fail(err, TL_FORMAT, "%s.1.%td is %g, wanted a number above 0", key, j,
                           tl_matrix_row(scale, 1)[j]);
        }
    }
    return TL_OK;
}

static tl_code vae_from_json(const json_t *json, ptrdiff_t n_in, ptrdiff_t n_out, tl_vae *vae,
                             tl_err *err) {
    const json_t *options;
    tl_transfer_options preset;
    tl_vae_net net;
    TL_TRY(tl_model_object(json, "vae.options", &options, err));
    TL_TRY(tl_fusion_transfer_preset(TL_TRANSFER_VAE, "honest", &preset, err));
    vae->options = preset.vae;
    TL_TRY(tl_fusion_vae_options_from_json(options, &vae->options, err));
    if (tl_fusion_vae_net_shape(&vae->options, n_in, n_out, &net, err) != TL_OK) {
        return TL_FORMAT;
    }
    TL_TRY(tl_model_vector(json, "vae.weights", net.count, &vae->weights, err));
    TL_TRY(tl_model_table(json, "vae.scale_in", 2, n_in, &vae->scale_in, err));
    TL_TRY(tl_model_table(json, "vae.mean_sd", 2, n_out, &vae->mean_sd, err));
    TL_TRY(tl_fusion_check_divisors(&vae->scale_in, "vae.scale_in", err));
    TL_TRY(tl_fusion_check_divisors(&vae->mean_sd, "vae.mean_sd", err));
    return curve_from_json(json, vae->options.epochs, &vae->curve, err);
}

tl_code tl_fusion_transfer_from_json(const json_t *json, tl_transfer *t, tl_err *err) {
    tl_code code;
    *t = (tl_transfer){0};
    TL_CHECK(tl_fusion_transfer_read_kind(json, &t->kind, err));
    TL_CHECK(t->kind == TL_TRANSFER_BEST
                 ? tl_fail(err, TL_FORMAT, "the transfer's kind is 'best', wanted the one chosen")
                 : TL_OK);
    TL_CHECK(tl_model_integer(json, "n_in", 1, TL_VAE_MAX_BANDS, &t->n_in, err));
    TL_CHECK(tl_model_integer(json, "n_out", 1, TL_VAE_MAX_BANDS, &t->n_out, err));
    if (t->kind == TL_TRANSFER_VAE) {
        TL_CHECK(vae_from_json(json, t->n_in, t->n_out, &t->vae, err));
    }
    if (t->kind != TL_TRANSFER_VAE || t->vae.options.skip) {
        TL_CHECK(ds_from_json(json, t->n_in, t->n_out, &t->ds, err));
    }
done:
    if (code != TL_OK) {
        tl_fusion_transfer_free(t);
    }
    return code;
}
