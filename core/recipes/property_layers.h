/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the tools that apply a model to a scene have in common, so that all of them use the same
 * bands and names: the bands of the model in the scene, the names of the layers. */
#ifndef TL_RECIPES_PROPERTY_LAYERS_H
#define TL_RECIPES_PROPERTY_LAYERS_H

#include "job/algorithm.h"
#include "pipeline/predict.h"
#include "pipeline/property_model.h"

enum { tl_property_layer_count = tl_prediction_layers }; /* value, bounds, area of applicability */

/* For every model band the scene band that feeds it, as tl_spectra_match with its default
 * tolerance; says what to do about a scene that has no wavelengths at all.
 *
 * wavelength_nm  [p] of the model
 * fwhm_nm        [p] NaN = unknown
 * index          [p] out: positions (0-based) in bands
 * fails          TL_DATA a scene without wavelengths, missing bands */
tl_code tl_recipes_match_scene(const double *wavelength_nm, const double *fwhm_nm, ptrdiff_t p,
                               const tl_bands *bands, ptrdiff_t *index, tl_err *err);

/* The same for a property model; only the bands that the scene itself calls bad are kept out.
 *
 * index  [model->p] out: positions (0-based) in bands
 * fails  TL_DATA lab features, a scene without wavelengths, missing bands */
tl_code tl_recipes_match_model(const tl_property_model *model, const tl_bands *bands,
                               ptrdiff_t *index, tl_err *err);

/* Descriptions of the layers, for example "SOM", "SOM, lower bound (90 %)", "SOM, upper bound
 * (90 %)", "SOM, dissimilarity index", "SOM, model applicable". Owner; zeroed = empty. */
typedef struct tl_property_layers {
    char *description[tl_property_layer_count];
    const char *unit[tl_property_layer_count]; /* borrowed from the model; "" for pure numbers */
} tl_property_layers;

/* Makes the descriptions for a model.
 *
 * fails  TL_NOMEM */
tl_code tl_recipes_property_layers_init(tl_property_layers *l, const tl_property_model *model,
                                        tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_recipes_property_layers_free(tl_property_layers *l);

/* Gives the output the style of the property, where tilth has one: SOM, As, Cu, alone or followed
 * by something that is no letter, in any case. */
void tl_recipes_style_property(tl_job *job, const char *output_id, const char *property);

#endif
