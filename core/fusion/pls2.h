/* SPDX-License-Identifier: GPL-2.0-or-later
 * Direct standardisation by partial least squares of all lab bands at once (PLS2 by SIMPLS). */
#ifndef TL_FUSION_PLS2_H
#define TL_FUSION_PLS2_H

#include <stdint.h>

#include "base/matrix.h"
#include "base/status.h"
#include "fusion/ds.h"

/* A fit with several components: y = centre_out + sum_k (rotation_k'(x - centre_in)) loading_k, and
 * the first a terms are the fit with a components. Owner; zeroed = empty. */
typedef struct tl_pls2 {
    ptrdiff_t components;
    tl_matrix rotation; /* [components, p] */
    tl_matrix loading;  /* [components, q] */
    tl_matrix centre_in;
    tl_matrix centre_out;
} tl_pls2;

/* Fits up to the given number of components, fewer when X'Y is used up.
 *
 * x           [n, p]
 * y           [n, q]
 * components  >= 1
 * out         uninitialised; empty on failure
 * NaN         not allowed
 * fails       TL_SHAPE; TL_DATA fewer than 3 rows, or all rows of x or y are equal; TL_NUMERIC;
 *             TL_NOMEM
 * cost        n^2 (p + q) + components min(n, p) min(n, q) 50
 * source      de Jong 1993, Chemom. Intell. Lab. Syst. 18:251 */
tl_code tl_fusion_pls2_fit(const tl_matrix *x, const tl_matrix *y, ptrdiff_t components,
                           tl_pls2 *out, tl_err *err);

/* The fit with a components as a linear map.
 *
 * a      at least 1; a number above the fitted ones means the last
 * ds     uninitialised (lambda 0); empty on failure
 * fails  TL_NOMEM */
tl_code tl_fusion_pls2_map(const tl_pls2 *fit, ptrdiff_t a, tl_ds *ds, tl_err *err);

/* Fits with the number of components (1 to max_components) that has the smallest sum(((y - s) /
 * sd_band)^2) in five folds of groups (fewer when there are fewer groups); of equal numbers the
 * smaller.
 *
 * group   [n] rows with equal numbers stay in one fold; NULL = every row for itself
 * seed    of the folds
 * fails   as tl_fusion_pls2_fit; TL_DATA fewer than 3 groups */
tl_code tl_fusion_pls2_choose(const tl_matrix *x, const tl_matrix *y, ptrdiff_t max_components,
                              const ptrdiff_t *group, int64_t seed, tl_ds *ds, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_fusion_pls2_free(tl_pls2 *fit);

#endif
