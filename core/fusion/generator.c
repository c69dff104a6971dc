/* SPDX-License-Identifier: GPL-2.0-or-later
 * Blocks of TL_DENSE_PIXELS pixels through all layers while they are in the cache; see
 * generator.h. */
#include "fusion/generator.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/wide.h"
#include "fusion/sigmoid.h"

/* W (x - mean) / sd + b = (W / sd) x + (b - (W / sd) mean): the first layer with the scaling of its
 * input. */
static tl_code pack_first(const tl_vae *vae, const tl_vae_layer *at, tl_dense *layer, tl_err *err) {
    const double *weights = vae->weights.data;
    const double *mean = tl_matrix_row(&vae->scale_in, 0);
    const double *sd = tl_matrix_row(&vae->scale_in, 1);
    double *w = tl_acquire(at->n_out * at->n_in, sizeof *w);
    double *b = tl_acquire(at->n_out, sizeof *b);
    tl_code code = TL_OK;
    if (w == NULL || b == NULL) {
        code = tl_no_memory(err, "a layer of %td units", at->n_out);
        goto done;
    }
    for (ptrdiff_t j = 0; j < at->n_out; j++) {
        b[j] = weights[at->bias + j];
        for (ptrdiff_t i = 0; i < at->n_in; i++) {
            w[j * at->n_in + i] = weights[at->weight + j * at->n_in + i] / sd[i];
            b[j] -= w[j * at->n_in + i] * mean[i];
        }
    }
    code = tl_num_dense_init(layer, at->n_in, at->n_out, w, b, err);
done:
    tl_release(w);
    tl_release(b);
    return code;
}

/* The layers of the mean path: encoder, mu, decoder, o. */
static tl_code pack_network(const tl_vae *vae, tl_generator *g, tl_err *err) {
    tl_vae_net net;
    TL_TRY(tl_fusion_vae_net_shape(&vae->options, g->n_in, g->n_out, &net, err));
    for (int l = 0; l <= tl_fusion_vae_net_out(&net); l++) {
        const tl_vae_layer *at = &net.layer[l];
        if (l == tl_fusion_vae_net_sg(&net)) {
            continue;
        }
        tl_dense *layer = &g->layer[g->n_layers];
        const double *weights = vae->weights.data;
        TL_TRY(l == 0 ? pack_first(vae, at, layer, err)
                      : tl_num_dense_init(layer, at->n_in, at->n_out, weights + at->weight,
                                          weights + at->bias, err));
        g->widest = tl_max(layer->padded, g->widest);
        g->n_layers++;
    }
    g->output = vae->options.output;
    for (ptrdiff_t j = 0; j < g->n_out; j++) {
        g->mean[j] = (float)tl_matrix_row(&vae->mean_sd, 0)[j];
        g->sd[j] = (float)tl_matrix_row(&vae->mean_sd, 1)[j];
    }
    return TL_OK;
}

static tl_code pack_linear(const tl_ds *ds, tl_generator *g, tl_err *err) {
    tl_matrix slope = {0};
    double *shift = tl_acquire(g->n_out, sizeof *shift);
    tl_code code = shift == NULL ? tl_no_memory(err, "%td bands", g->n_out) : TL_OK;
    TL_CHECK(code);
    TL_CHECK(tl_fusion_ds_linear(ds, &slope, shift, err));
    TL_CHECK(tl_num_dense_init(&g->linear, g->n_in, g->n_out, slope.data, shift, err));
    g->has_linear = 1;
    g->widest = tl_max(g->linear.padded, g->widest);
done:
    tl_matrix_free(&slope);
    tl_release(shift);
    return code;
}

tl_code tl_fusion_generator_init(tl_generator *g, const tl_transfer *transfer, tl_err *err) {
    *g = (tl_generator){.n_in = transfer->n_in, .n_out = transfer->n_out, .factor = 1.0};
    const int network = transfer->kind == TL_TRANSFER_VAE;
    tl_code code = TL_OK;
    if (!network && !tl_fusion_transfer_is_linear(transfer->kind)) {
        return tl_fail(err, TL_ARG, "generator: there is no transfer");
    }
    g->mean = tl_acquire(g->n_out, sizeof *g->mean);
    g->sd = tl_acquire(g->n_out, sizeof *g->sd);
    if (g->mean == NULL || g->sd == NULL) {
        code = tl_no_memory(err, "%td bands", g->n_out);
        goto done;
    }
    if (network) {
        TL_CHECK(pack_network(&transfer->vae, g, err));
    }
    if (!network || transfer->vae.options.skip) {
        TL_CHECK(pack_linear(&transfer->ds, g, err));
    }
done:
    if (code != TL_OK) {
        tl_fusion_generator_free(g);
    }
    return code;
}

void tl_fusion_generator_free(tl_generator *g) {
    if (g != NULL) {
        tl_num_dense_free(&g->linear);
        for (int l = 0; l < TL_VAE_MAX_LAYERS; l++) {
            tl_num_dense_free(&g->layer[l]);
        }
        tl_release(g->mean);
        tl_release(g->sd);
        *g = (tl_generator){0};
    }
}

