/* SPDX-License-Identifier: GPL-2.0-or-later
 * Direct standardisation: a ridge regression from satellite spectra to lab spectra. */
#ifndef TL_FUSION_DS_H
#define TL_FUSION_DS_H

#include <stdint.h>

#include "base/matrix.h"
#include "base/status.h"

/* The fitted map y = mean_out + F'(x - mean_in). Owner; zeroed = empty. */
typedef struct tl_ds {
    tl_matrix slope;      /* [p_out, p_in]: F transposed, one row per output band */
    tl_matrix centre_in;  /* [1, p_in] training means */
    tl_matrix centre_out; /* [1, p_out] training means */
    double lambda;        /* ridge strength used, as a share of trace(Gc Gc')/n */
} tl_ds;

/* Fits F = Gc'(Gc Gc' + l I)^-1 Sc with l = lambda trace(Gc Gc')/n, solved in the n x n space.
 *
 * x       [n, p_in] satellite spectra (reflectance or MNF components)
 * y       [n, p_out] lab spectra of the same rows
 * lambda  share of the mean squared length of a centred row, > 0; values <= 0: chosen from
 *         {1e-4, 3e-4, .., 3e-1} by cross-validation (five folds, fewer with
 *         fewer groups) of sum(((y - s) / sd_band)^2)
 * group   [n] rows with equal numbers stay in one fold; NULL = every row for itself
 * seed    of the folds
 * ds      uninitialised; empty on failure
 * NaN     not allowed in x and y (TL_DATA)
 * fails   TL_SHAPE; TL_DATA fewer than 3 rows (3 groups when lambda is chosen), or all rows of x
 *         are equal; TL_NOMEM
 * cost    n^2 (p_in + p_out) + n^3 / 3, times 41 when lambda is chosen
 * source  Wang, Veltkamp & Kowalski 1991, Anal. Chem. 63:2750; Bouveresse & Massart 1996, Vib.
 *         Spectrosc. 11:3 */
tl_code tl_fusion_ds_fit(const tl_matrix *x, const tl_matrix *y, double lambda,
                         const ptrdiff_t *group, int64_t seed, tl_ds *ds, tl_err *err);

/* Lab-like spectra of satellite spectra.
 *
 * x      [n, p_in]
 * y      uninitialised, becomes [n, p_out]
 * NaN    a row with a NaN becomes a row of NaN
 * fails  TL_SHAPE; TL_NOMEM */
tl_code tl_fusion_ds_apply(const tl_ds *ds, const tl_matrix *x, tl_matrix *y, tl_err *err);

/* The same map as y = intercept + coefficients x.
 *
 * coefficients  uninitialised, becomes F' [p_out, p_in]
 * intercept     [p_out]
 * fails         TL_NOMEM */
tl_code tl_fusion_ds_linear(const tl_ds *ds, tl_matrix *coefficients, double *intercept,
                            tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_fusion_ds_free(tl_ds *ds);

#endif
