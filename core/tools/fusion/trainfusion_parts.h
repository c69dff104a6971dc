/* SPDX-License-Identifier: GPL-2.0-or-later
 * The parts of trainfusion: its pairs of spectra and its network; only trainfusion*.c includes it. */
#ifndef TL_TOOLS_FUSION_TRAINFUSION_PARTS_H
#define TL_TOOLS_FUSION_TRAINFUSION_PARTS_H

#include <jansson.h>

#include "fusion/diagnosis.h"
#include "fusion/vae_options.h"
#include "job/algorithm.h"
#include "training_set/study.h"

/* The value of a flag or of a choice of two words if it is given; else 1 with the preset paper and 0
 * with honest. */
int tl_trainfusion_asked_or_paper(const tl_job *job, const char *id);

/* Gathers the pairs of scene and lab spectra that the fusion learns from.
 *
 * study  uninitialised; to be freed by the caller, even on failure
 * fails  TL_ARG scene and spectra are both given; TL_DATA values that are not reflectance, equal
 *        spectra at all samples, too few bands; as tl_training_set_gather */
tl_code tl_trainfusion_gather(tl_job *job, tl_study *study, tl_err *err);

/* Replaces options of a preset by those that the user set.
 *
 * fails  TL_ARG widths that are not a list of whole numbers */
tl_code tl_trainfusion_read_network(const tl_job *job, tl_vae_options *v, tl_err *err);

/* Trains the network with five losses and logs how well each predicts held-out samples: SAD + KLD,
 * MMD + KLD, 0.5 MMD + 0.5 SAD + KLD and MMD + 0.1 SAD + KLD, with the network of the preset paper, and
 * the loss of the preset honest with the network of that preset. All other options are the same.
 *
 * json   a new list of {"name", "weights", "columns", "curve" [epochs][columns], "held_out" [epochs],
 *        "diagnosis"}, to be released with json_decref; NULL on failure
 * fails  as tl_fusion_transfer_fit_grouped and tl_fusion_diagnose
 * cost   thirty fits */
tl_code tl_trainfusion_compare_losses(tl_job *job, const tl_pairs *pairs,
                                      const tl_progress *progress, json_t **json, tl_err *err);

#endif
