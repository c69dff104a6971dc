/* SPDX-License-Identifier: GPL-2.0-or-later
 * Search for the seeds whose generated spectra correlate best with soil properties, and what the
 * same search would find by chance. Formulas in docs/methods/fusion.md. */
#ifndef TL_FUSION_SEED_SEARCH_H
#define TL_FUSION_SEED_SEARCH_H

#include <stddef.h>
#include <stdint.h>

#include "base/matrix.h"
#include "base/progress.h"
#include "base/status.h"
#include "fusion/transfer.h"
#include "spectra/savgol.h"

/* How the spectra of a seed are scored against a property: the largest |r| over the bands, or its
 * mean; r is Pearson's or Spearman's. Words: "max", "mean", "max_spearman", "mean_spearman". */
typedef enum tl_seed_score {
    TL_SEED_MAX = 0,
    TL_SEED_MEAN,
    TL_SEED_MAX_SPEARMAN,
    TL_SEED_MEAN_SPEARMAN
} tl_seed_score;

enum { TL_SEEDS_MAX_KEPT = 16 };

typedef struct tl_seed_search_options {
    int64_t first; /* seeds first .. last are tried */
    int64_t last;
    tl_seed_score score;
    int kept;               /* best seeds of each property, 1 .. TL_SEEDS_MAX_KEPT */
    ptrdiff_t permutations; /* searches of permuted properties, >= 0 */
    int64_t seed;           /* of the permutations */
    int threads;
} tl_seed_search_options;

/* -9999 .. 9999, max, 3 kept, no permutations, seed 1, one thread. */
tl_seed_search_options tl_fusion_seed_search_defaults(void);

/* What was found for one property. */
typedef struct tl_seed_found {
    int64_t seed[TL_SEEDS_MAX_KEPT]; /* best first; of equal scores the lower seed */
    double score[TL_SEEDS_MAX_KEPT];
    double floor; /* expected by chance: tl_fusion_seed_floor, 30 independent directions */
    double p;     /* (1 + permutations reaching score[0]) / (1 + permutations); NaN without */
} tl_seed_found;

/* Owner; zeroed = empty. */
typedef struct tl_seed_search {
    ptrdiff_t n_property;
    tl_seed_found *found; /* [n_property] */
    tl_matrix null;       /* [n_property, permutations] best score of each permuted property */
} tl_seed_search;

/* Tries all seeds on the given rows, all properties in one pass. Pass training rows only: a score
 * on rows that were part of the search is no measure for other rows.
 *
 * transfer   a trained network (TL_TRANSFER_VAE)
 * satellite  [n, n_in]
 * row        [n] numbers of the rows, for masks per sample; NULL = masks shared by all (vae.h)
 * property   [n_property, n]; NaN = the sample has no value of this property
 * smooth     of the n_out generated bands; NULL = none
 * out        uninitialised; empty on failure; does not depend on threads
 * NaN        not allowed in satellite
 * fails      TL_ARG options, another kind of transfer; TL_SHAPE; TL_DATA fewer than 4 values, or a
 *            constant property; TL_NOMEM; TL_CANCELLED
 * cost       n (weights of all layers but the first) multiply-adds per seed, and n n_out
 *            (n_property (1 + permutations) + smoothing window) */
tl_code tl_fusion_search_seeds(const tl_transfer *transfer, const tl_matrix *satellite,
                               const ptrdiff_t *row, const tl_matrix *property,
                               const tl_savgol *smooth, const tl_seed_search_options *options,
                               const tl_progress *progress, tl_seed_search *out, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_fusion_seed_search_free(tl_seed_search *s);

/* The mean of the smoothed spectra that several seeds generate.
 *
 * row        [satellite->nrow] numbers of the rows for masks per sample; NULL = shared masks
 * seed       [n_seed]
 * generated  uninitialised, becomes [n, n_out]; empty on failure
 * NaN        a row with a NaN becomes a row of NaN
 * fails      TL_ARG no seed, another kind of transfer; TL_SHAPE; TL_NOMEM */
tl_code tl_fusion_apply_seeds(const tl_transfer *transfer, const tl_matrix *satellite,
                              const ptrdiff_t *row, const int64_t *seed, ptrdiff_t n_seed,
                              const tl_savgol *smooth, tl_matrix *generated, tl_err *err);

/* Approximate largest |r| by chance among `tries` seeds, each with `directions` independent
 * spectral directions, and n samples: sqrt(1 - (tries directions)^(-2 / (n - 2))).
 *
 * NaN  returned for n < 3 */
double tl_fusion_seed_floor(double tries, double directions, ptrdiff_t n);

#endif
