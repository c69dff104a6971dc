/* SPDX-License-Identifier: GPL-2.0-or-later
 * The spectra of a network's best seeds for a property, which fusespectra searches. */
#ifndef TL_TOOLS_FUSION_SEED_SPECTRA_H
#define TL_TOOLS_FUSION_SEED_SPECTRA_H

#include "base/matrix.h"
#include "fusion/fusion_model.h"
#include "job/algorithm.h"
#include "source/tables.h"

/* Searches the best seeds with the spectra whose samples have a value of the property, by the
 * parameters seeds, seed_score, kept, masks, smoothing and permutations. Logs their scores next to
 * those of chance, and generates all spectra as the mean of the best seeds.
 *
 * x          [spectra->n, model->p] the bands of the model
 * generated  uninitialised, becomes [spectra->n, model->p]; NaN rows stay NaN
 * fails      TL_ARG the seeds, or a model that is not a network; TL_DATA ids that do not match, or
 *            fewer than 4 values; as the search fails */
tl_code tl_seed_spectra(tl_job *job, const tl_fusion_model *model, const tl_spectra *spectra,
                        const tl_matrix *x, tl_matrix *generated, tl_err *err);

#endif
