/* SPDX-License-Identifier: GPL-2.0-or-later
 * Options of the fusion network and its training. */
#ifndef TL_FUSION_VAE_OPTIONS_H
#define TL_FUSION_VAE_OPTIONS_H

#include <stddef.h>

enum { TL_VAE_MAX_DEPTH = 6, TL_VAE_MAX_WIDTH = 4096, TL_VAE_MAX_HEADS = 64 };

/* How the second head sg of the encoder is interpreted: as printed in the paper (sd = exp(sg) in
 * the noise, but exp(sg) - (1 + sg) + mu^2 in the divergence), as log variance, or as log standard
 * deviation. */
typedef enum tl_vae_sigma { TL_VAE_PRINTED = 0, TL_VAE_LOGVAR, TL_VAE_LOGSTD } tl_vae_sigma;

/* y = sigmoid(o), y = o, or y = mean + sd * o with mean and sd per band of the training targets. */
typedef enum tl_vae_output { TL_VAE_SIGMOID = 0, TL_VAE_LINEAR, TL_VAE_AFFINE } tl_vae_output;

/* Spectra as they are, or standardised per band by training mean and sd. */
typedef enum tl_vae_input { TL_VAE_RAW = 0, TL_VAE_STANDARDISED } tl_vae_input;

/* Normal with sd sqrt(2 / fan in) before ReLU, or uniform(+-1 / sqrt(fan in)) everywhere. */
typedef enum tl_vae_init { TL_VAE_HE = 0, TL_VAE_UNIFORM } tl_vae_init;

typedef struct tl_vae_options {
    int depth;                         /* hidden layers of the encoder, 1..TL_VAE_MAX_DEPTH */
    ptrdiff_t width[TL_VAE_MAX_DEPTH]; /* their widths; the decoder mirrors them */
    ptrdiff_t latent;
    double dropout; /* share of encoder units that are masked in training, [0, 1) */
    tl_vae_sigma sigma;
    tl_vae_output output;
    tl_vae_input input;
    tl_vae_init init;
    int bias_from_mean;   /* 1: the output bias starts at the mean target */
    int skip;             /* 1: y = DS(x) + sd * o; the network learns only the remainder */
    int mmd_standardised; /* 1: MMD between bands divided by their sd; 0: in reflectance */
    int mmd_unbiased;     /* 1: without the i = j terms */
    double w_mmd;         /* weights of the four parts of the loss */
    double w_sad;
    double w_kld;
    double w_rec;
    /* Properties that a linear head predicts from the latent means, standardised by the training
     * samples; 0 = no head. */
    int heads;
    double w_property; /* weight of the head's mean squared error */
    double learning_rate;
    int epochs;
    int batch; /* rows per step, >= 2 */
    /* 1: a fifth of the samples is set aside, and the weights are those of the epoch with the
     * smallest error on them. */
    int early_stop;
} tl_vae_options;

#endif
