/* SPDX-License-Identifier: GPL-2.0-or-later
 * Layout, forward pass and derivative of the fusion network; see vae_net.h. */
#include "fusion/vae_net.h"

#include <math.h>
#include <string.h>

#include "base/minmax.h"
#include "base/rng.h"
#include "fusion/loss_kld.h"
#include "fusion/sigmoid.h"
#include "num/matrix_product.h"

static void add_layer(tl_vae_net *net, ptrdiff_t n_in, ptrdiff_t n_out) {
    tl_vae_layer *layer = &net->layer[net->n_layers++];
    *layer = (tl_vae_layer){
        .n_in = n_in, .n_out = n_out, .weight = net->count, .bias = net->count + n_in * n_out};
    net->count = layer->bias + n_out;
    net->widest = tl_max(n_in, net->widest);
    net->widest = tl_max(n_out, net->widest);
}

tl_code tl_fusion_vae_net_shape(const tl_vae_options *options, ptrdiff_t n_in, ptrdiff_t n_out,
                                tl_vae_net *net, tl_err *err) {
    *net = (tl_vae_net){.depth = options->depth,
                        .n_in = n_in,
                        .n_out = n_out,
                        .latent = options->latent,
                        .heads = options->heads,
                        .sigma = options->sigma};
    if (options->depth < 1 || options->depth > TL_VAE_MAX_DEPTH) {
        return tl_fail(err, TL_ARG, "fusion network: %d hidden layers, wanted 1 to %d",
                       options->depth, (int)TL_VAE_MAX_DEPTH);
    }
    if (n_in < 1 || n_in > TL_VAE_MAX_BANDS || n_out < 1 || n_out > TL_VAE_MAX_BANDS) {
        return tl_fail(err, TL_ARG, "fusion network: %td bands in and %td out, wanted 1 to %d",
                       n_in, n_out, (int)TL_VAE_MAX_BANDS);
    }
    if (options->latent < 1 || options->latent > TL_VAE_MAX_WIDTH) {
        return tl_fail(err, TL_ARG, "fusion network: latent size %td, wanted 1 to %d",
                       options->latent, (int)TL_VAE_MAX_WIDTH);
    }
    if (options->heads < 0 || options->heads > TL_VAE_MAX_HEADS) {
        return tl_fail(err, TL_ARG, "fusion network: %d properties to predict, wanted 0 to %d",
                       options->heads, (int)TL_VAE_MAX_HEADS);
    }
    ptrdiff_t before = n_in;
    for (int k = 0; k < options->depth; k++) {
        if (options->width[k] < 1 || options->width[k] > TL_VAE_MAX_WIDTH) {
            return tl_fail(err, TL_ARG, "fusion network: width %td of layer %d, wanted 1 to %d",
                           options->width[k], k + 1, (int)TL_VAE_MAX_WIDTH);
        }
        add_layer(net, before, options->width[k]);
        before = options->width[k];
    }
    add_layer(net, before, options->latent);
    add_layer(net, before, options->latent);
    before = options->latent;
    for (int k = options->depth - 1; k >= 0; k--) {
        add_layer(net, before, options->width[k]);
        before = options->width[k];
    }
    add_layer(net, before, n_out);
    if (options->heads > 0) {
        add_layer(net, options->latent, options->heads);
    }
    return TL_OK;
}

void tl_fusion_vae_net_start(const tl_vae_net *net, const tl_vae_options *options, int64_t seed,
                             double *weights) {
    memset(weights, 0, (size_t)net->count * sizeof *weights);
    for (int l = 0; l < net->n_layers; l++) {
        const tl_vae_layer *layer = &net->layer[l];
        tl_rng rng = tl_rng_start(seed, TL_STREAM_INIT, (uint32_t)l);
        const double fan_in = (double)layer->n_in;
        double *w = weights + layer->weight;
        const ptrdiff_t n = layer->n_in * layer->n_out;
        const int linear = l == tl_fusion_vae_net_mu(net) || l >= tl_fusion_vae_net_out(net);
        const double shrink = options->skip && l == tl_fusion_vae_net_out(net) ? 0.1 : 1.0;
        if (options->init == TL_VAE_UNIFORM) {
            for (ptrdiff_t i = 0; i < n + layer->n_out; i++) {
                w[i] = shrink * (2.0 * tl_rng_uniform(&rng) - 1.0) / sqrt(fan_in);
            }
        } else if (l != tl_fusion_vae_net_sg(net)) {
            /* The factor 2 compensates for the half of the values that ReLU sets to 0. */
            const double sd = shrink * sqrt((linear ? 1.0 : 2.0) / fan_in);
            for (ptrdiff_t i = 0; i < n; i++) {
                w[i] = sd * tl_rng_normal(&rng);
            }
        }
    }
    if (options->skip) {
        const tl_vae_layer *out = &net->layer[tl_fusion_vae_net_out(net)];
        memset(weights + out->bias, 0, (size_t)out->n_out * sizeof *weights);
    }
}

