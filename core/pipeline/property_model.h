/* SPDX-License-Identifier: GPL-2.0-or-later
 * The model of one soil property as stored in a model file of the kind "property"; field by field
 * in docs/guide/model-file.md. */
#ifndef TL_PIPELINE_PROPERTY_MODEL_H
#define TL_PIPELINE_PROPERTY_MODEL_H

#include <jansson.h>
#include <stddef.h>

#include "base/status.h"
#include "inversion/applicability.h"
#include "pipeline/pipeline.h"

/* Owner; zeroed = empty. */
typedef struct tl_property_model {
    char *property;        /* field name, for example "SOM" */
    char *unit;            /* "g/kg"; "" when unknown */
    ptrdiff_t p;           /* bands */
    double *wavelength_nm; /* [p] */
    double *fwhm_nm;       /* [p] */
    tl_feature_kind features;
    tl_calibration calibration;
    tl_linear projection;  /* spectrum -> MNF components of functions and area; empty = none */
    tl_applicability area; /* on the first MNF components; k = 0: none, as for lab features */
    int log;               /* 1: functions return natural logarithms */
    double level;          /* of the intervals */
    tl_function final;
    int folds;
    tl_function *fold_model; /* [folds] */
    ptrdiff_t n;             /* samples behind the intervals */
    int *fold;               /* [n] */
    double *residual;        /* [n] absolute, model scale */
    json_t *about;           /* scores, samples, recipes, ...: not used to predict */
} tl_property_model;

/* The model as a document.
 *
 * root   to be released with json_decref; NULL on failure
 * fails  TL_NUMERIC a number is not finite; TL_NOMEM */
tl_code tl_pipeline_property_model_to_json(const tl_property_model *m, json_t **root, tl_err *err);

/* Reads it back with the same bits. The document may come from an untrusted source: everything is
 * checked.
 *
 * m      uninitialised; empty on failure
 * fails  TL_FORMAT, naming the key; TL_NOMEM */
tl_code tl_pipeline_property_model_from_json(const json_t *root, tl_property_model *m, tl_err *err);

/* Reads it from the bytes of a file.
 *
 * bytes  [length]
 * name   comes first in error sentences
 * m      uninitialised; empty on failure
 * fails  TL_FORMAT; TL_NOMEM */
tl_code tl_pipeline_property_model_parse(const char *bytes, size_t length, const char *name,
                                         tl_property_model *m, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_pipeline_property_model_free(tl_property_model *m);

#endif
