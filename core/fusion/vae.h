/* SPDX-License-Identifier: GPL-2.0-or-later
 * The trained fusion network: weights, scaling and the mean path that generates spectra. */
#ifndef TL_FUSION_VAE_H
#define TL_FUSION_VAE_H

#include "base/matrix.h"
#include "base/status.h"
#include "fusion/vae_net.h"
#include "fusion/vae_options.h"

/* The columns of the loss curve, one row per epoch: means over the steps of the epoch of the whole
 * loss and of its parts before weighting; the last one is the mean path's relative squared error on
 * the held-out pairs, sum |y - s|^2 / sum |mean_train(s) - s|^2 (NaN without such pairs). */
enum {
    TL_VAE_CURVE_LOSS = 0,
    TL_VAE_CURVE_MMD,
    TL_VAE_CURVE_SAD,
    TL_VAE_CURVE_KLD,
    TL_VAE_CURVE_REC,
    TL_VAE_CURVE_HELD_OUT,
    TL_VAE_CURVE_COLUMNS
};

/* Owner; zeroed = empty. */
typedef struct tl_vae {
    tl_vae_options options;
    tl_matrix weights;  /* [1, count], in the layout of fusion/vae_net.h */
    tl_matrix scale_in; /* [2, n_in]: subtracted, then divided by; 0 and 1 for raw input */
    tl_matrix mean_sd;  /* [2, n_out]: mean and sd (floor 1e-6) of the training targets */
    tl_matrix property; /* [2, heads]: mean and sd of the training properties; empty without head */
    tl_matrix curve;    /* [epochs, TL_VAE_CURVE_COLUMNS] */
} tl_vae;

/* Generated spectra along the mean path.
 *
 * x      [n, n_in]
 * base   [n, n_out] spectra that the network corrects, when options.skip; else NULL
 * y      uninitialised, becomes [n, n_out]
 * NaN    a row with a NaN becomes a row of NaN
 * fails  TL_SHAPE; TL_NOMEM */
tl_code tl_fusion_vae_apply(const tl_vae *vae, const tl_matrix *x, const tl_matrix *base,
                            tl_matrix *y, tl_err *err);

/* A seed names a sub-network: which units are masked, and the latent noise. */
typedef struct tl_vae_seed {
    int64_t seed;
    /* [n] numbers of the spectra: each number has its own masks and noise, as when a framework
     * draws them for one batch; NULL: all share those of number 0, so that the seed is a fixed
     * function of the spectrum, as maps need. */
    const ptrdiff_t *row;
} tl_vae_seed;

/* Generated spectra with dropout and noise switched on; otherwise as tl_fusion_vae_apply. */
tl_code tl_fusion_vae_apply_seed(const tl_vae *vae, const tl_matrix *x, const tl_matrix *base,
                                 const tl_vae_seed *seed, tl_matrix *y, tl_err *err);

/* Writes masks and noise of one numbered spectrum into a slot of a pass. */
void tl_fusion_vae_draw(const tl_vae_net *net, double dropout, int64_t seed, ptrdiff_t row,
                        ptrdiff_t slot, tl_vae_pass *pass);

/* Copies rows at .. at + n - 1 of x, scaled like the training rows, to the start of block. */
void tl_fusion_vae_scale_rows(const tl_vae *vae, const tl_matrix *x, ptrdiff_t at, ptrdiff_t n,
                              tl_matrix *block);

/* The latent means of spectra.
 *
 * x      [n, n_in]
 * mu     uninitialised, becomes [n, latent]
 * NaN    stays within its row
 * fails  TL_SHAPE; TL_NOMEM */
tl_code tl_fusion_vae_encode(const tl_vae *vae, const tl_matrix *x, tl_matrix *mu, tl_err *err);

/* Predictions of the head along the mean path, in the units of the training properties.
 *
 * x       [n, n_in]
 * value   uninitialised, becomes [n, heads]
 * NaN     a row with a NaN becomes a row of NaN
 * fails   TL_ARG a network without head; TL_SHAPE; TL_NOMEM */
tl_code tl_fusion_vae_predict(const tl_vae *vae, const tl_matrix *x, tl_matrix *value, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_fusion_vae_free(tl_vae *vae);

#endif
