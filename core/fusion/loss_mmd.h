/* SPDX-License-Identifier: GPL-2.0-or-later
 * Maximum mean discrepancy between two sets of spectra. */
#ifndef TL_FUSION_LOSS_MMD_H
#define TL_FUSION_LOSS_MMD_H

#include "base/matrix.h"
#include "base/status.h"

enum { TL_MMD_MAX_SCALES = 8 };

/* Kernel k(a, b) = mean over scales s of exp(-|a - b|^2 / (2 s)). */
typedef struct tl_mmd {
    int n_scales; /* 1..TL_MMD_MAX_SCALES */
    double scale[TL_MMD_MAX_SCALES];
    int unbiased; /* 1: leaves out i = j and divides by n (n - 1) */
} tl_mmd;

/* Sets the five scales s0 {1/4, 1/2, 1, 2, 4} with s0 = half the median squared distance between
 * the rows of target.
 *
 * target  [n, p]; only its first 1000 rows are used
 * mmd     scales and their number are set
 * fails   TL_DATA all rows are equal, or there are fewer than 2; TL_NOMEM */
tl_code tl_fusion_mmd_scales(const tl_matrix *target, tl_mmd *mmd, tl_err *err);

/* MMD^2 between the rows of two tables. The biased form is never negative. Distances are sums of
 * squared differences, because the faster form with inner products loses digits by cancellation.
 *
 * y       [n, p], n >= 2
 * s       [m, p], m >= 2
 * weight  of the gradient
 * dy      [n, p] weight times the gradient with respect to y is added; NULL = not wanted
 * NaN     makes the result NaN
 * cost    (n^2 + m^2 + 2 n m) p / 2 for the value, (n^2 + n m) p more for the gradient; no
 *         allocation
 * source  Borgwardt et al. 2006, Bioinformatics 22:e49; Gretton et al. 2012, J. Mach. Learn. Res.
 *         13:723, eq. 3 (unbiased) and 5 (biased) */
double tl_fusion_mmd(const tl_mmd *mmd, ptrdiff_t n, ptrdiff_t m, ptrdiff_t p, const double *y,
                     const double *s, double weight, double *dy);

#endif
