/* SPDX-License-Identifier: GPL-2.0-or-later
 * Training of the network of a transfer; for fusion/transfer.c only. */
#ifndef TL_FUSION_TRANSFER_NETWORK_H
#define TL_FUSION_TRANSFER_NETWORK_H

#include "fusion/transfer.h"

/* What a network is trained on; everything borrowed. */
typedef struct tl_network_pairs {
    const tl_matrix *satellite;
    const tl_matrix *lab;
    const ptrdiff_t *group;   /* NULL = every row for itself */
    const tl_matrix *check_x; /* held-out pairs for the curve; NULL = none */
    const tl_matrix *check_y;
} tl_network_pairs;

/* Trains out->vae, on top of out->ds with the option skip. With early_stop a fifth of the groups is
 * set aside to choose the epoch; their direct standardisation is fitted without them, as for new
 * spectra.
 *
 * fails  as tl_fusion_vae_fit; TL_DATA fewer than 5 groups with early_stop */
tl_code tl_fusion_transfer_fit_network(const tl_transfer_options *o, const tl_network_pairs *pairs,
                                       const tl_progress *p, tl_transfer *out, tl_err *err);

#endif
