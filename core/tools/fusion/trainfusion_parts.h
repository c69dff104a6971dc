/* SPDX-License-Identifier: GPL-2.0-or-later
 * The parts of trainfusion that are about its network; only trainfusion*.c includes it. */
#ifndef TL_TOOLS_FUSION_TRAINFUSION_PARTS_H
#define TL_TOOLS_FUSION_TRAINFUSION_PARTS_H

#include <jansson.h>

#include "fusion/diagnosis.h"
#include "fusion/vae_options.h"
#include "job/algorithm.h"

/* Puts the network's switches that the user set himself over those of a preset.
 *
 * fails  TL_ARG widths that are no list of whole numbers */
tl_code tl_trainfusion_read_network(const tl_job *job, tl_vae_options *v, tl_err *err);

/* Trains the network with five losses, everything else alike but what the honest one needs, and
 * says what each is worth on held-out samples: SAD + KLD, MMD + KLD, 0.5 MMD + 0.5 SAD + KLD, and
 * MMD + 0.1 SAD + KLD with the network of the preset paper, and the loss of the preset honest with
 * its network.
 *
 * json   a new list of {"name", "weights", "columns", "curve" [epochs][columns], "held_out" [epochs],
 *        "diagnosis"}, to be released with json_decref; NULL on failure
 * fails  as tl_fusion_transfer_fit_grouped and tl_fusion_diagnose
 * cost   thirty fits */
tl_code tl_trainfusion_compare_losses(tl_job *job, const tl_pairs *pairs,
                                      const tl_progress *progress, json_t **json, tl_err *err);

#endif