ptrdiff_t tl_fusion_generator_scratch(const tl_generator *g) {
    return (g->n_in + 3 * g->widest) * TL_DENSE_PIXELS;
}

/* Adds 0 for every finite value of a pixel, NaN for any other. */
TL_WIDE_CLONES static void mark_missing(const float *block, ptrdiff_t n_rows, float *whole) {
    float sum[TL_DENSE_PIXELS];
    memcpy(sum, whole, sizeof sum);
    for (ptrdiff_t j = 0; j < n_rows; j++) {
        for (ptrdiff_t c = 0; c < TL_DENSE_PIXELS; c++) {
            sum[c] += block[j * TL_DENSE_PIXELS + c] * 0.0F;
        }
    }
    memcpy(whole, sum, sizeof sum);
}

enum { FLOATS_OF_LINE = 16 };

/* Copies one block; the positions after the last pixel become zeros. The next block is prefetched
 * while this one is computed, because every band is in another page of memory. */
static void load_block(const tl_generator *g, const float *const *from, ptrdiff_t n, ptrdiff_t at,
                       ptrdiff_t count, float *x) {
    for (ptrdiff_t j = 0; j < g->n_in; j++) {
        float *row = x + j * TL_DENSE_PIXELS;
        memcpy(row, from[j] + at, (size_t)count * sizeof *row);
        for (ptrdiff_t c = 0; c < count && (g->factor < 1.0 || g->factor > 1.0); c++) {
            row[c] = (float)(g->factor * (double)row[c]);
        }
        memset(row + count, 0, (size_t)(TL_DENSE_PIXELS - count) * sizeof *row);
        for (ptrdiff_t c = TL_DENSE_PIXELS; c < 2 * TL_DENSE_PIXELS && at + c < n;
             c += FLOATS_OF_LINE) {
            TL_PREFETCH(from[j] + at + c);
        }
    }
}

/* The mean path; returns the array with the result, which is a or b. */
static float *run_network(const tl_generator *g, const float *x, float *a, float *b) {
    const float *input = x;
    float *output = a;
    const int code = g->n_layers / 2 - 1; /* the layer of mu */
    for (int l = 0; l < g->n_layers; l++) {
        output = l % 2 == 0 ? a : b;
        tl_num_dense(&g->layer[l], input, output, l != code && l != g->n_layers - 1);
        input = output;
    }
    return output;
}

/* o = start + scale * o for one band of a block. base is NULL without skip. */
TL_WIDE_CLONES static void add_start(float mean, const float *base, float scale, float *o) {
    for (ptrdiff_t c = 0; c < TL_DENSE_PIXELS; c++) {
        o[c] = (base != NULL ? base[c] : mean) + scale * o[c];
    }
}

/* o = 1 / (1 + exp(-o)). */
/* y from o for all bands of a block, in place. */
static void finish_network(const tl_generator *g, const float *base, float *o) {
    for (ptrdiff_t j = 0; j < g->n_out; j++) {
        float *band = o + j * TL_DENSE_PIXELS;
        const float *start = base == NULL ? NULL : base + j * TL_DENSE_PIXELS;
        if (g->output == TL_VAE_SIGMOID) {
            tl_fusion_sigmoid_float(TL_DENSE_PIXELS, band);
        } else if (g->output == TL_VAE_AFFINE) {
            add_start(g->mean[j], start, g->sd[j], band);
        } else if (start != NULL) {
            add_start(0.0F, start, 1.0F, band);
        }
    }
}

/* to = row + whole for the pixels there. */
TL_WIDE_CLONES static void write_band(ptrdiff_t count, const float *row, const float *whole,
                                      float *restrict to) {
    for (ptrdiff_t c = 0; c < count; c++) {
        to[c] = row[c] + whole[c];
    }
}

void tl_fusion_generate(const tl_generator *g, const float *const *from, ptrdiff_t n,
                        float *const *to, float *scratch) {
    const ptrdiff_t layer_size = g->widest * TL_DENSE_PIXELS;
    float *x = scratch;
    float *base = x + g->n_in * TL_DENSE_PIXELS;
    float *a = base + layer_size;
    float *b = a + layer_size;
    for (ptrdiff_t at = 0; at < n; at += TL_DENSE_PIXELS) {
        float whole[TL_DENSE_PIXELS] = {0.0F};
        const ptrdiff_t count = tl_min(n - at, TL_DENSE_PIXELS);
        load_block(g, from, n, at, count, x);
        mark_missing(x, g->n_in, whole);
        float *y = base;
        if (g->has_linear) {
            tl_num_dense(&g->linear, x, base, 0);
        }
        if (g->n_layers > 0) {
            y = run_network(g, x, a, b);
            finish_network(g, g->has_linear ? base : NULL, y);
        }
        mark_missing(y, g->n_out, whole);
        for (ptrdiff_t j = 0; j < g->n_out; j++) {
            write_band(count, y + j * TL_DENSE_PIXELS, whole, to[j] + at);
        }
    }
}
