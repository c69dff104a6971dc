/* SPDX-License-Identifier: GPL-2.0-or-later
 * Scores of predictions, and the choice of the number of components from them. */
#ifndef TL_INVERSION_SCORES_H
#define TL_INVERSION_SCORES_H

#include <stddef.h>

#include "base/matrix.h"
#include "base/status.h"

typedef struct tl_scores {
    ptrdiff_t n;
    double r2;    /* 1 - SSE / SST around the mean of the observed values; may be negative */
    double rmse;  /* unit of y */
    double mae;   /* unit of y */
    double rpiq;  /* interquartile range (type 7) of the observed values / rmse */
    double bias;  /* mean of predicted - observed, unit of y */
    double sep;   /* standard deviation (n - 1) of the errors, unit of y */
    double slope; /* of the regression of observed on predicted values */
    double ccc;   /* concordance correlation (Lin 1989) */
} tl_scores;

/* Scores of predictions.
 *
 * observed   [n] finite, unit of y
 * predicted  [n] finite, unit of y
 * NaN        r2 for fewer than 10 values, where it would be meaningless; scores that do not exist
 *            because a vector is constant
 * fails      TL_DATA n < 1; TL_NOMEM
 * source     ccc: Lin 1989, Biometrics 45:255; rpiq: Bellon-Maurel et al. 2010, Trends Anal. Chem.
 *            29:1073 */
tl_code tl_inversion_scores(const double *observed, const double *predicted, ptrdiff_t n,
                            tl_scores *scores, tl_err *err);

/* The same with quartiles of another type for rpiq: 6 (the n + 1 rule of textbooks), 7, or 8
 * (median-unbiased). With 30 samples the choice moves rpiq by a few per cent.
 *
 * fails      as tl_inversion_scores; TL_ARG another type
 * source     Hyndman & Fan 1996, Am. Stat. 50:361 */
tl_code tl_inversion_scores_of_type(const double *observed, const double *predicted, ptrdiff_t n,
                                    int quantile_type, tl_scores *scores, tl_err *err);

typedef enum tl_component_rule {
    TL_COMPONENTS_TOL = 0,      /* minimum number with RMSE <= 1.02 of the smallest */
    TL_COMPONENTS_MIN,          /* smallest RMSE (the first of equal ones) */
    TL_COMPONENTS_1SE,          /* minimum number with MSE <= smallest + its standard error */
    TL_COMPONENTS_RANDOMISATION /* minimum number not significantly worse */
} tl_component_rule;

/* Number of components from the errors of cross-validation. The standard error is the standard
 * deviation (n - 1) of the squared errors at the minimum / sqrt(n).
 *
 * Randomisation: a components are worse than the best when the mean of d_i = e_ia^2 - e_i,best^2 is
 * reached by fewer than 10 in 100 of 999 random choices of the signs of d_i, p = (1 + reached) /
 * 1000 < 0.10. The signs depend only on sample number and a, so equal errors have equal results.
 *
 * squared_errors  [n, A] column a - 1 holds the errors with a components; A >= 1, n >= 1
 * returns         1 .. A
 * source          1se: Hastie, Tibshirani & Friedman 2009, section 7.10; randomisation: van der
 *                 Voet 1994, Chemom. Intell. Lab. Syst. 25:313 */
int tl_inversion_choose_components(const tl_matrix *squared_errors, tl_component_rule rule);

#endif
