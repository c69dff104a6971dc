/* SPDX-License-Identifier: GPL-2.0-or-later
 * The supervised fusion network: fusion networks that learn lab spectra and a property together, so
 * that the spectra keep what the property needs. They use the property, so a validation must fit
 * them inside its folds. */
#ifndef TL_FUSION_SUPERVISED_H
#define TL_FUSION_SUPERVISED_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "base/matrix.h"
#include "base/progress.h"
#include "base/status.h"
#include "fusion/vae.h"

enum { TL_SUPERVISED_MAX_MEMBERS = 32 };

typedef struct tl_supervised_options {
    int members; /* networks with different first weights, which are averaged; 1 .. 32 */
    int64_t seed;
    tl_vae_options vae; /* its heads are set by the fit */
} tl_supervised_options;

/* Five members, seed 1; the layers and losses of the honest preset without skip, so that the code
 * has to hold the spectrum, and weight 1 for the property. */
tl_supervised_options tl_fusion_supervised_defaults(void);

/* Checks every range.
 *
 * fails  TL_ARG */
tl_code tl_fusion_supervised_check(const tl_supervised_options *o, tl_err *err);

/* Owner; zeroed = empty. */
typedef struct tl_supervised {
    ptrdiff_t n_in;
    ptrdiff_t n_out;
    ptrdiff_t n_property;
    int members;
    tl_vae *member; /* [members] */
} tl_supervised;

/* Trains all members.
 *
 * satellite  [n, n_in]
 * lab        [n, n_out]
 * property   [n, n_property] on the scale of the errors to be minimised (the caller computes the
 *            logarithm of skewed properties); NaN = missing
 * index      number of the fit: each has different first weights
 * out        uninitialised; empty on failure
 * NaN        not allowed in the spectra
 * fails      TL_ARG; TL_SHAPE; TL_DATA; TL_NUMERIC; TL_NOMEM; TL_CANCELLED
 * source     docs/methods/fusion.md */
tl_code tl_fusion_supervised_fit(const tl_supervised_options *o, const tl_matrix *satellite,
                                 const tl_matrix *lab, const tl_matrix *property, uint32_t index,
                                 const tl_progress *p, tl_supervised *out, tl_err *err);

/* Predictions of the property along the mean path, averaged over the members.
 *
 * satellite  [n, n_in]
 * value      uninitialised, becomes [n, n_property]
 * NaN        a row with a NaN becomes a row of NaN
 * fails      TL_SHAPE; TL_NOMEM */
tl_code tl_fusion_supervised_predict(const tl_supervised *s, const tl_matrix *satellite,
                                     tl_matrix *value, tl_err *err);

/* Everything that prediction needs.
 *
 * json   a new object, to be released with json_decref; NULL on failure
 * fails  TL_NUMERIC; TL_NOMEM */
tl_code tl_fusion_supervised_to_json(const tl_supervised *s, json_t **json, tl_err *err);

/* Reads it back with the same bits. The document may come from an untrusted source.
 *
 * s      uninitialised; empty on failure
 * fails  TL_FORMAT; TL_NOMEM */
tl_code tl_fusion_supervised_from_json(const json_t *json, tl_supervised *s, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_fusion_supervised_free(tl_supervised *s);

#endif
