/* SPDX-License-Identifier: GPL-2.0-or-later
 * A recipe: the description of all steps from the spectrum of a pixel to a property, before
 * fitting. */
#ifndef TL_PIPELINE_RECIPE_H
#define TL_PIPELINE_RECIPE_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "fusion/supervised.h"
#include "inversion/cars.h"
#include "inversion/regressor.h"

/* The features of the regression. Words in files and parameters: "scene", "fused", "mixed", "lab",
 * "supervised". */
typedef enum tl_feature_kind {
    TL_FEATURES_SCENE = 0, /* the spectrum of the pixel, or its MNF components */
    TL_FEATURES_FUSED,     /* the spectrum generated from it by the transfer */
    TL_FEATURES_MIXED,     /* both side by side, autoscaled */
    TL_FEATURES_LAB,       /* the lab spectrum: cannot be mapped; for comparison */
    /* One feature: the property as networks predict it that learn lab spectrum and property
     * together (fusion/supervised.h). The regression returns it unchanged. */
    TL_FEATURES_SUPERVISED
} tl_feature_kind;

/* Which spectra the regression of TL_FEATURES_FUSED is fitted on. Words: "lab", "generated". */
typedef enum tl_calibration { TL_CALIBRATION_LAB = 0, TL_CALIBRATION_GENERATED } tl_calibration;

/* Which of the features the regression uses. Words: "none", "cars", "repeated". */
typedef enum tl_selection_kind {
    TL_SELECTION_NONE = 0,
    TL_SELECTION_CARS,    /* one run of CARS */
    TL_SELECTION_REPEATED /* features that many runs have in common */
} tl_selection_kind;

typedef struct tl_recipe {
    tl_feature_kind features;
    tl_calibration calibration;
    /* Number of first MNF components of the scene that replace the spectrum of the pixel; 0 = the
     * spectrum itself. Not for lab features. */
    int components;
    /* Of every spectrum among the features (not of MNF components): a name of spectra/transform.h,
     * with the window and degree of its smoothing. */
    char transform[64];
    int window;
    int degree;
    tl_selection_kind selection;      /* after the transform */
    tl_cars_options cars;             /* of the selection; one run of it for TL_SELECTION_CARS */
    tl_supervised_options supervised; /* of TL_FEATURES_SUPERVISED */
    tl_regressor_options regressor;
} tl_recipe;

/* Scene features without MNF components, no transform (window 11, degree 2), no selection, PLSR. */
tl_recipe tl_pipeline_recipe_defaults(void);

/* 1 when the features come from a transfer of scene spectra to lab spectra. */
int tl_pipeline_recipe_has_transfer(const tl_recipe *r);

/* 1 when both recipes have the same features, so that only their regressions differ. */
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

/* The recipe as text for readers of a model file; not read back.
 *
 * json   a new object, to be released with json_decref; NULL on failure
 * fails  TL_NOMEM */
tl_code tl_pipeline_recipe_to_json(const tl_recipe *r, json_t **json, tl_err *err);

#endif
