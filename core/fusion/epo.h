/* SPDX-License-Identifier: GPL-2.0-or-later
 * External parameter orthogonalisation: takes the directions in which paired spectra differ out of
 * both sides, so that a model of one side can be used on the other. */
#ifndef TL_FUSION_EPO_H
#define TL_FUSION_EPO_H

#include "base/matrix.h"
#include "base/status.h"

/* Owner; zeroed = empty. */
typedef struct tl_epo {
    tl_matrix direction; /* [c, p] orthonormal rows */
} tl_epo;

/* Finds the first c right singular vectors of the differences x - y (not centred: the mean
 * difference is one of the things to remove).
 *
 * x, y   [n, p] spectra of the same rows in the same bands
 * c      1 to min(n, p); 1 to 4 are usual
 * epo    uninitialised; empty on failure
 * NaN    not allowed (TL_DATA)
 * fails  TL_SHAPE; TL_ARG c out of range; TL_DATA the differences have fewer than c directions;
 *        TL_NUMERIC; TL_NOMEM
 * cost   min(n, p)^2 (max(n, p) + 9 min(n, p))
 * source Roger, Chauchard & Bellon-Maurel 2003, Chemom. Intell. Lab. Syst. 66:191; Minasny et al.
 *        2011, Geoderma 167:118 */
tl_code tl_epo_fit(const tl_matrix *x, const tl_matrix *y, ptrdiff_t c, tl_epo *epo, tl_err *err);

/* Takes the directions out of every row of m in place: m (I - V V'). Use it on the spectra of both
 * sides, before a model is fitted and before it is applied.
 *
 * m      [n, p]
 * NaN    anywhere in a row gives a row of NaN
 * fails  TL_SHAPE other bands */
tl_code tl_epo_apply(const tl_epo *epo, tl_matrix *m, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_epo_free(tl_epo *epo);

#endif
