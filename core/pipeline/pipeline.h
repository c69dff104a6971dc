/* SPDX-License-Identifier: GPL-2.0-or-later
 * Nested cross-validation of recipes, its reference methods, and the final fit. */
#ifndef TL_PIPELINE_PIPELINE_H
#define TL_PIPELINE_PIPELINE_H

#include <stddef.h>

#include "base/progress.h"
#include "inversion/bootstrap.h"
#include "inversion/folds.h"
#include "inversion/permutation.h"
#include "inversion/scores.h"
#include "pipeline/function.h"

enum { tl_pipeline_min_samples = 10 };

typedef struct tl_pipeline_options {
    tl_function_options fit; /* its seed also determines the folds and the bootstrap */
    tl_division_kind division;
    int folds;         /* RANDOM, SPATIAL: outer folds, >= 2 */
    double block_side; /* SPATIAL: map units; 0 = chosen from the data */
    const int *given;  /* GIVEN: [n]; borrowed */
    int repeats;       /* >= 1; 1 for the kinds without random draws */
    double level;      /* of the prediction intervals, in (0, 1) */
    int bootstrap;     /* draws for the intervals of the scores; 0 = none */
    int kriging;       /* 1: with kriging of the coordinates as a reference, if they are known */
    int threads;
} tl_pipeline_options;

/* One recipe of scene features with PLSR; 5 inner and 5 outer random folds, 10 repeats, level 0.90,
 * 2000 draws, kriging, seed 1, one thread, no logarithm, ridge transfer. */
tl_pipeline_options tl_pipeline_defaults(void);

/* The result. Owner. All out-of-fold values come from functions that were not fitted on the sample.
 * Samples that are never tested (division GRADIENT or GIVEN) have NaN. */
typedef struct tl_validation {
    ptrdiff_t n;
    ptrdiff_t tested; /* samples that are in some fold */
    int folds;
    int repeats;
    int log;
    ptrdiff_t blocks;       /* SPATIAL: of the first repeat, else 0 */
    double block_side;      /* SPATIAL: map units, else 0 */
    tl_matrix predicted;    /* [repeats, n] out-of-fold, unit of y */
    tl_matrix mean_only;    /* [repeats, n] mean of the training values of the same fold */
    tl_matrix kriging;      /* [repeats, n] from the coordinates alone; empty without coordinates */
    tl_matrix value;        /* [repeats, n] out-of-fold, scale of the model */
    tl_scores *scores;      /* [repeats] of predicted */
    tl_scores *log_scores;  /* [repeats] of value against log(y); NULL without log */
    tl_scores *mean_scores; /* [repeats] of mean_only */
    tl_scores *kriging_scores; /* [repeats]; NULL without kriging */
    /* Intervals of tl_pipeline_score_intervals, and of the differences to kriging (to the mean
     * without coordinates); groups is 0 when not wanted. */
    tl_score_intervals interval;
    tl_score_intervals gain;
    int *recipe;             /* [repeats * folds] chosen inside */
    int *components;         /* [repeats * folds] of PLSR; else 0 */
    int *all_folds;          /* [repeats * n] fold of sample i in repeat r at r n + i; -1 = never */
    int *fold;               /* [n] folds of the first repeat */
    tl_function *fold_model; /* [folds] functions of the first repeat, for the intervals */
    double *residual;        /* [n] |y - out-of-fold value| of the first repeat, model scale */
    double *lower;           /* [n] interval of every sample from the other folds, unit of y */
    double *upper;
    double coverage; /* share of tested samples inside their interval */
} tl_validation;

/* Nested cross-validation: everything is fitted in each of repeats x folds training sets, with
 * inner folds for all choices.
 *
 * The interval of a sample is its out-of-fold value of the first repeat -/+ the quantile ceil(level
 * (m + 1)) of the m residuals of the other folds, back-transformed. The interval of a sample comes
 * from a function that was not fitted on it, so coverage is unbiased. There are fewer random folds
 * than options->folds when there are fewer independent samples.
 *
 * Kriging is left out when it is not possible with the coordinates.
 *
 * out     uninitialised; empty on failure; does not depend on the number of threads
 * NaN     not allowed in data
 * fails   TL_DATA fewer than tl_pipeline_min_samples samples or too few for the level, a
 *         constant property, or the errors of the division; TL_ARG options outside their ranges;
 *         the errors of the fits; TL_NOMEM; TL_CANCELLED
 * cost    repeats * folds fits
 * source  Varma & Simon 2006, BMC Bioinformatics 7:91 */
