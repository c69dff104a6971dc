/* SPDX-License-Identifier: GPL-2.0-or-later
 * Spectra of a network's best seeds for a property; the part of fusespectra that searches. */
#ifndef TL_TOOLS_FUSION_SEED_SPECTRA_H
#define TL_TOOLS_FUSION_SEED_SPECTRA_H

#include "base/matrix.h"
#include "fusion/fusion_model.h"
#include "job/algorithm.h"
#include "source/tables.h"

/* Searches the seeds of the parameters seeds, seed_score, kept, masks, smoothing and permutations
 * among those of the spectra that have a value of the property, says what was found beside what
 * chance finds, and generates all spectra as the mean of the best seeds.
 *
 * x     [spectra->n, model->p] the bands of the model
 * made  uninitialised, becomes [spectra->n, model->p]; NaN rows stay NaN
 * fails TL_ARG the seeds, or a model that is no network; TL_DATA ids that do not meet, or fewer than
 *       4 values; what the search fails with */
tl_code tl_seed_spectra(tl_job *job, const tl_fusion_model *model, const tl_spectra *spectra,
                        const tl_matrix *x, tl_matrix *made, tl_err *err);

#endif
