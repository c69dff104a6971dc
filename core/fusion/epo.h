/* SPDX-License-Identifier: GPL-2.0-or-later
 * External parameter orthogonalisation: removes the directions in which paired spectra differ from
 * both sides, so that a model of one side can be used on the other. */
#ifndef TL_FUSION_EPO_H
#define TL_FUSION_EPO_H

#include <stdint.h>

#include "base/matrix.h"
#include "base/status.h"
#include "fusion/ds.h"

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
tl_code tl_fusion_epo_fit(const tl_matrix *x, const tl_matrix *y, ptrdiff_t c, tl_epo *epo,
                          tl_err *err);

/* Removes the directions from every row of m in place: m (I - V V'). Use it on the spectra of both
 * sides, before a model is fitted and before it is applied.
 *
 * m      [n, p]
 * NaN    a row with a NaN becomes a row of NaN
 * fails  TL_SHAPE other bands */
tl_code tl_fusion_epo_apply(const tl_epo *epo, tl_matrix *m, tl_err *err);

/* The same as a map into lab space: what was removed is replaced by its value in the mean lab
 * spectrum, s = x (I - V V') + mean(y) V V'. Apply the map to lab spectra too before a model of
 * them is fitted: it is the same map for both sides.
 *
 * x, y  [n, p] the pairs that epo was fitted on
 * ds    uninitialised (lambda 0); empty on failure
 * fails TL_SHAPE; TL_NOMEM */
tl_code tl_fusion_epo_map(const tl_epo *epo, const tl_matrix *x, const tl_matrix *y, tl_ds *ds,
                          tl_err *err);

/* The map with the number of directions (1 to max_directions) that minimises the differences
 * between the two sides of held-out pairs, relative to those between their lab spectra, sum(((s(x)
 * - s(y)) / sd_band)^2) / sum(((s(y) - mean) / sd_band)^2), in five folds of groups (fewer when
 * there are fewer groups); of equal numbers the smaller. The error of s(x) alone would be smallest
 * with everything removed.
 *
 * group   [n] rows with equal numbers stay in one fold; NULL = every row for itself
 * seed    of the folds
 * ds      uninitialised; empty on failure
 * fails   as tl_fusion_epo_fit; TL_DATA fewer than 3 groups */
tl_code tl_fusion_epo_choose(const tl_matrix *x, const tl_matrix *y, ptrdiff_t max_directions,
                             const ptrdiff_t *group, int64_t seed, tl_ds *ds, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_fusion_epo_free(tl_epo *epo);

#endif
