/* SPDX-License-Identifier: GPL-2.0-or-later
 * Samples that a tool leaves out: a list of {"id", "reason"} for the log, the result and error
 * messages. */
#ifndef TL_TRAINING_SET_EXCLUDED_H
#define TL_TRAINING_SET_EXCLUDED_H

#include <jansson.h>

#include "base/text.h"
#include "job/algorithm.h"

/* Adds one sample.
 *
 * excluded  a JSON list
 * fails     TL_NOMEM */
tl_code tl_training_set_excluded_add(json_t *excluded, const char *id, const char *reason,
                                     tl_err *err);

/* Logs every id, reason by reason. */
void tl_training_set_excluded_log(const tl_job *job, const json_t *excluded);

/* Appends how many samples were left out for which reason: "5 outside the scene, 2 no position". */
void tl_training_set_excluded_count(const json_t *excluded, tl_text *out);

#endif
