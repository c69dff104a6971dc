/* SPDX-License-Identifier: GPL-2.0-or-later
 * The scale of a scene that a model is applied to, before any pixel is computed. */
#ifndef TL_RECIPES_MODEL_SCALE_H
#define TL_RECIPES_MODEL_SCALE_H

#include "job/algorithm.h"
#include "spectra/scene_scale.h"

/* The parameter by which a scene on another scale is used. */
#define TL_SHARED_SCENE_SCALE                                                                  \
    .id = "scene_scale", .kind = TL_ARG_NUMBER, .label = "Factor of the scene", .unit = "",    \
    .help =                                                                                    \
        "The values of the scene are multiplied by this number before the model is applied. "  \
        "By default they are used as they are, and a scene on another scale than the spectra " \
        "of the training is refused with the factor, for example 0.0001.",                     \
    .fallback = "1", .advanced = 1, .min = 1e-9, .max = 1e9

/* Compares a few pixels of a scene with the spectra of the training.
 *
 * t          scale of the model
 * index      [p] which band of the scene feeds each band of the model
 * scale      parameter scene_scale
 * fails      TL_DATA another scale; TL_IO; TL_NOMEM
 * cost       at most 9 bands of 9 short windows */
tl_code tl_recipes_check_scale(const tl_job *job, tl_raster *raster, const tl_training_scale *t,
                               const ptrdiff_t *index, double scale, tl_err *err);

#endif
