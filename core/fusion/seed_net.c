/* SPDX-License-Identifier: GPL-2.0-or-later
 * One seed for a block of samples while it is in the cache; see seed_net.h. */
#include "fusion/seed_net.h"

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/wide.h"
#include "fusion/loss_kld.h"
#include "fusion/sigmoid.h"
#include "num/exponential.h"

static int is_last(const tl_vae_net *net, int l) {
    return l == tl_fusion_vae_net_out(net);
}

static void turn_first(tl_seed_net *s, const tl_matrix *first) {
    const ptrdiff_t width = first->ncol;
    for (ptrdiff_t i = 0; i < s->n; i++) {
        float *block = s->first + i / TL_DENSE_PIXELS * width * TL_DENSE_PIXELS;
        for (ptrdiff_t u = 0; u < width; u++) {
            block[u * TL_DENSE_PIXELS + i % TL_DENSE_PIXELS] = (float)tl_matrix_row(first, i)[u];
        }
    }
}

tl_code tl_fusion_seed_net_init(tl_seed_net *s, const tl_vae *vae, const tl_matrix *first,
                                tl_err *err) {
    *s = (tl_seed_net){.vae = vae,
                       .n = first->nrow,
                       .blocks = (first->nrow + TL_DENSE_PIXELS - 1) / TL_DENSE_PIXELS};
    const double *weights = vae->weights.data;
    tl_code code;
    TL_CHECK(tl_fusion_vae_net_shape(&vae->options, vae->scale_in.ncol, vae->mean_sd.ncol, &s->net,
                                     err));
    for (int l = 1; l <= tl_fusion_vae_net_out(&s->net); l++) {
        const tl_vae_layer *at = &s->net.layer[l];
        TL_CHECK(tl_num_dense_init(&s->layer[l], at->n_in, at->n_out, weights + at->weight,
                                   weights + at->bias, err));
        s->widest = tl_max(s->layer[l].padded, s->widest);
    }
    s->widest = tl_max(first->ncol, s->widest);
    s->first = tl_acquire(s->blocks * first->ncol * TL_DENSE_PIXELS, sizeof *s->first);
    if (s->first == NULL) {
        code = tl_no_memory(err, "%td samples", s->n);
        goto done;
    }
    turn_first(s, first);
done:
    if (code != TL_OK) {
        tl_fusion_seed_net_free(s);
    }
    return code;
}

void tl_fusion_seed_net_free(tl_seed_net *s) {
    if (s != NULL) {
        for (int l = 0; l < TL_VAE_MAX_LAYERS; l++) {
            tl_num_dense_free(&s->layer[l]);
        }
        tl_release(s->first);
        *s = (tl_seed_net){0};
    }
}

ptrdiff_t tl_fusion_seed_net_scratch(const tl_seed_net *s) {
    return 3 * s->widest * TL_DENSE_PIXELS;
}

/* to = factor * from, one unit of a block. */
TL_WIDE_CLONES static void scale_unit(float factor, const float *from, float *to) {
    for (ptrdiff_t c = 0; c < TL_DENSE_PIXELS; c++) {
        to[c] = factor * from[c];
    }
}

/* x times the mask of layer k, for the count samples from at on. */
static void apply_mask(const tl_matrix *mask, int shared, ptrdiff_t at, ptrdiff_t count,
                       const float *from, float *to) {
    for (ptrdiff_t u = 0; u < mask->ncol; u++) {
        const float *x = from + u * TL_DENSE_PIXELS;
        float *y = to + u * TL_DENSE_PIXELS;
        if (shared) {
            scale_unit((float)mask->data[u], x, y);
            continue;
        }
        for (ptrdiff_t c = 0; c < TL_DENSE_PIXELS; c++) {
            y[c] = c < count ? (float)tl_matrix_row(mask, at + c)[u] * x[c] : 0.0F;
        }
    }
}

