/* SPDX-License-Identifier: GPL-2.0-or-later
 * A recipe: everything that happens between the spectrum of a pixel and a property, before anything
 * is fitted. */
#ifndef TL_PIPELINE_RECIPE_H
#define TL_PIPELINE_RECIPE_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "fusion/supervised.h"
#include "inversion/cars.h"
#include "inversion/regressor.h"

/* What the regression sees. Words in files and parameters: "scene", "fused", "mixed", "lab",
 * "supervised". */
typedef enum tl_feature_kind {
    TL_FEATURES_SCENE = 0, /* the spectrum of the pixel, or its scores */
    TL_FEATURES_FUSED,     /* the spectrum generated from it by the transfer */
    TL_FEATURES_MIXED,     /* both side by side, autoscaled */
    TL_FEATURES_LAB,       /* the lab spectrum: cannot be mapped, shows what is attainable */
    /* One feature: the property as networks predict it that learn lab spectrum and property
     * together (fusion/supervised.h). The regression behind it passes it on as it is. */
    TL_FEATURES_SUPERVISED
} tl_feature_kind;

/* Which spectra the regression of TL_FEATURES_FUSED is fitted on. Words: "lab", "generated". */
typedef enum tl_calibration { TL_CALIBRATION_LAB = 0, TL_CALIBRATION_GENERATED } tl_calibration;

/* Which of the features the regression gets. Words: "none", "cars", "repeated". */
typedef enum tl_selection_kind {
    TL_SELECTION_NONE = 0,
    TL_SELECTION_CARS,    /* one run of CARS */
    TL_SELECTION_REPEATED /* features that many runs have in common */
} tl_selection_kind;

typedef struct tl_recipe {
    tl_feature_kind features;
    tl_calibration calibration;
    /* The first so many scores of the scene's projection (MNF) stand for the pixel's spectrum;
     * 0: the spectrum itself. Not for lab features. */
    int scores;
    /* Of every spectrum that enters the regression (scores are none): a name of
     * spectra/transform.h, with the window and degree of its smoothing. */
    char transform[64];
    int window;
    int degree;
    tl_selection_kind selection;      /* after the transform */
    tl_cars_options cars;             /* of the selection; one run of it for TL_SELECTION_CARS */
    tl_supervised_options supervised; /* of TL_FEATURES_SUPERVISED */
    tl_regressor_options regressor;
} tl_recipe;

/* Scene features without scores, no transform (window 11, degree 2), no selection,
 * PLSR. */
tl_recipe tl_pipeline_recipe_defaults(void);

/* 1 when the features are made by a transfer from scene to lab spectra. */
int tl_pipeline_recipe_has_transfer(const tl_recipe *r);

/* 1 when both recipes make the same features, so that only their regressions differ. */
int tl_pipeline_recipe_same_features(const tl_recipe *a, const tl_recipe *b);

/* The options of the regression, which autoscales mixed features and is one coefficient for
 * supervised ones. */
tl_regressor_options tl_pipeline_recipe_regressor(const tl_recipe *r);

/* Checks every range.
 *
 * fails  TL_ARG */
tl_code tl_pipeline_recipe_check(const tl_recipe *r, tl_err *err);

/* The words of files and parameters. */
const char *tl_pipeline_features_word(tl_feature_kind features);

/* What the recipe does, in words for readers of a model file; not read back.
 *
 * json   a new object, to be released with json_decref; NULL on failure
 * fails  TL_NOMEM */
tl_code tl_pipeline_recipe_to_json(const tl_recipe *r, json_t **json, tl_err *err);

#endif
