/* SPDX-License-Identifier: GPL-2.0-or-later
 * Competitive adaptive reweighted sampling (CARS): selects the bands that a partial least squares
 * regression needs. */
#ifndef TL_INVERSION_CARS_H
#define TL_INVERSION_CARS_H

#include <stddef.h>
#include <stdint.h>

#include "base/matrix.h"
#include "base/progress.h"
#include "base/status.h"

typedef struct tl_cars_options {
    int iterations;    /* N, 2 .. 1000 */
    double row_share;  /* share of the rows drawn for the weights of a step, 0.1 .. 1 */
    int folds;         /* 2 .. 100, of the cross-validation of every step */
    int components;    /* maximum, 1 .. 100 */
    int deterministic; /* 1: all rows, no weighted sampling of bands, one run */
    int runs;          /* 1 .. 1000 */
    double
        keep_share; /* share of the runs that must choose a band when there are several, 0 .. 1 */
    int64_t seed;
    int threads;
} tl_cars_options;

/* The selection, and its history. Owner; zeroed = empty. */
typedef struct tl_cars {
    ptrdiff_t p;
    int runs;
    int iterations;
    int *chosen; /* [p] 1: selected */
    ptrdiff_t n_chosen;
    double *frequency; /* [p] share of the runs that chose the band */
    tl_matrix size;    /* [runs, iterations] bands of every step; 0 after the last step */
    tl_matrix rmsecv;  /* [runs, iterations] unit of y; NaN after the last step. The value at the
                        * chosen step is a minimum, hence not a measure of accuracy */
    int *components;   /* [runs * iterations] with that RMSECV */
    int *best;         /* [runs] step (from 0) whose bands the run chose */
    tl_matrix path;    /* [iterations, p] coefficients of the steps of the first run, in units of y
                        * per standard deviation of the band; NaN: band not in the step */
} tl_cars;

/* 50 steps, 0.8 of the rows, 5 folds, 10 components, 20 runs, bands in at least 0.3 of them; seed
 * 1; one thread. */
tl_cars_options tl_inversion_cars_defaults(void);

/* Checks every range.
 *
 * fails  TL_ARG with the name of the option */
tl_code tl_inversion_cars_options_check(const tl_cars_options *o, tl_err *err);

/* Number of bands of step i (from 0) of n by the exponentially decreasing function: round(p a
 * exp(-k (i + 1))) with k = ln(p / 2) / (n - 1), a = (p / 2)^(1 / (n - 1)), halves up, at least 2
 * (or p). The first step has p bands, the last one 2. */
ptrdiff_t tl_inversion_cars_size(ptrdiff_t p, int n, int i);

/* Runs the selection. X is autoscaled and y centred with all rows. Every step
 *   1. finds the RMSECV of its bands: the smallest over the numbers of components of K-fold
 *      cross-validation on all rows, with the same folds in every step of a run;
 *   2. fits floor(row_share n) rows drawn without replacement with the maximum number of
 *      components;
 *   3. keeps the bands with the largest |coefficients| (the first of equal ones, none that is
 *      zero), tl_inversion_cars_size of them;
 *   4. draws p times with replacement among them with probabilities in the ratio of the
 *      |coefficients|; the distinct ones are the bands of the next step.
 * The bands of a run are those of the step with the smallest RMSECV; of equal ones the smaller set,
 * then the earlier step. Over several runs, each with its own folds and draws, the bands chosen in
 * at least keep_share of them are kept; if these are fewer than two, the two most frequent ones.
 *
 * x         [n, p] finite; n >= 5
 * y         [n] finite
 * group     [n] rows with the same number stay in one fold; NULL = all rows independent
 * fold      [n] 0 .. folds-1 given, for all runs; NULL = drawn
 * index     number of the selection: it and the run determine the random draws
 * progress  NULL = silent
 * out       uninitialised; empty on failure; the same for any number of threads
 * fails     TL_ARG; TL_DATA fewer than 5 rows, fewer groups than folds, all bands constant, or y
 *           constant; TL_NOMEM; TL_CANCELLED
 * cost      about runs n^2 p (for n < p) multiply-adds per component and step
 * source    Li, Liang, Xu & Cao 2009, Anal. Chim. Acta 648:77 */
tl_code tl_inversion_cars(const tl_matrix *x, const double *y, const ptrdiff_t *group,
                          const int *fold, const tl_cars_options *o, uint32_t index,
                          const tl_progress *progress, tl_cars *out, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_inversion_cars_free(tl_cars *cars);

#endif
