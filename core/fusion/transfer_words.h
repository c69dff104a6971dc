/* SPDX-License-Identifier: GPL-2.0-or-later
 * The parts of the JSON form of a transfer that its options and its weights share. */
#ifndef TL_FUSION_TRANSFER_WORDS_H
#define TL_FUSION_TRANSFER_WORDS_H

#include <jansson.h>

#include "base/status.h"
#include "fusion/transfer.h"

/* The kind named at "kind".
 *
 * fails  TL_FORMAT */
tl_code tl_fusion_transfer_read_kind(const json_t *at, tl_transfer_kind *kind, tl_err *err);

/* The network's options.
 *
 * json   a new object, to be released with json_decref; NULL on failure
 * fails  TL_NOMEM */
tl_code tl_fusion_vae_options_to_json(const tl_vae_options *v, json_t **json, tl_err *err);

/* Overwrites the values in v; absent keys leave them unchanged.
 *
 * fails  TL_FORMAT */
tl_code tl_fusion_vae_options_from_json(const json_t *at, tl_vae_options *v, tl_err *err);

/* Checks that all values in the second row of a table [2, n], which are factors or divisors, are
 * above 0.
 *
 * key    of the table, for the error sentence
 * fails  TL_FORMAT */
tl_code tl_fusion_check_divisors(const tl_matrix *scale, const char *key, tl_err *err);

#endif
