/* SPDX-License-Identifier: GPL-2.0-or-later
 * How much scores would vary with other samples: bootstrap intervals. */
#ifndef TL_INVERSION_BOOTSTRAP_H
#define TL_INVERSION_BOOTSTRAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "inversion/scores.h"

typedef struct tl_bootstrap_options {
    int draws;    /* 100 or more */
    double level; /* in (0, 1), for example 0.95 */
    int64_t seed;
    uint32_t index; /* two runs with the same seed and index have the same draws */
    int threads;    /* the result does not depend on it */
} tl_bootstrap_options;

/* 2000 draws, level 0.95, seed 0, one thread. */
tl_bootstrap_options tl_inversion_bootstrap_defaults(void);

typedef enum tl_interval_method {
    TL_INTERVAL_NONE = 0, /* no interval: the score is missing in more than a tenth of the draws */
    TL_INTERVAL_PERCENTILE, /* quantiles of the draws */
    TL_INTERVAL_BCA         /* bias-corrected and accelerated */
} tl_interval_method;

typedef struct tl_score_interval {
    double estimate; /* from the samples themselves */
    double lower;    /* NaN without interval */
    double upper;
    tl_interval_method method;
} tl_score_interval;

/* Intervals of the scores; see tl_scores for their definitions. */
typedef struct tl_score_intervals {
    ptrdiff_t groups; /* number of groups */
    tl_score_interval r2;
    tl_score_interval rmse;
    tl_score_interval mae;
    tl_score_interval rpiq;
    tl_score_interval bias;
    tl_score_interval sep;
    tl_score_interval slope;
    tl_score_interval ccc;
} tl_score_intervals;

/* Bootstrap intervals of the scores of one set of predictions. `draws` times, as many groups as the
 * data have are drawn with replacement, with all their samples, and scored. The models are not
 * fitted again: the interval is for other samples and the same models.
 *
 * BCa with 20 groups or more, where b* are the scores of the draws, b the score of the data, b_(g)
 * those without group g and m their mean:
 *   z0 = Phi^-1(share of b* < b, equal ones by half),
 *   a  = sum (m - b_(g))^3 / (6 (sum (m - b_(g))^2)^1.5),
 *   the end for alpha is the quantile (type 6) of b* at Phi(z0 + (z0 + z)/(1 - a (z0 + z))),
 *   z = Phi^-1(alpha).
 * Plain quantiles at alpha for fewer groups, for rpiq (quartiles do not change smoothly), and where
 * z0 or a do not exist. Draws in which the score is missing are excluded; with more than a tenth of
 * them there is no interval.
 *
 * observed   [n] finite, unit of y
 * predicted  [n] finite, unit of y
 * group      [n] samples with equal numbers depend on each other; NULL = all independent
 * fails      TL_ARG draws or level outside their range; TL_DATA fewer than 3 groups; TL_NOMEM
 * cost       O((draws + groups) n log n)
 * source     Efron 1987, J. Am. Stat. Assoc. 82:171; Davison & Hinkley 1997, section 5.3; groups:
 *            Davison & Hinkley 1997, section 3.8 */
tl_code tl_inversion_bootstrap(const double *observed, const double *predicted, ptrdiff_t n,
                               const ptrdiff_t *group, const tl_bootstrap_options *options,
                               tl_score_intervals *out, tl_err *err);

/* Intervals of score(a) - score(b) for two sets of predictions of the same samples: both are scored
 * on the same draws, so that the difficulty of the samples cancels out.
 *
 * everything else as tl_inversion_bootstrap */
tl_code tl_inversion_bootstrap_difference(const double *observed, const double *predicted_a,
                                          const double *predicted_b, ptrdiff_t n,
                                          const ptrdiff_t *group,
                                          const tl_bootstrap_options *options,
                                          tl_score_intervals *out, tl_err *err);

#endif
