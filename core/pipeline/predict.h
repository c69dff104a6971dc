/* SPDX-License-Identifier: GPL-2.0-or-later
 * A property model applied to the stored values of a scene: the shared kernel of mapproperty and
 * the GDAL pixel function, so that both produce the same bytes. */
#ifndef TL_PIPELINE_PREDICT_H
#define TL_PIPELINE_PREDICT_H

#include <stddef.h>

#include "base/bands.h"
#include "base/status.h"
#include "inversion/interval.h"
#include "pipeline/property_model.h"

/* Owner, except that model is borrowed and must live as long. Read-only while predicting: many
 * threads may share it, each with its own scratch. */
typedef struct tl_predictor {
    const tl_property_model *model;
    ptrdiff_t p;
    tl_band *band;        /* [p] the scene band that feeds model band j */
    int models;           /* 1 + folds: the final function first */
    ptrdiff_t rows;       /* models, then the features of the area of applicability */
    double *coefficients; /* [rows, p] on the spectrum of the pixel; zeros when not linear */
    double *constant;     /* [rows] */
    int linear;           /* functions that are linear */
    int components;       /* maximum number of MNF components of a function */
    double factor;        /* physical values are multiplied by it; 1 after the preparation */
    tl_cv_plus intervals;
} tl_predictor;

/* Prepares the predictions of a model for one scene.
 *
 * t      uninitialised; empty on failure
 * index  [p] which band of scene (0-based position) feeds each model band: tl_spectra_match
 * fails  TL_DATA the model was trained on lab spectra, which no scene has, or holds too few samples
 *        for its level; TL_NOMEM */
tl_code tl_pipeline_predictor_init(tl_predictor *t, const tl_property_model *model,
                                   const tl_bands *scene, const ptrdiff_t *index, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_pipeline_predictor_free(tl_predictor *t);

/* Number of doubles that tl_pipeline_predict_block needs as scratch. */
ptrdiff_t tl_pipeline_predict_scratch(const tl_predictor *t);

/* The layers of a map, each [npix]; NULL = not wanted. */
typedef struct tl_prediction {
    float *value; /* unit of the property */
    /* Ends of the CV+ interval, widened where needed so that it holds the value. Without both the
     * fold models are skipped. */
    float *lower;
    float *upper;
    float *di;         /* dissimilarity index: distance to the nearest training sample */
    float *applicable; /* 1 where di is not above the threshold of the model, else 0 */
} tl_prediction;

enum { tl_prediction_layers = 5 };

/* The layer with this number, in the order of the struct. */
float **tl_pipeline_prediction_layer(tl_prediction *out, int layer);

/* All layers of npix pixels. Sums run over bands in double; the result of a pixel depends neither
 * on npix nor on its neighbours, nor on which other layers are wanted.
 *
 * band     [p] pointers to [npix] stored values each, in the order of the model bands
 * scratch  [tl_pipeline_predict_scratch] one for each thread
 * NaN      where any used band equals its NoData or is not finite, or the result is not finite; di
 *          and applicable also where the model has no area of applicability
 * fails    TL_NOMEM (networks and forests only)
 * cost     linear: about 2 p (1 + folds) operations per pixel. Else MNF components and physical
 *          values are computed once for all functions; each adds its map and its regression. di: k
 *          p + k n */
tl_code tl_pipeline_predict_block(const tl_predictor *t, const float *const *band, ptrdiff_t npix,
                                  const tl_prediction *out, double *scratch, tl_err *err);

#endif
