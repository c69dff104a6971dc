/* SPDX-License-Identifier: GPL-2.0-or-later
 * Model files as parameters and outputs of tools. */
#ifndef TL_RECIPES_MODEL_FILES_H
#define TL_RECIPES_MODEL_FILES_H

#include "fusion/fusion_model.h"
#include "job/algorithm.h"
#include "pipeline/property_model.h"

/* Reads the model file of the parameter id.
 *
 * model  uninitialised; empty on failure
 * fails  TL_IO; TL_FORMAT damaged, or a model of another kind; TL_NOMEM */
tl_code tl_recipes_read_property_model(const tl_job *job, const char *id, tl_property_model *model,
                                       tl_err *err);
tl_code tl_recipes_read_fusion_model(const tl_job *job, const char *id, tl_fusion_model *model,
                                     tl_err *err);

/* Finds out whether the model file of the parameter id is a fusion model.
 *
 * fusion  out: 1 for a fusion model, 0 for another kind
 * fails   TL_IO; TL_FORMAT no model file at all; TL_NOMEM */
tl_code tl_recipes_is_fusion_model(const tl_job *job, const char *id, int *fusion, tl_err *err);

/* Puts the run record into the description of a model, under the key "record".
 *
 * fails  as tl_job_record */
tl_code tl_recipes_put_record(tl_job *job, json_t *about, tl_err *err);

/* Writes a model document as the output id.
 *
 * root   the function takes ownership, even on failure
 * fails  TL_IO; TL_NOMEM */
tl_code tl_recipes_write_model(tl_job *job, const char *id, json_t *root, tl_err *err);

/* The same to a path of tl_job_extra_output. */
tl_code tl_recipes_write_model_to(tl_job *job, const char *id, const char *path, json_t *root,
                                  tl_err *err);

#endif
