/* SPDX-License-Identifier: GPL-2.0-or-later
 * A hash of a division into folds, which shows whether two runs tested the same folds. */
#ifndef TL_TOOLS_MODELS_FOLD_HASH_H
#define TL_TOOLS_MODELS_FOLD_HASH_H

#include "pipeline/pipeline.h"

/* The hash of all folds of a validation. Two runs with the same hash tested the same samples together.
 *
 * id      [n of the validation]
 * text    out: 16 hexadecimal digits
 * cost    linear in repeats * n
 * source  FNV-1a of Fowler, Noll & Vo, 64 bits, over ids and folds */
void tl_fold_hash(char *const *id, const tl_validation *v, char text[17]);

#endif
