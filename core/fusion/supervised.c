/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fusion networks that learn a property together with the lab spectra; see supervised.h. JSON keys:
 * "n_in", "n_out", "n_property", "member" [{"options", "weights", "scale_in" [2][n_in], "mean_sd"
 * [2][n_out], "property" [2][n_property]}]. */
#include "fusion/supervised.h"

#include "base/alloc.h"
#include "fusion/transfer.h"
#include "fusion/transfer_words.h"
#include "fusion/vae_train.h"
#include "json/json.h"
#include "model/document.h"

tl_supervised_options tl_fusion_supervised_defaults(void) {
    tl_transfer_options preset = {0};
    (void)tl_fusion_transfer_preset(TL_TRANSFER_VAE, "honest", &preset, NULL);
    tl_supervised_options o = {.members = 5, .seed = 1, .vae = preset.vae};
    o.vae.skip = 0;
    o.vae.heads = 1;
    o.vae.w_property = 1.0;
    return o;
}

tl_code tl_fusion_supervised_check(const tl_supervised_options *o, tl_err *err) {
    if (o->members < 1 || o->members > TL_SUPERVISED_MAX_MEMBERS) {
        return tl_fail(err, TL_ARG, "the number of supervised networks is %d, wanted 1 to %d",
                       o->members, (int)TL_SUPERVISED_MAX_MEMBERS);
    }
    if (o->vae.skip) {
        return tl_fail(
            err, TL_ARG,
            "a supervised network cannot correct direct standardisation: fusion option skip must "
            "be off");
    }
    const tl_transfer_options t = {.kind = TL_TRANSFER_VAE, .vae = o->vae, .seed = o->seed};
    return tl_fusion_transfer_options_check(&t, err);
}

static tl_code open_members(tl_supervised *s, tl_err *err) {
    s->member = tl_acquire(s->members, sizeof *s->member);
    return s->member == NULL ? tl_no_memory(err, "%d networks", s->members) : TL_OK;
}

tl_code tl_fusion_supervised_fit(const tl_supervised_options *o, const tl_matrix *satellite,
                                 const tl_matrix *lab, const tl_matrix *property, uint32_t index,
                                 const tl_progress *p, tl_supervised *out, tl_err *err) {
    const tl_vae_pairs pairs = {.x = *satellite, .y = *lab, .property = *property};
    tl_vae_options options = o->vae;
    options.heads = (int)property->ncol;
    *out = (tl_supervised){.n_in = satellite->ncol,
                           .n_out = lab->ncol,
                           .n_property = property->ncol,
                           .members = o->members};
    tl_code code;
    TL_CHECK(tl_fusion_supervised_check(o, err));
    TL_CHECK(open_members(out, err));
    for (int k = 0; k < o->members; k++) {
        const tl_progress part = tl_progress_part(p, (double)k / (double)o->members,
                                                  (double)(k + 1) / (double)o->members);
        /* Unsigned, where wrapping round is no error; the seeds of one fit are consecutive. */
        const uint64_t seed =
            (uint64_t)o->seed + (uint64_t)index * TL_SUPERVISED_MAX_MEMBERS + (uint64_t)k;
        TL_CHECK(tl_fusion_vae_fit(&options, (int64_t)seed, &pairs, NULL, NULL, &part,
                                   &out->member[k], err));
    }
done:
    if (code != TL_OK) {
        tl_fusion_supervised_free(out);
    }
    return code;
}

tl_code tl_fusion_supervised_predict(const tl_supervised *s, const tl_matrix *satellite,
                                     tl_matrix *value, tl_err *err) {
    TL_TRY(tl_matrix_init(value, satellite->nrow, s->n_property, err));
    for (int k = 0; k < s->members; k++) {
        tl_matrix one;
        const tl_code code = tl_fusion_vae_predict(&s->member[k], satellite, &one, err);
        if (code != TL_OK) {
            tl_matrix_free(value);
            return code;
        }
        for (ptrdiff_t i = 0; i < one.nrow * one.ncol; i++) {
            value->data[i] += one.data[i] / (double)s->members;
        }
        tl_matrix_free(&one);
    }
    return TL_OK;
}

