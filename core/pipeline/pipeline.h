/* SPDX-License-Identifier: GPL-2.0-or-later
 * Nested cross-validation of a pipeline and its final fit. */
#ifndef TL_PIPELINE_PIPELINE_H
#define TL_PIPELINE_PIPELINE_H

#include <stddef.h>

#include "base/progress.h"
#include "pipeline/function.h"

enum { tl_pipeline_fewest_samples = 10 };

/* What came out. Owner. Everything out-of-fold comes from functions that never saw the sample. */
typedef struct tl_validation {
    ptrdiff_t n;
    int folds;
    int repeats;
    int log;
    tl_matrix predicted;     /* [repeats, n] out-of-fold, unit of y */
    tl_matrix mean_only;     /* [repeats, n] mean of the training values of the same fold */
    tl_matrix value;         /* [repeats, n] out-of-fold, scale of the model */
    tl_scores *scores;       /* [repeats] of predicted */
    tl_scores *log_scores;   /* [repeats] of value against log(y); NULL without log */
    tl_scores *mean_scores;  /* [repeats] of mean_only */
    int *components;         /* [repeats * folds] chosen inside */
    int *fold;               /* [n] folds of the first repeat */
    tl_function *fold_model; /* [folds] functions of the first repeat, for the intervals */
    double *residual;        /* [n] |y - out-of-fold value| of the first repeat, model scale */
    double *lower;           /* [n] interval of every sample from the other folds, unit of y */
    double *upper;
    double coverage; /* share of samples inside their interval */
} tl_validation;

/* Nested cross-validation: in each of repeats x outer_folds training sets everything is fitted
 * anew, with inner folds for the number of components.
 *
 * The interval of a sample is its out-of-fold value of the first repeat -/+ the quantile
 * ceil(level (m + 1)) of the m residuals of the other folds, back-transformed. A function that
 * never saw a sample makes its interval, so coverage is an honest count. There are fewer folds than
 * asked for when there are fewer independent samples.
 *
 * out     uninitialised; empty on failure; does not depend on the number of threads
 * NaN     not allowed in data
 * fails   TL_DATA fewer than tl_pipeline_fewest_samples samples or too few for the level, or a
 *         constant property; TL_ARG
 *         options outside their ranges; what the fits fail with; TL_NOMEM; TL_CANCELLED
 * cost    repeats * outer_folds fits
 * source  Varma & Simon 2006, BMC Bioinformatics 7:91 */
tl_code tl_pipeline_validate(const tl_pipeline_data *data, const tl_pipeline_options *options,
                             const tl_progress *progress, tl_validation *out, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_validation_free(tl_validation *v);

/* The function to be used: fitted on all rows, with inner folds of its own.
 *
 * given   as in tl_function_fit
 * f       uninitialised; empty on failure
 * fails   as tl_training_take and tl_function_fit */
tl_code tl_pipeline_finish(const tl_pipeline_data *data, const tl_pipeline_options *options,
                           tl_transfer *given, tl_function *f, tl_err *err);

/* From the scale of the model to the unit of the property. */
double tl_pipeline_to_unit(const tl_function *f, int log_y, double value);

/* Whether the logarithm suits the property better: all values are positive, their skewness is above
 * 1, and the skewness of the logarithms is smaller in size. Looks at the property alone, never at a
 * spectrum.
 *
 * y       [n] finite
 * wanted  out: 1 or 0
 * fails   TL_NOMEM */
tl_code tl_pipeline_wants_log(const double *y, ptrdiff_t n, int *wanted, tl_err *err);

/* Errors of the model with and without logarithm, in the unit of the property: RMSE of one nested
 * cross-validation each, on the same folds, which are others than those of tl_pipeline_validate. A
 * fusion network is stood in for by direct standardisation: training it ten times more would take
 * long, and the question is one of the property.
 *
 * plain_rmse, log_rmse  out
 * fails                 as tl_pipeline_validate; TL_DATA a property <= 0
 * cost                  2 * outer_folds fits */
tl_code tl_pipeline_compare_log(const tl_pipeline_data *data, const tl_pipeline_options *options,
                                const tl_progress *progress, double *plain_rmse, double *log_rmse,
                                tl_err *err);

/* 1 when a logarithm that tl_pipeline_wants_log asks for should be dropped again: its error is more
 * than a tenth above that of the plain model. A few samples whose logarithm is extrapolated make
 * the exponential of the prediction arbitrarily large, and no map should have such cells. */
int tl_pipeline_log_harms(double plain_rmse, double log_rmse);

#endif
