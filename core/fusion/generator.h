/* SPDX-License-Identifier: GPL-2.0-or-later
 * A transfer prepared for scenes: its mean path for blocks of pixels in single precision. */
#ifndef TL_FUSION_GENERATOR_H
#define TL_FUSION_GENERATOR_H

#include <stddef.h>

#include "base/status.h"
#include "fusion/transfer.h"
#include "fusion/vae_net.h"
#include "num/dense.h"

/* Owner; zeroed = empty. Read-only while generating: many threads may share it. */
typedef struct tl_generator {
    ptrdiff_t n_in;
    ptrdiff_t n_out;
    double factor; /* the input is multiplied by it; 1 after the preparation */
    int has_linear;
    tl_dense linear; /* DS; what a network with skip corrects */
    int n_layers;    /* of the network's mean path; 0 = none */
    tl_dense layer[TL_VAE_MAX_LAYERS];
    tl_vae_output output;
    float *mean; /* [n_out] of the affine form */
    float *sd;   /* [n_out] */
    ptrdiff_t widest;
} tl_generator;

/* Packs the weights; the scaling of the input becomes part of the first layer.
 *
 * g      uninitialised; empty on failure
 * fails  TL_ARG an empty transfer; TL_NOMEM */
tl_code tl_fusion_generator_init(tl_generator *g, const tl_transfer *transfer, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_fusion_generator_free(tl_generator *g);

/* Number of floats that tl_fusion_generate needs as scratch. */
ptrdiff_t tl_fusion_generator_scratch(const tl_generator *g);

/* Generated spectra of n pixels. The result of a pixel depends neither on n nor on its neighbours,
 * and differs from tl_fusion_transfer_apply by rounding to single precision only (about 1e-6).
 *
 * from         [n_in] pointers to [n] values each: one band of the pixels
 * to           [n_out] pointers to [n] values each
 * scratch      [tl_fusion_generator_scratch] one for each thread
 * NaN          a value that is not finite in any band of a pixel, satellite or generated, makes all
 *              of its generated bands NaN
 * cost         the multiply-adds of the mean path; no allocation */
void tl_fusion_generate(const tl_generator *g, const float *const *from, ptrdiff_t n,
                        float *const *to, float *scratch);

#endif
