/* SPDX-License-Identifier: GPL-2.0-or-later
 * The bands of a model in a scene and the names of its layers, in one place so that all tools that
 * apply a model agree. */
#ifndef TL_RECIPES_PROPERTY_LAYERS_H
#define TL_RECIPES_PROPERTY_LAYERS_H

#include "job/algorithm.h"
#include "pipeline/predict.h"
#include "pipeline/property_model.h"

enum { tl_property_layer_count = tl_prediction_layers }; /* value, bounds, area of applicability */

/* The scene band for every model band, as tl_spectra_match with its default tolerance. For a scene
 * without any wavelength the error explains how to add them.
 *
 * wavelength_nm  [p] of the model
 * fwhm_nm        [p] NaN = unknown
 * index          [p] out: positions (0-based) in bands
 * fails          TL_DATA a scene without wavelengths, missing bands */
tl_code tl_recipes_match_scene(const double *wavelength_nm, const double *fwhm_nm, ptrdiff_t p,
                               const tl_bands *bands, ptrdiff_t *index, tl_err *err);

/* The same for a property model. Bands that the scene itself marks as bad are not used.
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

/* The descriptions for a model.
 *
 * l      uninitialised; empty on failure
 * fails  TL_NOMEM */
tl_code tl_recipes_property_layers_init(tl_property_layers *l, const tl_property_model *model,
                                        tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_recipes_property_layers_free(tl_property_layers *l);

/* Sets the style of the property for the output, if tilth has one: for SOM, As and Cu, in upper or
 * lower case, alone or followed by a character that is not a letter. */
void tl_recipes_style_property(tl_job *job, const char *output_id, const char *property);

#endif
