/* SPDX-License-Identifier: GPL-2.0-or-later
 * A fusion network prepared for many seeds of the same samples: single precision, all samples side
 * by side in blocks of TL_DENSE_PIXELS. */
#ifndef TL_FUSION_SEED_NET_H
#define TL_FUSION_SEED_NET_H

#include <stddef.h>

#include "base/matrix.h"
#include "base/status.h"
#include "fusion/vae.h"
#include "fusion/vae_net.h"
#include "num/dense.h"

/* Owner; zeroed = empty. Read-only while it runs: many threads may share it. */
typedef struct tl_seed_net {
    const tl_vae *vae; /* borrowed */
    tl_vae_net net;
    ptrdiff_t n;      /* samples */
    ptrdiff_t blocks; /* of TL_DENSE_PIXELS samples */
    ptrdiff_t widest; /* rows of the widest layer */
    tl_dense layer[TL_VAE_MAX_LAYERS];
    float *first; /* [blocks, width of the first layer, TL_DENSE_PIXELS] before the mask */
} tl_seed_net;

/* Packs the weights.
 *
 * first   [n, width] the first layer of the samples, before the mask
 * s       uninitialised; empty on failure
 * fails   TL_ARG the shape of the network is not valid; TL_NOMEM */
tl_code tl_fusion_seed_net_init(tl_seed_net *s, const tl_vae *vae, const tl_matrix *first,
                                tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_fusion_seed_net_free(tl_seed_net *s);

/* Number of floats that tl_fusion_seed_net_run needs as scratch. */
ptrdiff_t tl_fusion_seed_net_scratch(const tl_seed_net *s);

/* Spectra of all samples with the masks and the noise of one seed; they differ from those of
 * tl_fusion_vae_apply_seed by rounding to single precision only.
 *
 * drawn    masks and noise in rows 0 .. n-1, or in row 0 alone
 * shared   1: row 0 is for all samples
 * base     [n, n_out]; empty without skip
 * scratch  [tl_fusion_seed_net_scratch] one for each thread
 * spectra  [n, n_out] out */
void tl_fusion_seed_net_run(const tl_seed_net *s, const tl_vae_pass *drawn, int shared,
                            const tl_matrix *base, float *scratch, tl_matrix *spectra);

#endif