tl_code tl_fusion_vae_pass_init(const tl_vae_net *net, ptrdiff_t rows, tl_vae_pass *pass,
                                tl_err *err) {
    *pass = (tl_vae_pass){.rows = rows};
    tl_code code;
    TL_CHECK(tl_matrix_init(&pass->turned, 1, net->count, err));
    for (int l = 0; l < net->n_layers; l++) {
        TL_CHECK(tl_matrix_init(&pass->active[l], rows, net->layer[l].n_out, err));
    }
    for (int k = 0; k < net->depth; k++) {
        TL_CHECK(tl_matrix_init(&pass->mask[k], rows, net->layer[k].n_out, err));
    }
    TL_CHECK(tl_matrix_init(&pass->eps, rows, net->latent, err));
    TL_CHECK(tl_matrix_init(&pass->code, rows, net->latent, err));
    TL_CHECK(tl_matrix_init(&pass->back[0], rows, net->widest, err));
    TL_CHECK(tl_matrix_init(&pass->back[1], rows, net->widest, err));
done:
    if (code != TL_OK) {
        tl_fusion_vae_pass_free(pass);
    }
    return code;
}

void tl_fusion_vae_pass_free(tl_vae_pass *pass) {
    if (pass == NULL) {
        return;
    }
    tl_matrix_free(&pass->turned);
    for (int l = 0; l < TL_VAE_MAX_LAYERS; l++) {
        tl_matrix_free(&pass->active[l]);
    }
    for (int k = 0; k < TL_VAE_MAX_DEPTH; k++) {
        tl_matrix_free(&pass->mask[k]);
    }
    tl_matrix_free(&pass->eps);
    tl_matrix_free(&pass->code);
    tl_matrix_free(&pass->back[0]);
    tl_matrix_free(&pass->back[1]);
    *pass = (tl_vae_pass){0};
}

void tl_fusion_vae_pass_load(const tl_vae_net *net, const double *weights, tl_vae_pass *pass) {
    for (int l = 0; l < net->n_layers; l++) {
        const tl_vae_layer *layer = &net->layer[l];
        tl_num_transpose(layer->n_out, layer->n_in, weights + layer->weight,
                         pass->turned.data + layer->weight);
    }
}

/* active = W input + b for one layer. */
static void layer_forward(const tl_vae_net *net, const double *weights, int l, ptrdiff_t rows,
                          const double *input, tl_vae_pass *pass) {
    const tl_vae_layer *layer = &net->layer[l];
    double *out = pass->active[l].data;
    for (ptrdiff_t i = 0; i < rows; i++) {
        memcpy(out + i * layer->n_out, weights + layer->bias, (size_t)layer->n_out * sizeof *out);
    }
    tl_num_product(rows, layer->n_out, layer->n_in, input, layer->n_in, 1,
                   pass->turned.data + layer->weight, out, 1);
}

/* ReLU that keeps NaN, times the mask when there is one. */
static void rectify(ptrdiff_t n, const double *mask, double *x) {
    for (ptrdiff_t i = 0; i < n; i++) {
        const double kept = x[i] <= 0.0 ? 0.0 : x[i];
        x[i] = mask == NULL ? kept : kept * mask[i];
    }
}

/* The encoder after its first layer, which is in pass->active[0]. */
static void encode_rest(const tl_vae_net *net, const double *weights, ptrdiff_t rows, int noisy,
                        tl_vae_pass *pass) {
    const double *input = pass->active[0].data;
    for (int k = 1; k < net->depth; k++) {
        layer_forward(net, weights, k, rows, input, pass);
        rectify(rows * net->layer[k].n_out, noisy ? pass->mask[k].data : NULL,
                pass->active[k].data);
        input = pass->active[k].data;
    }
    layer_forward(net, weights, tl_fusion_vae_net_mu(net), rows, input, pass);
    if (noisy) {
        layer_forward(net, weights, tl_fusion_vae_net_sg(net), rows, input, pass);
    }
}

