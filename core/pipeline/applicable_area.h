/* SPDX-License-Identifier: GPL-2.0-or-later
 * The area of applicability of a model: on which scores pixels are compared with the training
 * samples, whatever the regression. */
#ifndef TL_PIPELINE_APPLICABLE_AREA_H
#define TL_PIPELINE_APPLICABLE_AREA_H

#include "inversion/applicability.h"
#include "pipeline/training.h"

enum { tl_area_scores = 10 };

/* Learns the area from the spectra of all samples. The features are the first scores of the
 * projection of the data, at most tl_area_scores. Without projection they are the latent variables
 * of a partial least squares regression of the property on the spectra, whose projection is given
 * back. Features are weighted by what they say about the property.
 *
 * fold        [n] of the validation; samples with -1 count as a fold of their own
 * log_y       1: the logarithm of the property is what matters
 * projection  out: uninitialised; the copied or made projection. Empty on failure
 * area        out: uninitialised; empty on failure
 * fails       TL_DATA all spectra are the same; TL_NOMEM */
tl_code tl_pipeline_area_fit(const tl_pipeline_data *data, const int *fold, int log_y,
                             tl_linear *projection, tl_applicability *area, tl_err *err);

#endif
