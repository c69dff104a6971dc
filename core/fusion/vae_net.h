/* SPDX-License-Identifier: GPL-2.0-or-later
 * The layers of the fusion network: their positions in one flat vector of weights, the forward pass
 * and its derivative.
 *
 * encoder  x -> relu layers -> (mu, sg)
 * code     z = mu + e(sg) eps
 * decoder  z -> relu layers (mirrored widths) -> o
 *
 * Layer numbers: 0..depth-1 encoder, depth = mu, depth+1 = sg, depth+2..2 depth+1 decoder,
 * 2 depth+2 = o, and 2 depth+3 the linear head that predicts properties from mu, when there is one.
 * In the flat vector every layer has its weights [n_out, n_in] row-major, then its biases
 * [n_out]. */
#ifndef TL_FUSION_VAE_NET_H
#define TL_FUSION_VAE_NET_H

#include <stdint.h>

#include "base/matrix.h"
#include "base/status.h"
#include "fusion/vae_options.h"

enum { TL_VAE_MAX_LAYERS = 2 * TL_VAE_MAX_DEPTH + 4, TL_VAE_MAX_BANDS = 100000 };

typedef struct tl_vae_layer {
    ptrdiff_t n_in;
    ptrdiff_t n_out;
    ptrdiff_t weight; /* positions in the flat vector */
    ptrdiff_t bias;
} tl_vae_layer;

typedef struct tl_vae_net {
    int depth;
    int n_layers;
    ptrdiff_t n_in;
    ptrdiff_t n_out;
    ptrdiff_t latent;
    ptrdiff_t heads;
    ptrdiff_t widest; /* widest layer, input and output included */
    ptrdiff_t count;  /* numbers in the flat vector */
    tl_vae_sigma sigma;
    tl_vae_layer layer[TL_VAE_MAX_LAYERS];
} tl_vae_net;

/* Computes the layout of the network.
 *
 * fails  TL_ARG depth, widths, latent, heads or bands out of range */
tl_code tl_fusion_vae_net_shape(const tl_vae_options *options, ptrdiff_t n_in, ptrdiff_t n_out,
                                tl_vae_net *net, tl_err *err);

/* Numbers of the layers of mu, sg and o. */
static inline int tl_fusion_vae_net_mu(const tl_vae_net *net) {
    return net->depth;
}
static inline int tl_fusion_vae_net_sg(const tl_vae_net *net) {
    return net->depth + 1;
}
static inline int tl_fusion_vae_net_out(const tl_vae_net *net) {
    return 2 * net->depth + 2;
}
/* Number of the layer that predicts properties; only when net->heads > 0. */
static inline int tl_fusion_vae_net_head(const tl_vae_net *net) {
    return 2 * net->depth + 3;
}

/* First weights by the rule of options->init, drawn from (seed, TL_STREAM_INIT, layer); for He all
 * biases and the weights of sg are 0. With options->skip the last layer starts at a tenth.
 *
 * weights  [net->count] out
 * source   He et al. 2015, Proc. ICCV, eq. 10 */
void tl_fusion_vae_net_start(const tl_vae_net *net, const tl_vae_options *options, int64_t seed,
                             double *weights);

/* Intermediate results of passes of up to rows rows. Owner; zeroed = empty. */
typedef struct tl_vae_pass {
    ptrdiff_t rows;                      /* capacity */
    tl_matrix turned;                    /* [1, count] all weights transposed, to go forward */
    tl_matrix active[TL_VAE_MAX_LAYERS]; /* [rows, n_out]: after relu and mask; sg unchanged */
    tl_matrix mask[TL_VAE_MAX_DEPTH];    /* [rows, width]: 0 or 1/(1-q); set by the caller */
    tl_matrix eps;                       /* [rows, latent]; set by the caller */
    tl_matrix code;                      /* [rows, latent]: z */
    tl_matrix back[2];                   /* [rows, widest]: gradients during the backward pass */
} tl_vae_pass;

/* Allocates the uninitialised pass for up to rows rows.
 *
 * fails  TL_NOMEM */
tl_code tl_fusion_vae_pass_init(const tl_vae_net *net, ptrdiff_t rows, tl_vae_pass *pass,
                                tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_fusion_vae_pass_free(tl_vae_pass *pass);

/* Copies the weights [net->count]; call it after every change of them, before the next forward
 * pass. */
void tl_fusion_vae_pass_load(const tl_vae_net *net, const double *weights, tl_vae_pass *pass);

/* Encoder up to mu and sg.
 *
 * x      [rows, n_in]
 * noisy  1: with the masks; 0: the mean path */
void tl_fusion_vae_encode_rows(const tl_vae_net *net, const double *weights, ptrdiff_t rows,
                               const double *x, int noisy, tl_vae_pass *pass);

/* The whole forward pass. The result is layer o of pass->active.
 *
 * x      [rows, n_in]
 * noisy  1: with the masks and z = mu + e(sg) eps; 0: the mean path, z = mu */
void tl_fusion_vae_forward(const tl_vae_net *net, const double *weights, ptrdiff_t rows,
                           const double *x, int noisy, tl_vae_pass *pass);

/* The first hidden layer before its mask, written to pass->active[0]: [rows, width]. It is the same
 * for all masks, so it needs to be computed only once. */
void tl_fusion_vae_first_layer(const tl_vae_net *net, const double *weights, ptrdiff_t rows,
                               const double *x, tl_vae_pass *pass);

/* The noisy forward pass with the masks and the noise in pass; the same bits as
 * tl_fusion_vae_forward.
 *
 * first  [rows, width] a copy of the result of tl_fusion_vae_first_layer */
void tl_fusion_vae_forward_from_first(const tl_vae_net *net, const double *weights, ptrdiff_t rows,
                                      const double *first, tl_vae_pass *pass);

/* Derivatives after a noisy forward pass of the same rows.
 *
 * d_out       [rows, n_out] dL/do
 * d_mu, d_sg  [rows, latent] the derivatives of the loss terms of mu and sg; the part from the
 *             decoder is added
 * gradient    [net->count] overwritten */
void tl_fusion_vae_backward(const tl_vae_net *net, const double *weights, ptrdiff_t rows,
                            const double *x, const double *d_out, double *d_mu, double *d_sg,
                            tl_vae_pass *pass, double *gradient);

/* The head's predictions from the mu of the last encoder pass, written to its layer of
 * pass->active: [rows, heads]. Only when net->heads > 0. */
void tl_fusion_vae_predict_rows(const tl_vae_net *net, const double *weights, ptrdiff_t rows,
                                tl_vae_pass *pass);

/* Derivatives of the head.
 *
 * d_head    [rows, heads] dL/d prediction
 * d_mu      [rows, latent] its part is added; call it before tl_fusion_vae_backward
 * gradient  [net->count] the head's values are overwritten, the others stay */
void tl_fusion_vae_head_backward(const tl_vae_net *net, const double *weights, ptrdiff_t rows,
                                 const double *d_head, double *d_mu, tl_vae_pass *pass,
                                 double *gradient);

/* y from o: sigmoid(o), o, or mean + sd o.
 *
 * mean_sd  [2, n_out] for the affine form
 * base     [rows, n_out] replaces the mean of the affine form and is added in the linear one;
 *          NULL = none
 * o, y     [rows, n_out]; may be the same array */
void tl_fusion_vae_output_rows(tl_vae_output kind, ptrdiff_t rows, ptrdiff_t n_out,
                               const double *mean_sd, const double *base, const double *o,
                               double *y);

#endif