void tl_fusion_vae_encode_rows(const tl_vae_net *net, const double *weights, ptrdiff_t rows,
                               const double *x, int noisy, tl_vae_pass *pass) {
    layer_forward(net, weights, 0, rows, x, pass);
    rectify(rows * net->layer[0].n_out, noisy ? pass->mask[0].data : NULL, pass->active[0].data);
    encode_rest(net, weights, rows, noisy, pass);
}

/* From mu and sg to o. */
static void decode_rows(const tl_vae_net *net, const double *weights, ptrdiff_t rows, int noisy,
                        tl_vae_pass *pass) {
    const double *mu = pass->active[tl_fusion_vae_net_mu(net)].data;
    const double *sg = pass->active[tl_fusion_vae_net_sg(net)].data;
    double *code = pass->code.data;
    for (ptrdiff_t i = 0; i < rows * net->latent; i++) {
        double slope;
        code[i] = mu[i];
        if (noisy) {
            code[i] += tl_fusion_noise_sd(net->sigma, sg[i], &slope) * pass->eps.data[i];
        }
    }
    const double *input = code;
    for (int l = net->depth + 2; l <= tl_fusion_vae_net_out(net); l++) {
        layer_forward(net, weights, l, rows, input, pass);
        if (l != tl_fusion_vae_net_out(net)) {
            rectify(rows * net->layer[l].n_out, NULL, pass->active[l].data);
        }
        input = pass->active[l].data;
    }
}

void tl_fusion_vae_forward(const tl_vae_net *net, const double *weights, ptrdiff_t rows,
                           const double *x, int noisy, tl_vae_pass *pass) {
    tl_fusion_vae_encode_rows(net, weights, rows, x, noisy, pass);
    decode_rows(net, weights, rows, noisy, pass);
}

void tl_fusion_vae_first_layer(const tl_vae_net *net, const double *weights, ptrdiff_t rows,
                               const double *x, tl_vae_pass *pass) {
    layer_forward(net, weights, 0, rows, x, pass);
    rectify(rows * net->layer[0].n_out, NULL, pass->active[0].data);
}

void tl_fusion_vae_forward_from_first(const tl_vae_net *net, const double *weights, ptrdiff_t rows,
                                      const double *first, tl_vae_pass *pass) {
    for (ptrdiff_t i = 0; i < rows * net->layer[0].n_out; i++) {
        pass->active[0].data[i] = first[i] * pass->mask[0].data[i];
    }
    encode_rest(net, weights, rows, 1, pass);
    decode_rows(net, weights, rows, 1, pass);
}

/* dW = da' input and db = column sums of da for one layer. */
static void layer_gradient(const tl_vae_net *net, int l, ptrdiff_t rows, const double *input,
                           const double *da, double *gradient) {
    const tl_vae_layer *layer = &net->layer[l];
    tl_num_product(layer->n_out, layer->n_in, rows, da, 1, layer->n_out, input,
                   gradient + layer->weight, 0);
    double *db = gradient + layer->bias;
    memset(db, 0, (size_t)layer->n_out * sizeof *db);
    for (ptrdiff_t i = 0; i < rows; i++) {
        for (ptrdiff_t j = 0; j < layer->n_out; j++) {
            db[j] += da[i * layer->n_out + j];
        }
    }
}

/* d_input (+)= da W for one layer. */
static void layer_backward(const tl_vae_net *net, const double *weights, int l, ptrdiff_t rows,
                           const double *da, double *d_input, int add) {
    const tl_vae_layer *layer = &net->layer[l];
    tl_num_product(rows, layer->n_in, layer->n_out, da, layer->n_out, 1, weights + layer->weight,
                   d_input, add);
}

/* da = dh times the mask where the unit was on; active > 0 means both "relu passed" and "not
 * masked". */
static void rectify_backward(ptrdiff_t n, const double *active, const double *mask, double *dh) {
    for (ptrdiff_t i = 0; i < n; i++) {
        dh[i] = active[i] > 0.0 ? (mask == NULL ? dh[i] : dh[i] * mask[i]) : 0.0;
    }
}

