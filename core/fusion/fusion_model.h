/* SPDX-License-Identifier: GPL-2.0-or-later
 * A fusion model as stored in a model file of the kind "fusion"; field by field in
 * docs/methods/fusion.md. */
#ifndef TL_FUSION_FUSION_MODEL_H
#define TL_FUSION_FUSION_MODEL_H

#include <jansson.h>
#include <stddef.h>

#include "base/status.h"
#include "fusion/transfer.h"

/* Owner; zeroed = empty. */
typedef struct tl_fusion_model {
    ptrdiff_t p;                 /* bands, of the scene and of the generated spectra alike */
    double *wavelength_nm;       /* [p] increasing */
    double *fwhm_nm;             /* [p]; NaN = unknown (0 in the file) */
    tl_transfer_options options; /* how the transfer was fitted, and is fitted again in folds */
    tl_transfer transfer;
    json_t *about; /* diagnosis, spectra, warnings, record: kept, not used to generate spectra */
} tl_fusion_model;

/* Allocates the uninitialised m for p bands.
 *
 * fails  TL_NOMEM */
tl_code tl_fusion_model_init(tl_fusion_model *m, ptrdiff_t p, tl_err *err);

/* The model as a document.
 *
 * root   to be released with json_decref; NULL on failure
 * fails  TL_NUMERIC a number is not finite; TL_NOMEM */
tl_code tl_fusion_model_to_json(const tl_fusion_model *m, json_t **root, tl_err *err);

/* Reads it back with the same bits. The document may come from an untrusted source: everything is
 * checked.
 *
 * m      uninitialised; empty on failure
 * fails  TL_FORMAT, naming the key; TL_NOMEM */
tl_code tl_fusion_model_from_json(const json_t *root, tl_fusion_model *m, tl_err *err);

/* Reads it from the bytes of a file.
 *
 * bytes  [length]
 * name   comes first in error sentences
 * m      uninitialised; empty on failure
 * fails  TL_FORMAT; TL_NOMEM */
tl_code tl_fusion_model_parse(const char *bytes, size_t length, const char *name,
                              tl_fusion_model *m, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_fusion_model_free(tl_fusion_model *m);

#endif
