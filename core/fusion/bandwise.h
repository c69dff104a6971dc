/* SPDX-License-Identifier: GPL-2.0-or-later
 * Linear transfers that look at one band at a time: piecewise direct standardisation, and slope and
 * bias of every band. */
#ifndef TL_FUSION_BANDWISE_H
#define TL_FUSION_BANDWISE_H

#include "base/matrix.h"
#include "base/status.h"
#include "fusion/ds.h"

/* Piecewise direct standardisation: the regression of band j of y on the bands j - h .. j + h of x
 * by partial least squares (PLS1, columns centred, not scaled). The window ends where its run of
 * bands ends.
 *
 * x           [n, p] satellite spectra
 * y           [n, p] lab spectra of the same rows in the same bands
 * half        h >= 0
 * components  of every regression, >= 1; fewer where a window does not yield as many
 * run_start   [runs] first band of every run of neighbouring bands, increasing from 0; NULL = one
 *             run
 * ds          uninitialised, holds the map (lambda 0); empty on failure
 * NaN         not allowed in x and y
 * fails       TL_SHAPE the bands of x and y do not pair up; TL_DATA fewer than 3 rows; TL_NOMEM
 * cost        p n (2 h + 1) components
 * source      Wang, Veltkamp & Kowalski 1991, Anal. Chem. 63:2750 */
tl_code tl_fusion_pds_fit(const tl_matrix *x, const tl_matrix *y, ptrdiff_t half,
                          ptrdiff_t components, const ptrdiff_t *run_start, ptrdiff_t runs,
                          tl_ds *ds, tl_err *err);

/* Least squares line of every band of y on the same band of x. A band that does not vary in x gets
 * slope 0, so its prediction is the mean of y. It is the piecewise transfer with h = 0.
 *
 * as tl_fusion_pds_fit */
tl_code tl_fusion_slope_fit(const tl_matrix *x, const tl_matrix *y, tl_ds *ds, tl_err *err);

#endif