/* From dL/do to dL/dz, which is written to pass->back[0]. */
static void decoder_backward(const tl_vae_net *net, const double *weights, ptrdiff_t rows,
                             const double *d_out, tl_vae_pass *pass, double *gradient) {
    const double *da = d_out;
    int side = 0;
    for (int l = tl_fusion_vae_net_out(net); l >= net->depth + 2; l--) {
        const int first = l == net->depth + 2;
        const double *input = first ? pass->code.data : pass->active[l - 1].data;
        double *d_input = first ? pass->back[0].data : pass->back[side].data;
        layer_gradient(net, l, rows, input, da, gradient);
        if (first && da == d_input) {
            /* The result must end in back[0], which still contains the gradient of this layer. */
            layer_backward(net, weights, l, rows, da, pass->back[1].data, 0);
            memcpy(d_input, pass->back[1].data, (size_t)(rows * net->latent) * sizeof *d_input);
            return;
        }
        layer_backward(net, weights, l, rows, da, d_input, 0);
        if (!first) {
            rectify_backward(rows * net->layer[l].n_in, input, NULL, d_input);
        }
        da = d_input;
        side = 1 - side;
    }
}

void tl_fusion_vae_backward(const tl_vae_net *net, const double *weights, ptrdiff_t rows,
                            const double *x, const double *d_out, double *d_mu, double *d_sg,
                            tl_vae_pass *pass, double *gradient) {
    const int mu = tl_fusion_vae_net_mu(net);
    const int sg = tl_fusion_vae_net_sg(net);
    decoder_backward(net, weights, rows, d_out, pass, gradient);
    const double *dz = pass->back[0].data;
    for (ptrdiff_t i = 0; i < rows * net->latent; i++) {
        double slope;
        (void)tl_fusion_noise_sd(net->sigma, pass->active[sg].data[i], &slope);
        d_mu[i] += dz[i];
        d_sg[i] += dz[i] * slope * pass->eps.data[i];
    }
    const double *last = pass->active[net->depth - 1].data;
    layer_gradient(net, mu, rows, last, d_mu, gradient);
    layer_gradient(net, sg, rows, last, d_sg, gradient);
    int side = 1;
    double *dh = pass->back[side].data;
    layer_backward(net, weights, mu, rows, d_mu, dh, 0);
    layer_backward(net, weights, sg, rows, d_sg, dh, 1);
    for (int k = net->depth - 1; k >= 0; k--) {
        rectify_backward(rows * net->layer[k].n_out, pass->active[k].data, pass->mask[k].data, dh);
        layer_gradient(net, k, rows, k == 0 ? x : pass->active[k - 1].data, dh, gradient);
        if (k > 0) {
            side = 1 - side;
            layer_backward(net, weights, k, rows, dh, pass->back[side].data, 0);
            dh = pass->back[side].data;
        }
    }
}

void tl_fusion_vae_predict_rows(const tl_vae_net *net, const double *weights, ptrdiff_t rows,
                                tl_vae_pass *pass) {
    layer_forward(net, weights, tl_fusion_vae_net_head(net), rows,
                  pass->active[tl_fusion_vae_net_mu(net)].data, pass);
}

void tl_fusion_vae_head_backward(const tl_vae_net *net, const double *weights, ptrdiff_t rows,
                                 const double *d_head, double *d_mu, tl_vae_pass *pass,
                                 double *gradient) {
    const int head = tl_fusion_vae_net_head(net);
    layer_gradient(net, head, rows, pass->active[tl_fusion_vae_net_mu(net)].data, d_head, gradient);
    layer_backward(net, weights, head, rows, d_head, d_mu, 1);
}

void tl_fusion_vae_output_rows(tl_vae_output kind, ptrdiff_t rows, ptrdiff_t n_out,
                               const double *mean_sd, const double *base, const double *o,
                               double *y) {
    if (kind == TL_VAE_SIGMOID) {
        tl_fusion_sigmoid(rows * n_out, o, y);
        return;
    }
    for (ptrdiff_t i = 0; i < rows; i++) {
        const double *from = o + i * n_out;
        double *to = y + i * n_out;
        const double *start = base != NULL ? base + i * n_out : mean_sd;
        for (ptrdiff_t j = 0; j < n_out; j++) {
            if (kind == TL_VAE_LINEAR) {
                to[j] = base != NULL ? start[j] + from[j] : from[j];
            } else {
                to[j] = start[j] + mean_sd[n_out + j] * from[j];
            }
        }
    }
}