tl_code tl_pipeline_validate(const tl_pipeline_data *data, const tl_pipeline_options *options,
                             const tl_progress *progress, tl_validation *out, tl_err *err);

/* Bootstrap intervals of the scores of all repeats together. A sample is drawn with its predictions
 * of all repeats, so that the interval is about other samples and not about other folds. The R2,
 * MAE and bias of the pool are the means over the repeats; the other scores are close to theirs.
 *
 * y          [n] unit of y
 * group      [n] samples that depend on each other; NULL = all independent
 * all_folds  [repeats * n] as in tl_validation; samples with -1 do not count
 * predicted  [repeats, n] out-of-fold, finite where tested
 * reference  [repeats, n] the same of a reference, on the same folds; NULL = no differences
 * options    its bootstrap draws, seed and threads; the result does not depend on the threads
 * gain       out: scores of predicted minus scores of reference; untouched without reference
 * fails      as tl_inversion_bootstrap; TL_NOMEM
 * cost       as tl_inversion_bootstrap of repeats * n samples */
tl_code tl_pipeline_score_intervals(const double *y, const ptrdiff_t *group, const int *all_folds,
                                    const tl_matrix *predicted, const tl_matrix *reference,
                                    const tl_pipeline_options *options,
                                    tl_score_intervals *interval, tl_score_intervals *gain,
                                    tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_pipeline_validation_free(tl_validation *v);

/* The final function: fitted on all rows, with separate inner folds.
 *
 * given   as in tl_pipeline_function_fit
 * f       uninitialised; empty on failure
 * fails   as tl_pipeline_training_take and tl_pipeline_function_fit */
tl_code tl_pipeline_finish(const tl_pipeline_data *data, const tl_pipeline_options *options,
                           tl_transfer *given, tl_function *f, tl_err *err);

/* How often permuted values reach the R2 of the first repeat: the whole nested procedure runs once
 * for every permutation, on the folds of the first repeat.
 *
 * validation    of the same data and options
 * permutations  1 or more
 * fails         as tl_pipeline_validate and tl_inversion_permutation_test
 * cost          permutations * folds fits */
tl_code tl_pipeline_permute(const tl_pipeline_data *data, const tl_pipeline_options *options,
                            const tl_validation *validation, ptrdiff_t permutations,
                            const tl_progress *progress, tl_permutation_result *out, tl_err *err);

/* From the scale of the model to the unit of the property. */
double tl_pipeline_to_unit(const tl_function *f, int log_y, double value);

/* Whether the logarithm suits the property better: all values are positive, their skewness is above
 * 1, and the skewness of the logarithms is smaller in size. Uses the property alone, never a
 * spectrum.
 *
 * y       [n] finite
 * wanted  out: 1 or 0
 * fails   TL_NOMEM */
tl_code tl_pipeline_wants_log(const double *y, ptrdiff_t n, int *wanted, tl_err *err);

/* Errors of the model with and without logarithm, in the unit of the property: RMSE of one nested
 * cross-validation each, on the same folds, which differ from those of tl_pipeline_validate. Only
 * the first recipe is tried, with PLSR, and with direct standardisation instead of a fusion
 * network: the question is about the property, and the choices would need too much time.
 *
 * plain_rmse, log_rmse  out
 * fails                 as tl_pipeline_validate; TL_DATA a property <= 0
 * cost                  2 * folds fits */
tl_code tl_pipeline_compare_log(const tl_pipeline_data *data, const tl_pipeline_options *options,
                                const tl_progress *progress, double *plain_rmse, double *log_rmse,
                                tl_err *err);

/* 1 when the logarithm suggested by tl_pipeline_wants_log should not be used: its error is more
 * than a tenth above that of the plain model. If the logarithm of a few samples is extrapolated,
 * the exponential of the prediction can become arbitrarily large, and no map should have such
 * cells. */
int tl_pipeline_log_harms(double plain_rmse, double log_rmse);

#endif
