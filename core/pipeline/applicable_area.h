/* SPDX-License-Identifier: GPL-2.0-or-later
 * The area of applicability of a model: the features by which pixels are compared with the training
 * samples, for every regression. */
#ifndef TL_PIPELINE_APPLICABLE_AREA_H
#define TL_PIPELINE_APPLICABLE_AREA_H

#include "inversion/applicability.h"
#include "pipeline/training.h"

enum { tl_area_components = 10 };

/* Computes the area from the spectra of all samples. The features are the first MNF components of
 * the projection of the data, at most tl_area_components. Without projection they are the latent
 * variables of a partial least squares regression of the property on the spectra, and its
 * projection is returned. Features are weighted by their relation to the property.
 *
 * fold        [n] of the validation; samples with -1 count as a separate fold
 * log_y       1: for the logarithm of the property
 * projection  out: uninitialised; copy of the projection of the data, or the new one; empty on
 *             failure
 * area        out: uninitialised; empty on failure
 * fails       TL_DATA all spectra are the same; TL_NOMEM */
tl_code tl_pipeline_area_fit(const tl_pipeline_data *data, const int *fold, int log_y,
                             tl_linear *projection, tl_applicability *area, tl_err *err);

#endif
