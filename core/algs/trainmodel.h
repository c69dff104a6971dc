/* SPDX-License-Identifier: GPL-2.0-or-later
 * What one run of trainmodel holds, and how it is told; only trainmodel*.c includes it. */
#ifndef TL_ALGS_TRAINMODEL_H
#define TL_ALGS_TRAINMODEL_H

#include "algs/model_files.h"
#include "algs/study.h"
#include "pipeline/pipeline.h"

/* Everything of one run. Owner. */
typedef struct tl_trainmodel {
    tl_job *job;
    tl_pipeline_options options;
    tl_fusion_model fusion; /* empty without the parameter */
    tl_study study;
    tl_pipeline_data data; /* borrows from study */
    tl_validation validation;
    tl_property_model model;
    json_t *warnings; /* list of texts */
} tl_trainmodel;

/* 1 when the features are made by a transfer from scene to lab spectra. */
int tl_trainmodel_has_transfer(const tl_trainmodel *t);

/* Puts scores, samples, dropped and validation into what the model tells about itself.
 *
 * fails  TL_NOMEM */
tl_code tl_trainmodel_tell(tl_trainmodel *t, tl_err *err);

/* Warns of what the scores do not show at a glance, and puts the warnings into the model. Comes
 * after tl_trainmodel_tell.
 *
 * fails  TL_NOMEM */
tl_code tl_trainmodel_judge(tl_trainmodel *t, tl_err *err);

/* Writes the output predictions if it was asked for.
 *
 * fails  TL_IO; TL_NOMEM */
tl_code tl_trainmodel_write_predictions(const tl_trainmodel *t, tl_err *err);

/* Puts the figures into the result of the job and says them in one line. */
void tl_trainmodel_put_result(const tl_trainmodel *t);

#endif