/* mu = mu + sd * eps, with the sd that sg encodes. */
static void add_noise(const tl_seed_net *s, const tl_matrix *eps, int shared, ptrdiff_t at,
                      ptrdiff_t count, float *mu, float *sg) {
    const ptrdiff_t latent = s->net.latent;
    const float factor = s->net.sigma == TL_VAE_LOGVAR ? 0.5F : 1.0F;
    const float limit = (float)TL_VAE_SIGMA_LIMIT;
    for (ptrdiff_t k = 0; k < latent * TL_DENSE_PIXELS; k++) {
        const float low = tl_max_float(-limit, sg[k]);
        sg[k] = factor * tl_min_float(limit, low);
    }
    tl_num_exp_float(latent * TL_DENSE_PIXELS, sg, sg);
    for (ptrdiff_t u = 0; u < latent; u++) {
        for (ptrdiff_t c = 0; c < TL_DENSE_PIXELS; c++) {
            const ptrdiff_t row = shared || c >= count ? 0 : at + c;
            const ptrdiff_t k = u * TL_DENSE_PIXELS + c;
            mu[k] += sg[k] * (float)tl_matrix_row(eps, row)[u];
        }
    }
}

/* 1 / (1 + exp(-o)) of n numbers in place. */
enum { TURNED = 8 };

/* to = o transposed, a few bands at a time so that the lines of both stay in the cache. */
static void turn_block(ptrdiff_t p, ptrdiff_t at, ptrdiff_t count, const float *o, tl_matrix *to) {
    for (ptrdiff_t j0 = 0; j0 < p; j0 += TURNED) {
        const ptrdiff_t end = tl_min(j0 + TURNED, p);
        for (ptrdiff_t c = 0; c < count; c++) {
            double *row = tl_matrix_row(to, at + c);
            for (ptrdiff_t j = j0; j < end; j++) {
                row[j] = (double)o[j * TL_DENSE_PIXELS + c];
            }
        }
    }
}

/* Rows of y from o = [n_out, TL_DENSE_PIXELS]. */
static void write_rows(const tl_seed_net *s, const tl_matrix *base, ptrdiff_t at, ptrdiff_t count,
                       float *o, tl_matrix *spectra) {
    const ptrdiff_t p = s->net.n_out;
    const tl_vae_output kind = s->vae->options.output;
    const double *mean = tl_matrix_row(&s->vae->mean_sd, 0);
    const double *sd = tl_matrix_row(&s->vae->mean_sd, 1);
    if (kind == TL_VAE_SIGMOID) {
        tl_fusion_sigmoid_float(p * TL_DENSE_PIXELS, o);
    }
    turn_block(p, at, count, o, spectra);
    for (ptrdiff_t c = 0; c < count; c++) {
        double *to = tl_matrix_row(spectra, at + c);
        const double *start = base->data != NULL ? tl_matrix_row(base, at + c) : mean;
        for (ptrdiff_t j = 0; j < p && kind == TL_VAE_AFFINE; j++) {
            to[j] = start[j] + sd[j] * to[j];
        }
        for (ptrdiff_t j = 0; j < p && kind == TL_VAE_LINEAR && base->data != NULL; j++) {
            to[j] += start[j];
        }
    }
}

void tl_fusion_seed_net_run(const tl_seed_net *s, const tl_vae_pass *drawn, int shared,
                            const tl_matrix *base, float *scratch, tl_matrix *spectra) {
    const tl_vae_net *net = &s->net;
    const ptrdiff_t layer_size = s->widest * TL_DENSE_PIXELS;
    for (ptrdiff_t b = 0; b < s->blocks; b++) {
        const ptrdiff_t at = b * TL_DENSE_PIXELS;
        const ptrdiff_t count = tl_min(s->n - at, TL_DENSE_PIXELS);
        float *x = scratch;
        float *y = x + layer_size;
        float *sg = y + layer_size;
        apply_mask(&drawn->mask[0], shared, at, count, s->first + at * net->layer[0].n_out, x);
        for (int k = 1; k < net->depth; k++) {
            tl_num_dense(&s->layer[k], x, y, 1);
            apply_mask(&drawn->mask[k], shared, at, count, y, x);
        }
        tl_num_dense(&s->layer[tl_fusion_vae_net_mu(net)], x, y, 0);
        tl_num_dense(&s->layer[tl_fusion_vae_net_sg(net)], x, sg, 0);
        add_noise(s, &drawn->eps, shared, at, count, y, sg);
        for (int l = net->depth + 2; l <= tl_fusion_vae_net_out(net); l++) {
            float *swap = x;
            tl_num_dense(&s->layer[l], y, x, !is_last(net, l));
            x = y;
            y = swap;
        }
        write_rows(s, base, at, count, y, spectra);
    }
}
