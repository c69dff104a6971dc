/* SPDX-License-Identifier: GPL-2.0-or-later
 * Correlation of one set of generated spectra with several properties and their permutations; the
 * inner loop of the seed search. */
#ifndef TL_FUSION_SEED_SCORE_H
#define TL_FUSION_SEED_SCORE_H

#include <stddef.h>
#include <stdint.h>

#include "base/matrix.h"
#include "base/status.h"
#include "spectra/savgol.h"

/* What spectra are compared with. Target t (1 + permutations) is property t itself, followed by its
 * permutations. Owner; zeroed = empty. */
typedef struct tl_seed_targets {
    ptrdiff_t n_property;
    ptrdiff_t permutations;
    int by_ranks;      /* Spearman's r instead of Pearson's */
    int by_mean;       /* mean |r| over the bands instead of the largest */
    ptrdiff_t *count;  /* [n_property] samples with a value of the property */
    tl_matrix present; /* [n_property, n] 1 or 0 */
    tl_matrix target;  /* [n_property (1 + permutations), n] mean 0, length 1; 0 where missing */
} tl_seed_targets;

/* Prepares the targets.
 *
 * property  [n_property, n]; NaN = missing
 * seed      of the permutations
 * targets   uninitialised; empty on failure
 * fails     TL_DATA fewer than 4 values, or a constant property; TL_NOMEM */
tl_code tl_fusion_seed_targets_init(tl_seed_targets *targets, const tl_matrix *property,
                                    int by_ranks, int by_mean, ptrdiff_t permutations, int64_t seed,
                                    tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_fusion_seed_targets_free(tl_seed_targets *targets);

/* Working memory of one thread. Owner; zeroed = empty. */
typedef struct tl_seed_scorer {
    const tl_savgol *smooth; /* borrowed; NULL = none */
    tl_matrix turned;        /* [window, p] its weights */
    tl_matrix smoothed;      /* [n, p] */
    tl_matrix centred;       /* [n, p] of the rows with a value of the property, else 0 */
    tl_matrix line;          /* [3, p]: means, inverse lengths, r */
    tl_matrix product;       /* [1 + permutations, p] */
    double *score;           /* [targets] the result */
} tl_seed_scorer;

/* fails  TL_NOMEM */
tl_code tl_fusion_seed_scorer_init(tl_seed_scorer *scorer, const tl_seed_targets *targets,
                                   const tl_savgol *smooth, ptrdiff_t p, tl_err *err);

/* Smooths spectra and writes the score of every target to scorer->score. A band that does not vary
 * has r = 0.
 *
 * spectra  [n, p]
 * fails    TL_NOMEM with ranks only */
tl_code tl_fusion_seed_scores(tl_seed_scorer *scorer, const tl_seed_targets *targets,
                              const tl_matrix *spectra, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_fusion_seed_scorer_free(tl_seed_scorer *scorer);

#endif