static tl_code member_to_json(const tl_vae *vae, json_t *list, tl_err *err) {
    json_t *json = tl_json_object();
    json_t *options;
    if (!tl_json_append(list, json)) {
        return tl_no_memory(err, "the model");
    }
    TL_TRY(tl_fusion_vae_options_to_json(&vae->options, &options, err));
    TL_TRY(tl_model_put_json(json, "options", options, err));
    TL_TRY(tl_model_put_vector(json, "weights", vae->weights.data, vae->weights.ncol, err));
    TL_TRY(tl_model_put_table(json, "scale_in", &vae->scale_in, err));
    TL_TRY(tl_model_put_table(json, "mean_sd", &vae->mean_sd, err));
    return tl_model_put_table(json, "property", &vae->property, err);
}

tl_code tl_fusion_supervised_to_json(const tl_supervised *s, json_t **json, tl_err *err) {
    json_t *list = tl_json_array();
    tl_code code;
    *json = tl_json_object();
    TL_CHECK(tl_model_put_json(*json, "member", list, err));
    TL_CHECK(tl_model_put_integer(*json, "n_in", s->n_in, err));
    TL_CHECK(tl_model_put_integer(*json, "n_out", s->n_out, err));
    TL_CHECK(tl_model_put_integer(*json, "n_property", s->n_property, err));
    for (int k = 0; k < s->members; k++) {
        TL_CHECK(member_to_json(&s->member[k], list, err));
    }
done:
    if (code != TL_OK) {
        json_decref(*json);
        *json = NULL;
    }
    return code;
}

static tl_code member_from_json(const json_t *json, const tl_supervised *s, tl_vae *vae,
                                tl_err *err) {
    const json_t *options;
    tl_vae_net net;
    vae->options = tl_fusion_supervised_defaults().vae;
    TL_TRY(tl_model_object(json, "options", &options, err));
    TL_TRY(tl_fusion_vae_options_from_json(options, &vae->options, err));
    if (vae->options.skip || (ptrdiff_t)vae->options.heads != s->n_property) {
        return tl_fail(err, TL_FORMAT,
                       "options: these are not options of a supervised network for %td properties",
                       s->n_property);
    }
    if (tl_fusion_vae_net_shape(&vae->options, s->n_in, s->n_out, &net, err) != TL_OK) {
        return TL_FORMAT;
    }
    TL_TRY(tl_model_vector(json, "weights", net.count, &vae->weights, err));
    TL_TRY(tl_model_table(json, "scale_in", 2, s->n_in, &vae->scale_in, err));
    TL_TRY(tl_model_table(json, "mean_sd", 2, s->n_out, &vae->mean_sd, err));
    TL_TRY(tl_model_table(json, "property", 2, s->n_property, &vae->property, err));
    TL_TRY(tl_fusion_check_divisors(&vae->scale_in, "scale_in", err));
    TL_TRY(tl_fusion_check_divisors(&vae->mean_sd, "mean_sd", err));
    return tl_fusion_check_divisors(&vae->property, "property", err);
}

tl_code tl_fusion_supervised_from_json(const json_t *json, tl_supervised *s, tl_err *err) {
    const json_t *list = json_object_get(json, "member");
    const size_t members = json_array_size(list);
    tl_code code;
    *s = (tl_supervised){0};
    TL_CHECK(members >= 1 && members <= TL_SUPERVISED_MAX_MEMBERS
                 ? TL_OK
                 : tl_fail(err, TL_FORMAT, "member: wanted a list of 1 to %d networks",
                           (int)TL_SUPERVISED_MAX_MEMBERS));
    TL_CHECK(tl_model_integer(json, "n_in", 1, TL_VAE_MAX_BANDS, &s->n_in, err));
    TL_CHECK(tl_model_integer(json, "n_out", 1, TL_VAE_MAX_BANDS, &s->n_out, err));
    TL_CHECK(tl_model_integer(json, "n_property", 1, TL_VAE_MAX_HEADS, &s->n_property, err));
    s->members = (int)members;
    TL_CHECK(open_members(s, err));
    for (size_t k = 0; k < members; k++) {
        TL_CHECK(member_from_json(json_array_get(list, k), s, &s->member[k], err));
    }
done:
    if (code != TL_OK) {
        tl_fusion_supervised_free(s);
    }
    return code;
}

void tl_fusion_supervised_free(tl_supervised *s) {
    if (s != NULL) {
        for (int k = 0; s->member != NULL && k < s->members; k++) {
            tl_fusion_vae_free(&s->member[k]);
        }
        tl_release(s->member);
        *s = (tl_supervised){0};
    }
}
