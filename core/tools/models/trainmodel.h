/* SPDX-License-Identifier: GPL-2.0-or-later
 * The data of one run of trainmodel, and its messages; only trainmodel*.c includes it. */
#ifndef TL_TOOLS_MODELS_TRAINMODEL_H
#define TL_TOOLS_MODELS_TRAINMODEL_H

#include "pipeline/pipeline.h"
#include "recipes/model_files.h"
#include "training_set/study.h"

/* Everything of the model of one property. Owner. */
typedef struct tl_trainmodel {
    tl_job *job;
    const char *field; /* of the property; borrowed */
    tl_progress progress;
    tl_pipeline_options options;
    int spatial_too;               /* 1: a spatial validation follows the first validation */
    int spatial_asked;             /* 1: the user asked for it, so it must succeed */
    int components_asked;          /* 1: the user asked for MNF components, so they must succeed */
    const tl_fusion_model *fusion; /* borrowed; NULL when none is given */
    tl_study study;
    tl_linear projection;
    tl_pipeline_data data; /* borrows from study and projection */
    tl_validation validation;
    tl_validation spatial;             /* n = 0: there is none */
    tl_permutation_result permutation; /* permutations = 0: there is none */
    tl_property_model model;
    json_t *warnings; /* list of texts */
} tl_trainmodel;

/* Reads the parameters into options: recipes and validation.
 *
 * fails  TL_ARG */
tl_code tl_trainmodel_read_options(tl_trainmodel *t, tl_err *err);

/* 1 when a transfer from scene to lab spectra makes the features. */
int tl_trainmodel_has_transfer(const tl_trainmodel *t);

/* Fits the projection to MNF components of the scene, if a recipe uses them, and puts it into data.
 * Where it cannot be fitted, and the user did not ask for a number of components, the recipes use the
 * spectra instead.
 *
 * fails  as tl_scene_mnf_collect */
tl_code tl_trainmodel_project(tl_trainmodel *t, const tl_progress *progress, tl_err *err);

/* Puts recipes, scores, samples, excluded samples and validation into the description of the model.
 *
 * fails  TL_NOMEM */
tl_code tl_trainmodel_log(tl_trainmodel *t, tl_err *err);

/* Puts the scores of every stratum of the parameter strata into the model and logs them. Does nothing
 * without that parameter.
 *
 * fails  TL_ARG the limits are missing or are not increasing numbers; as the readers fail;
 *        TL_NOMEM */
tl_code tl_trainmodel_log_strata(tl_trainmodel *t, tl_err *err);

/* Mean over the repeats of the out-of-fold predictions of sample i. */
double tl_trainmodel_prediction(const tl_validation *v, ptrdiff_t i);

/* Warns of weaknesses that the scores do not show at once, and puts the warnings into the model. To be
 * called after tl_trainmodel_log.
 *
 * fails  TL_NOMEM */
tl_code tl_trainmodel_warn(tl_trainmodel *t, tl_err *err);

/* A score from the description of the model, for example ("scores", "mean", "r2"); NaN when it has
 * none. */
double tl_trainmodel_score(const tl_trainmodel *t, const char *of, const char *kind,
                           const char *name);

/* Writes the predictions as a table.
 *
 * fails  TL_IO; TL_NOMEM */
tl_code tl_trainmodel_write_predictions(const tl_trainmodel *t, const char *path, tl_err *err);

/* The figures of the model as a new JSON object, to be released with json_decref. Also logs them in one
 * line. */
json_t *tl_trainmodel_result(const tl_trainmodel *t);

#endif
