/* SPDX-License-Identifier: GPL-2.0-or-later
 * Training of the fusion network on paired spectra. */
#ifndef TL_FUSION_VAE_TRAIN_H
#define TL_FUSION_VAE_TRAIN_H

#include <stdint.h>

#include "base/matrix.h"
#include "base/progress.h"
#include "base/status.h"
#include "fusion/vae.h"

/* Paired rows, borrowed. */
typedef struct tl_vae_pairs {
    tl_matrix x;    /* [n, n_in] */
    tl_matrix y;    /* [n, n_out] */
    tl_matrix base; /* [n, n_out] x after direct standardisation; data NULL without skip */
    /* [n, heads] what the head learns to predict, NaN = missing; data NULL without head. */
    tl_matrix property;
} tl_vae_pairs;

/* Trains for options->epochs epochs of shuffled mini-batches. A remainder of less than half a batch
 * (or of one row) joins the batch before it. Every random number is a function of (seed, stream,
 * row, unit, epoch).
 *
 * held_out  pairs for the curve, or NULL
 * stop      pairs that choose the epoch whose weights are kept: the first with the smallest error
 *           of the mean path on them; NULL = the last epoch
 * p         checked for cancellation after every epoch
 * vae       uninitialised; empty on failure
 * NaN       allowed in property only
 * fails     TL_ARG options; TL_SHAPE; TL_DATA fewer than 2 rows, equal targets with w_mmd, or a
 *           property that is missing or equal everywhere; TL_NUMERIC the loss is not finite;
 *           TL_CANCELLED; TL_NOMEM
 * cost      about 6 n count multiply-adds per epoch for count weights; one thread */
tl_code tl_fusion_vae_fit(const tl_vae_options *options, int64_t seed, const tl_vae_pairs *pairs,
                          const tl_vae_pairs *held_out, const tl_vae_pairs *stop,
                          const tl_progress *p, tl_vae *vae, tl_err *err);

#endif
