/* SPDX-License-Identifier: GPL-2.0-or-later
 * Folds that keep the rows of one sample together. */
#ifndef TL_FUSION_GROUPS_H
#define TL_FUSION_GROUPS_H

#include <stddef.h>
#include <stdint.h>

#include "base/matrix.h"
#include "base/status.h"

/* Divides the groups of n rows at random into k folds with nearly equal numbers of groups.
 *
 * group  [n] any numbers, equal = same group; NULL = every row for itself
 * index  keeps apart the uses of one seed (repeats, inner folds)
 * fold   [n] the fold of every row, 0..k-1
 * fails  TL_DATA fewer groups than folds
 * cost   O(n log n) */
tl_code tl_fusion_divide_groups(const ptrdiff_t *group, ptrdiff_t n, ptrdiff_t k, int64_t seed,
                                uint32_t index, ptrdiff_t *fold, tl_err *err);

/* The same with max_folds folds, or as many folds as groups where there are fewer groups.
 *
 * folds  out, number of folds, at least 2
 * fails  TL_DATA fewer than 3 groups; TL_NOMEM */
tl_code tl_fusion_divide_up_to(const ptrdiff_t *group, ptrdiff_t n, ptrdiff_t max_folds,
                               int64_t seed, uint32_t index, ptrdiff_t *fold, ptrdiff_t *folds,
                               tl_err *err);

/* The rows of x inside or outside a fold.
 *
 * fold    [x->nrow]
 * k       the fold
 * inside  1: its rows; 0: all others
 * out     uninitialised; empty on failure
 * fails   TL_NOMEM */
tl_code tl_fusion_take_fold(const tl_matrix *x, const ptrdiff_t *fold, ptrdiff_t k, int inside,
                            tl_matrix *out, tl_err *err);

/* Mean and standard deviation (n - 1) of every column of x.
 *
 * floor  smallest standard deviation returned
 * mean   [x->ncol]
 * sd     [x->ncol]; NULL = not wanted */
void tl_fusion_mean_sd(const tl_matrix *x, double floor, double *mean, double *sd);

/* Writes the mean of every column of x into mean [x->ncol] and subtracts it from all rows. */
void tl_fusion_centre(tl_matrix *x, double *mean);

/* The pairs outside and inside a fold, with the spread of the lab bands outside it. Owner. */
typedef struct tl_fold_rows {
    tl_matrix x; /* training rows */
    tl_matrix y;
    tl_matrix x_test; /* rows of the fold */
    tl_matrix y_test;
    tl_matrix sd;     /* [2, q]: of y, at least 1e-6; second row its mean */
    ptrdiff_t *group; /* of the training rows; NULL without groups */
    ptrdiff_t number; /* of the fold, from 0 */
    ptrdiff_t folds;  /* number of folds */
} tl_fold_rows;

/* What is done with one fold; work is the caller's. */
typedef tl_code (*tl_fusion_fold_job)(const tl_fold_rows *f, void *work, tl_err *err);

/* Divides pairs into folds as tl_fusion_divide_up_to does, and calls job for each fold in turn.
 *
 * group  [x->nrow] of the rows; NULL = every row for itself
 * fails  as tl_fusion_divide_up_to; the errors of job, which end the loop; TL_NOMEM */
tl_code tl_fusion_for_each_fold(const tl_matrix *x, const tl_matrix *y, const ptrdiff_t *group,
                                ptrdiff_t max_folds, int64_t seed, uint32_t index,
                                tl_fusion_fold_job job, void *work, tl_err *err);

/* Adds sum(((made - y) / sd_band)^2) over all values to *sum, row by row.
 *
 * made, y  [n, q]
 * sd       [q] */
void tl_fusion_add_squares(const tl_matrix *made, const tl_matrix *y, const double *sd,
                           double *sum);

#endif
