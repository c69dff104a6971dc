/* SPDX-License-Identifier: GPL-2.0-or-later
 * What is fitted in every fold: transfer into lab space, selection, regression, and the choice
 * among recipes. The result is a function from the spectrum of a pixel to a property. */
#ifndef TL_PIPELINE_FUNCTION_H
#define TL_PIPELINE_FUNCTION_H

#include <stddef.h>
#include <stdint.h>

#include "base/matrix.h"
#include "base/status.h"
#include "inversion/regressor.h"
#include "pipeline/feature_map.h"
#include "pipeline/recipe.h"
#include "pipeline/training.h"

enum { tl_max_recipes = 32 };

/* How functions are fitted. */
typedef struct tl_function_options {
    int recipes; /* 1 .. tl_max_recipes */
    /* Tried in this order; of equal ones the first is chosen, so simpler ones should come first.
     * Those with the same features should be consecutive: their features are computed once. */
    tl_recipe recipe[tl_max_recipes];
    tl_transfer_options transfer; /* of the recipes with a transfer */
    int inner_folds;              /* >= 2, for all choices */
    int log;                      /* 1: the natural logarithm of the property is modelled */
    int64_t seed;
} tl_function_options;

/* Value on the scale of the model. Linear functions are one vector on the spectrum: value =
 * intercept + scene . x. Other functions have a map and a regressor. Owner; zeroed = empty. */
typedef struct tl_function {
    ptrdiff_t p;
    int recipe; /* the one that was chosen */
    tl_regressor_kind kind;
    tl_regressor_setting setting;
    ptrdiff_t m;       /* features of the regression */
    ptrdiff_t *chosen; /* [m] which of all features; NULL = all */
    double intercept;
    double *scene;          /* [p]; NULL when not linear */
    tl_feature_map map;     /* empty when linear */
    tl_regressor regressor; /* empty when linear */
    /* exp(value) * smearing is the property when the logarithm is modelled: the mean of
     * exp(training residual), Duan 1983, J. Am. Stat. Assoc. 78:605. Else 1. */
    double smearing;
    double inner_rmse[tl_max_recipes]; /* of each recipe in the inner folds, scale of the model */
} tl_function;

/* Fits on the training rows. With the inner folds (drawn from the seed and from index) every recipe
 * is tried: in each fold transfer, selection and regression are fitted on its learning rows alone.
 * The recipe with the smallest RMSE is fitted again on all rows, with the setting that had it.
 *
 * given   NULL, or a transfer to be used instead of a fitted one; emptied (moved into f)
 * index   number of the fit: it determines folds and draws
 * f       uninitialised; empty on failure
 * fails   TL_DATA fewer than 4 rows, or fewer than 2 independent samples; the errors of transfer,
 *         selection and regression; TL_NOMEM */
tl_code tl_pipeline_function_fit(const tl_training *t, const tl_function_options *o,
                                 tl_transfer *given, uint32_t index, tl_function *f, tl_err *err);

/* Values on the scale of the model.
 *
 * projection  of the data that it was fitted on; NULL = none
 * x           [n, p] spectra of pixels; lab spectra for lab features
 * value       [n] out
 * NaN         a row with a NaN has the value NaN
 * fails       TL_SHAPE; TL_NOMEM */
tl_code tl_pipeline_function_evaluate(const tl_function *f, const tl_linear *projection,
                                      const tl_matrix *x, double *value, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_pipeline_function_free(tl_function *f);

#endif
