/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fitting of the linear kinds of a transfer, and the choice among them; for
 * fusion/transfer.c only. */
#ifndef TL_FUSION_TRANSFER_LINEAR_H
#define TL_FUSION_TRANSFER_LINEAR_H

#include "fusion/transfer.h"

/* Fits the linear kind of the options, or the best one.
 *
 * o      checked
 * kind   out: the kind of the map
 * map    uninitialised; empty on failure
 * fails  as tl_fusion_transfer_fit_grouped */
tl_code tl_fusion_transfer_fit_linear(const tl_transfer_options *o, const tl_matrix *satellite,
                                      const tl_matrix *lab, const ptrdiff_t *group,
                                      const tl_progress *p, tl_transfer_kind *kind, tl_ds *map,
                                      tl_err *err);

#endif
