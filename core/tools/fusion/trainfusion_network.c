/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reads the options of the network from the parameters of trainfusion; see trainfusion_parts.h. */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "tools/fusion/trainfusion_parts.h"

static tl_code read_widths(const char *text, tl_vae_options *v, tl_err *err) {
    v->depth = 0;
    for (const char *at = text;; at++) {
        char part[32];
        double value;
        const size_t length = strcspn(at, ",");
        if (length < sizeof part) {
            memcpy(part, at, length);
            part[length] = '\0';
        }
        if (v->depth >= TL_VAE_MAX_DEPTH || length >= sizeof part ||
            !tl_parse_number(part, &value) || value < 1.0 || value > (double)TL_VAE_MAX_WIDTH ||
            value != floor(value)) {
            return tl_fail(
                err, TL_ARG,
                "parameter 'widths' is '%.100s'; wanted one to %d whole numbers from 1 to %d, such "
                "as 128,64,32",
                text, (int)TL_VAE_MAX_DEPTH, (int)TL_VAE_MAX_WIDTH);
        }
        v->width[v->depth++] = (ptrdiff_t)value;
        at += length;
        if (*at == '\0') {
            return TL_OK;
        }
    }
}

/* Replaces the value if the parameter is given. */
static void set_number(const tl_job *job, const char *id, double *value) {
    if (tl_job_given(job, id)) {
        *value = tl_job_number(job, id);
    }
}

static void set_integer(const tl_job *job, const char *id, ptrdiff_t *value) {
    if (tl_job_given(job, id)) {
        *value = (ptrdiff_t)tl_job_integer(job, id);
    }
}

/* The choice or flag if it is given, else the fallback. */
static int choice_or(const tl_job *job, const char *id, int fallback) {
    return tl_job_given(job, id) ? tl_job_choice(job, id) : fallback;
}

tl_code tl_trainfusion_read_network(const tl_job *job, tl_vae_options *v, tl_err *err) {
    ptrdiff_t epochs = v->epochs;
    ptrdiff_t batch = v->batch;
    set_integer(job, "epochs", &epochs);
    set_integer(job, "batch", &batch);
    set_integer(job, "latent", &v->latent);
    v->epochs = (int)epochs;
    v->batch = (int)batch;
    set_number(job, "learning_rate", &v->learning_rate);
    set_number(job, "dropout", &v->dropout);
    set_number(job, "w_mmd", &v->w_mmd);
    set_number(job, "w_sad", &v->w_sad);
    set_number(job, "w_kld", &v->w_kld);
    set_number(job, "w_rec", &v->w_rec);
    v->sigma = (tl_vae_sigma)choice_or(job, "sigma", (int)v->sigma);
    v->output = (tl_vae_output)choice_or(job, "network_output", (int)v->output);
    v->input = (tl_vae_input)choice_or(job, "network_input", (int)v->input);
    v->init = (tl_vae_init)choice_or(job, "init", (int)v->init);
    v->skip = choice_or(job, "skip", v->skip);
    v->early_stop = tl_job_flag(job, "early_stop");
    return tl_job_given(job, "widths") ? read_widths(tl_job_text(job, "widths"), v, err) : TL_OK;
}
