/* SPDX-License-Identifier: GPL-2.0-or-later
 * Whether a scene has the scale of the spectra that a model was trained on: reflectance from 0 to 1
 * against percent or times 10000. A model that is applied on another scale returns values without
 * meaning. */
#ifndef TL_SPECTRA_SCENE_SCALE_H
#define TL_SPECTRA_SCENE_SCALE_H

#include <jansson.h>
#include <stddef.h>

#include "base/bands.h"
#include "base/status.h"

enum { TL_SCALE_BANDS = 9 };

/* The mean of the training spectra at a few bands of a model. Zeroed = unknown: nothing is checked. */
typedef struct tl_training_scale {
    int n;                          /* bands, at most TL_SCALE_BANDS */
    ptrdiff_t band[TL_SCALE_BANDS]; /* positions in the model, increasing */
    double mean[TL_SCALE_BANDS];
} tl_training_scale;

/* Reads it from the description of a model.
 *
 * about  the member "spectra" has the member "mean", or "scene" with "mean", of p numbers; another
 *        form, or NULL, is an unknown scale
 * p      bands of the model */
tl_training_scale tl_spectra_training_scale(const json_t *about, ptrdiff_t p);

/* The factor that brings values to the scale of the training: 0.01, 0.0001, 100 or 10000 where their
 * mean is 20 times as large, or a twentieth, and one of both cannot be reflectance from 0 to 1; else
 * 1. Of a few pixels only values 50 times as large count, because water may be a hundred times darker
 * than soil, and saturated pixels are bright.
 *
 * here   [t->n] mean of the scene at the bands; NaN = unknown
 * whole  1: of a whole scene or table, so that small values count, too
 * mean   [2] out: mean over the bands of here and of the training; may be NULL */
double tl_spectra_scale_factor(const tl_training_scale *t, const double *here, int whole,
                               double *mean);

/* Refuses pixels on another scale.
 *
 * band   [p] pointers to [n] values
 * table  [p] scale, offset and NoData of the bands; NULL: the values are physical ones
 * n      pixels; a few dozen, evenly distributed over them, are looked at
 * scale  by which the values are multiplied
 * fails  TL_DATA naming the factor and the option that applies it
 * cost   O(1) */
tl_code tl_spectra_check_scale(const tl_training_scale *t, const float *const *band,
                               const tl_band *table, ptrdiff_t n, double scale, tl_err *err);

/* The refusal itself.
 *
 * factor  from tl_spectra_scale_factor
 * mean    [2] from there
 * scale   by which the values were multiplied */
tl_code tl_spectra_refuse_scale(double factor, const double *mean, double scale, tl_err *err);

#endif
