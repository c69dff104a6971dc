/* SPDX-License-Identifier: GPL-2.0-or-later
 * One training step of the fusion network: forward pass, loss, derivative, Adam. */
#ifndef TL_FUSION_VAE_STEP_H
#define TL_FUSION_VAE_STEP_H

#include "base/matrix.h"
#include "base/status.h"
#include "fusion/loss_mmd.h"
#include "fusion/vae_net.h"
#include "fusion/vae_options.h"
#include "num/adam.h"

/* The loss of a batch and its parts before weighting. */
typedef struct tl_vae_loss {
    double total;
    double mmd;
    double sad;
    double kld;
    double rec;
    double property;
} tl_vae_loss;

/* Owner; zeroed = empty. */
typedef struct tl_vae_step {
    tl_vae_options options;
    tl_vae_net net;
    tl_mmd mmd;         /* set by the caller when w_mmd is not 0 */
    tl_matrix weights;  /* [1, count]; set by the caller */
    tl_matrix mean_sd;  /* [2, n_out]: mean and sd of the training targets; set by the caller */
    tl_matrix gradient; /* [1, count] */
    tl_adam adam;
    tl_vae_pass pass;       /* masks and eps are set by the caller before every step */
    tl_matrix made;         /* [rows, n_out]: y of the last pass */
    tl_matrix d_made;       /* [rows, n_out]: dL/dy, then dL/do */
    tl_matrix scaled;       /* [3 rows, n_out]: y and s in units of sd, and the gradient there */
    tl_matrix d_code;       /* [2 rows, latent]: dL/dmu, dL/dsg */
    tl_matrix d_head;       /* [rows, heads]: dL/d prediction; empty without a head */
    const double *property; /* [rows, heads] standardised, NaN = missing; set by the caller */
} tl_vae_step;

/* Allocates the uninitialised step for batches of up to rows rows.
 *
 * fails  TL_ARG as tl_fusion_vae_net_shape; TL_NOMEM */
tl_code tl_fusion_vae_step_init(const tl_vae_options *options, ptrdiff_t n_in, ptrdiff_t n_out,
                                ptrdiff_t rows, tl_vae_step *step, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_fusion_vae_step_free(tl_vae_step *step);

/* Loss of the last pass,
 *   total = w_mmd MMD^2 + w_sad SAD + w_kld KLD + w_rec REC,   REC = mean of ((y - s) / sd)^2,
 * plus w_property times the mean squared error of the known properties when there is a head.
 *
 * target      [rows, n_out] s
 * derivative  1: d_made and d_code are filled
 * source      docs/methods/fusion.md */
tl_vae_loss tl_fusion_vae_step_loss(tl_vae_step *step, ptrdiff_t rows, const double *target,
                                    int derivative);

/* Forward pass, loss and gradient.
 *
 * x       [rows, n_in]
 * target  [rows, n_out]
 * base    [rows, n_out] or NULL, as in tl_fusion_vae_output_rows */
tl_vae_loss tl_fusion_vae_step_gradient(tl_vae_step *step, ptrdiff_t rows, const double *x,
                                        const double *target, const double *base);

/* Moves the weights along the last gradient with the learning rate of the options. */
void tl_fusion_vae_step_move(tl_vae_step *step);

#endif
