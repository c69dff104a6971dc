/* SPDX-License-Identifier: GPL-2.0-or-later
 * Prediction intervals from cross-validation: CV+ of Barber, Candes, Ramdas & Tibshirani (2021). */
#ifndef TL_INVERSION_INTERVAL_H
#define TL_INVERSION_INTERVAL_H

#include <stddef.h>

#include "base/status.h"

/* Owner: the absolute out-of-fold residuals, largest first inside each fold. */
typedef struct tl_cv_plus {
    int k;       /* folds */
    ptrdiff_t n; /* samples */
    /* The interval ends at the rank-th smallest f - r and at the rank-th largest f + r. */
    ptrdiff_t rank;
    ptrdiff_t *first; /* [k + 1] */
    double *residual; /* [n]; fold j holds first[j] .. first[j+1]-1 */
} tl_cv_plus;

enum { tl_cv_plus_max_folds = 64 };

/* floor((1 - level) (n + 1)): below 1, n samples are too few for an interval of that level.
 * fails  TL_ARG level outside (0, 1); TL_DATA too few samples */
tl_code tl_inversion_cv_plus_rank(ptrdiff_t n, double level, ptrdiff_t *rank, tl_err *err);

/* Prepares intervals.
 *
 * residual  [n] |y_i - f_-k(i)(x_i)|, finite
 * fold      [n] 0 .. k-1
 * k         1 .. tl_cv_plus_max_folds
 * level     intended coverage in (0, 1), for example 0.90; rank = floor((1 - level) (n + 1))
 * fails     TL_DATA n is too small for the level (rank 0); TL_ARG level or k outside their range;
 *           TL_NOMEM
 * source    Barber, Candes, Ramdas & Tibshirani 2021, Ann. Stat. 49:486, section 3 */
tl_code tl_inversion_cv_plus_init(tl_cv_plus *c, const double *residual, const int *fold,
                                  ptrdiff_t n, int k, double level, tl_err *err);

/* The interval of one new sample: lower = rank-th smallest of f_k(i) - r_i, upper = rank-th largest
 * of f_k(i) + r_i.
 *
 * prediction  [k] of the fold models, unit of the residuals
 * lower       out, same unit
 * upper       out, same unit
 * NaN         a NaN prediction makes both NaN
 * cost        O(rank k): the sorted lists are merged from their ends, nothing is sorted per sample;
 *             no allocation */
void tl_inversion_cv_plus_interval(const tl_cv_plus *c, const double *prediction, double *lower,
                                   double *upper);

/* The same for n samples at once, with the same bits.
 *
 * prediction  [k, stride] fold j for sample i at prediction[j * stride + i]
 * stride      >= n
 * lower       [n] out
 * upper       [n] out
 * NaN         a NaN prediction makes both of its sample NaN
 * cost        O(rank^2 k / 2) simple steps side by side for small ranks */
void tl_inversion_cv_plus_intervals(const tl_cv_plus *c, const double *prediction, ptrdiff_t stride,
                                    ptrdiff_t n, double *lower, double *upper);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_inversion_cv_plus_free(tl_cv_plus *c);

#endif
