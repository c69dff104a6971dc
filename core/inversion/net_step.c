/* SPDX-License-Identifier: GPL-2.0-or-later
 * Forward and backward through four layers; see net_step.h. */
#include "inversion/net_step.h"

#include <string.h>

#include "base/minmax.h"
#include "num/matrix_product.h"

static const ptrdiff_t width[tl_net_layers] = {64, 32, 16, 1};

static ptrdiff_t width_before(ptrdiff_t m, int layer) {
    return layer == 0 ? m : width[layer - 1];
}

/* Where the weights of a layer begin; its biases follow them. */
static ptrdiff_t layer_at(ptrdiff_t m, int layer) {
    ptrdiff_t at = 0;
    for (int l = 0; l < layer; l++) {
        at += (width_before(m, l) + 1) * width[l];
    }
    return at;
}

ptrdiff_t tl_inversion_net_count(ptrdiff_t m) {
    return layer_at(m, tl_net_layers);
}

void tl_inversion_net_values(ptrdiff_t m, const double *x, ptrdiff_t n, const double *weights,
                             double *work, double *value) {
    const double *in = x;
    double *out = work;
    for (int l = 0; l < tl_net_layers; l++) {
        const ptrdiff_t wide = width[l];
        const ptrdiff_t before = width_before(m, l);
        const double *w = weights + layer_at(m, l);
        const double *bias = w + before * wide;
        out = l == tl_net_layers - 1 ? value : out;
        tl_num_product(wide, n, before, w, 1, wide, in, out, 0);
        for (ptrdiff_t j = 0; j < wide; j++) {
            for (ptrdiff_t i = 0; i < n; i++) {
                const double sum = out[j * n + i] + bias[j];
                out[j * n + i] = sum < 0.0 && l < tl_net_layers - 1 ? 0.0 : sum;
            }
        }
        in = out;
        out += wide * n;
    }
}

ptrdiff_t tl_inversion_net_work(ptrdiff_t n) {
    return 2 * (TL_NET_UNITS + 1) * n + width[0] * width[1];
}

/* Activations of all layers, [n, width] one layer after the other. */
static void forward(ptrdiff_t m, const double *x, ptrdiff_t n, const double *keep,
                    const double *weights, double *active) {
    const double *in = x;
    ptrdiff_t unit = 0;
    for (int l = 0; l < tl_net_layers; l++) {
        const ptrdiff_t wide = width[l];
        const ptrdiff_t before = width_before(m, l);
        const double *w = weights + layer_at(m, l);
        const double *bias = w + before * wide;
        double *out = active + unit * n;
        tl_num_product(n, wide, before, in, before, 1, w, out, 0);
        for (ptrdiff_t i = 0; i < n; i++) {
            for (ptrdiff_t j = 0; j < wide; j++) {
                double sum = out[i * wide + j] + bias[j];
                if (l < tl_net_layers - 1) {
                    sum = tl_max_double(0.0, sum);
                    sum *= keep == NULL ? 1.0 : keep[i * TL_NET_UNITS + unit + j];
                }
                out[i * wide + j] = sum;
            }
        }
        in = out;
        unit += wide;
    }
}

/* Gradient of the weights and biases of a layer from that of its output. */
static void weight_gradient(ptrdiff_t before, ptrdiff_t wide, ptrdiff_t n, const double *in,
                            const double *slope, double decay, const double *w, double *gradient) {
    tl_num_product(before, wide, n, in, 1, before, slope, gradient, 0);
    for (ptrdiff_t i = 0; i < before * wide; i++) {
        gradient[i] += decay * w[i];
    }
    double *bias = gradient + before * wide;
    memset(bias, 0, (size_t)wide * sizeof *bias);
    for (ptrdiff_t i = 0; i < n; i++) {
        for (ptrdiff_t j = 0; j < wide; j++) {
            bias[j] += slope[i * wide + j];
        }
    }
}

static void backward(ptrdiff_t m, const double *x, ptrdiff_t n, const double *keep, double decay,
                     const double *weights, const double *active, double *slope, double *turned,
                     double *gradient) {
    ptrdiff_t unit = TL_NET_UNITS;
    for (int l = tl_net_layers - 1; l >= 0; l--) {
        const ptrdiff_t wide = width[l];
        const ptrdiff_t before = width_before(m, l);
        const ptrdiff_t at = layer_at(m, l);
        const double *in = l == 0 ? x : active + (unit - before) * n;
        weight_gradient(before, wide, n, in, slope + unit * n, decay, weights + at, gradient + at);
        if (l == 0) {
            return;
        }
        double *down = slope + (unit - before) * n;
        tl_num_transpose(before, wide, weights + at, turned);
        tl_num_product(n, before, wide, slope + unit * n, wide, 1, turned, down, 0);
        unit -= before;
        for (ptrdiff_t i = 0; i < n; i++) {
            for (ptrdiff_t j = 0; j < before; j++) {
                /* A unit that is 0, by its sign or its mask, has no gradient. */
                const double factor = keep == NULL ? 1.0 : keep[i * TL_NET_UNITS + unit + j];
                down[i * before + j] *= in[i * before + j] > 0.0 ? factor : 0.0;
            }
        }
    }
}

/* Half of decay times the squared weights of all layers. */
static double penalty(ptrdiff_t m, double decay, const double *weights) {
    double squares = 0.0;
    for (int l = 0; l < tl_net_layers; l++) {
        const double *w = weights + layer_at(m, l);
        for (ptrdiff_t i = 0; i < width_before(m, l) * width[l]; i++) {
            squares += w[i] * w[i];
        }
    }
    return 0.5 * decay * squares;
}

double tl_inversion_net_loss(ptrdiff_t m, const double *x, const double *y, ptrdiff_t n,
                             const double *keep, double decay, const double *weights,
                             double *gradient, double *work) {
    double *active = work;
    double *slope = work + (TL_NET_UNITS + 1) * n;
    double *turned = slope + (TL_NET_UNITS + 1) * n;
    forward(m, x, n, keep, weights, active);
    double squares = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        const double e = active[TL_NET_UNITS * n + i] - y[i];
        squares += e * e;
        slope[TL_NET_UNITS * n + i] = 2.0 * e / (double)n;
    }
    backward(m, x, n, keep, decay, weights, active, slope, turned, gradient);
    return squares / (double)n + penalty(m, decay, weights);
}
