/* SPDX-License-Identifier: GPL-2.0-or-later
 * Trains the network on the same pairs with five losses; see trainfusion_parts.h. */
#include "fusion/transfer.h"
#include "json/json.h"
#include "model/document.h"
#include "tools/fusion/trainfusion_parts.h"

typedef struct named_loss {
    const char *name;
    const char *preset;
    double w_mmd; /* the weights of a loss of the paper; honest uses those of its preset */
    double w_sad;
    double w_kld;
} named_loss;

static const named_loss losses[] = {
    {.name = "SAD + KLD", .preset = "paper", .w_sad = 1.0, .w_kld = 1.0},
    {.name = "MMD + KLD", .preset = "paper", .w_mmd = 1.0, .w_kld = 1.0},
    {.name = "0.5 MMD + 0.5 SAD + KLD",
     .preset = "paper",
     .w_mmd = 0.5,
     .w_sad = 0.5,
     .w_kld = 1.0},
    {.name = "MMD + 0.1 SAD + KLD", .preset = "paper", .w_mmd = 1.0, .w_sad = 0.1, .w_kld = 1.0},
    {.name = "honest", .preset = "honest"},
};

/* The options of the network that the user set, with this loss. */
static tl_code options_of(const tl_job *job, const named_loss *loss, tl_transfer_options *o,
                          tl_err *err) {
    TL_TRY(tl_fusion_transfer_preset(TL_TRANSFER_VAE, loss->preset, o, err));
    const tl_vae_options preset = o->vae;
    const int honest = loss->w_kld <= 0.0;
    TL_TRY(tl_trainfusion_read_network(job, &o->vae, err));
    o->seed = tl_job_integer(job, "seed");
    o->vae.skip = preset.skip;
    o->vae.output = preset.output;
    o->vae.w_mmd = honest ? preset.w_mmd : loss->w_mmd;
    o->vae.w_sad = honest ? preset.w_sad : loss->w_sad;
    o->vae.w_kld = honest ? preset.w_kld : loss->w_kld;
    o->vae.w_rec = preset.w_rec;
    return tl_fusion_transfer_options_check(o, err);
}

static tl_code put_weights(json_t *one, const tl_vae_options *v, tl_err *err) {
    json_t *weights = tl_json_object();
    TL_TRY(tl_model_put_json(one, "weights", weights, err));
    TL_TRY(tl_model_put_number(weights, "mmd", v->w_mmd, err));
    TL_TRY(tl_model_put_number(weights, "sad", v->w_sad, err));
    TL_TRY(tl_model_put_number(weights, "kld", v->w_kld, err));
    return tl_model_put_number(weights, "rec", v->w_rec, err);
}

/* The parts of the loss in every epoch of a training; a part with weight 0 is empty. */
static tl_code put_curve(json_t *one, const tl_vae *vae, const tl_matrix *held_out, tl_err *err) {
    tl_matrix parts;
    TL_TRY(tl_model_put_json(one, "columns",
                             tl_json_pack("[s,s,s,s,s]", "loss", "mmd", "sad", "kld", "rec"), err));
    TL_TRY(tl_matrix_init(&parts, vae->curve.nrow, TL_VAE_CURVE_HELD_OUT, err));
    for (ptrdiff_t i = 0; i < parts.nrow; i++) {
        for (ptrdiff_t j = 0; j < parts.ncol; j++) {
            tl_matrix_row(&parts, i)[j] = tl_matrix_row(&vae->curve, i)[j];
        }
    }
    const tl_code code = tl_model_put_table(one, "curve", &parts, err);
    tl_matrix_free(&parts);
    return code == TL_OK ? tl_model_put_vector(one, "held_out", held_out->data, held_out->ncol, err)
                         : code;
}

static void log_loss(const tl_job *job, const char *name, const tl_diagnosis *d) {
    tl_job_log(job, TL_INFO,
               "loss %s: explained variance %.3f, correlation with the lab spectrum %.3f (shuffled "
               "pairs %.3f to %.3f), spread ratio %.3f, %td of %td latent units are active%s",
               name, d->explained, d->correlation, d->shuffled_low, d->shuffled_high,
               d->spread_ratio, d->active_units, d->latent,
               d->collapsed ? "; the spectra have no information about their samples" : "");
}

static tl_code try_loss(tl_job *job, const named_loss *loss, const tl_pairs *pairs,
                        const tl_progress *p, json_t *one, tl_err *err) {
    const tl_progress fit = tl_progress_part(p, 0.0, 0.2);
    const tl_progress evaluating = tl_progress_part(p, 0.2, 1.0);
    tl_transfer_options o;
    tl_transfer t = {0};
    tl_matrix held_out = {0};
    tl_diagnosis d;
    json_t *diagnosis;
    tl_code code;
    TL_CHECK(options_of(job, loss, &o, err));
    TL_CHECK(tl_fusion_transfer_fit_grouped(&o, &pairs->satellite, &pairs->lab, pairs->group, NULL,
                                            NULL, &fit, &t, err));
    TL_CHECK(tl_fusion_diagnose(&o, pairs, &t, &evaluating, &d, NULL, &held_out, err));
    log_loss(job, loss->name, &d);
    TL_CHECK(tl_model_put_text(one, "name", loss->name, err));
    TL_CHECK(put_weights(one, &o.vae, err));
    TL_CHECK(put_curve(one, &t.vae, &held_out, err));
    TL_CHECK(tl_fusion_diagnosis_to_json(&d, &diagnosis, err));
    code = tl_model_put_json(one, "diagnosis", diagnosis, err);
done:
    tl_fusion_transfer_free(&t);
    tl_matrix_free(&held_out);
    return code;
}

tl_code tl_trainfusion_compare_losses(tl_job *job, const tl_pairs *pairs,
                                      const tl_progress *progress, json_t **json, tl_err *err) {
    const double n = (double)TL_COUNT(losses);
    tl_code code = TL_OK;
    *json = tl_json_array();
    for (size_t k = 0; code == TL_OK && k < TL_COUNT(losses); k++) {
        const tl_progress part = tl_progress_part(progress, (double)k / n, (double)(k + 1) / n);
        json_t *one = tl_json_object();
        code = tl_json_append(*json, one) ? try_loss(job, &losses[k], pairs, &part, one, err)
                                          : tl_no_memory(err, "the losses");
    }
    if (code != TL_OK) {
        json_decref(*json);
        *json = NULL;
    }
    return code;
}
