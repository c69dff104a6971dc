/* SPDX-License-Identifier: GPL-2.0-or-later
 * Folds that keep the rows of one sample together. */
#ifndef TL_FUSION_GROUPS_H
#define TL_FUSION_GROUPS_H

#include <stddef.h>
#include <stdint.h>

#include "base/matrix.h"
#include "base/status.h"

/* Deals the groups of n rows at random into k folds of nearly equal numbers of groups.
 *
 * group  [n] any numbers, equal = same group; NULL = every row for itself
 * index  keeps apart the uses of one seed (repeats, inner folds)
 * fold   [n] the fold of every row, 0..k-1
 * fails  TL_DATA fewer groups than folds
 * cost   O(n log n) */
tl_code tl_fusion_deal_groups(const ptrdiff_t *group, ptrdiff_t n, ptrdiff_t k, int64_t seed,
                              uint32_t index, ptrdiff_t *fold, tl_err *err);

/* The same with as many folds as there are groups when these are fewer than most.
 *
 * folds  out, their number, at least 2
 * fails  TL_DATA fewer than 3 groups; TL_NOMEM */
tl_code tl_fusion_deal_up_to(const ptrdiff_t *group, ptrdiff_t n, ptrdiff_t most, int64_t seed,
                             uint32_t index, ptrdiff_t *fold, ptrdiff_t *folds, tl_err *err);

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
 * floor  smallest standard deviation given
 * mean   [x->ncol]
 * sd     [x->ncol]; NULL = not wanted */
void tl_fusion_mean_sd(const tl_matrix *x, double floor, double *mean, double *sd);

/* Mean of every column of x into mean [x->ncol], and subtracts it from all rows. */
void tl_fusion_centre(tl_matrix *x, double *mean);

/* The pairs outside and inside a fold, with the spread of the lab bands outside it. Owner. */
typedef struct tl_fold_rows {
    tl_matrix x; /* training rows */
    tl_matrix y;
    tl_matrix x_test; /* rows of the fold */
    tl_matrix y_test;
    tl_matrix sd;     /* [2, q]: of y, at least 1e-6; second row its mean */
    ptrdiff_t *group; /* of the training rows; NULL when none were given */
} tl_fold_rows;

/* Divides pairs by the fold k.
 *
 * group  [x->nrow] of the rows; NULL = none
 * f      uninitialised; empty on failure
 * fails  TL_NOMEM */
tl_code tl_fusion_open_fold(const tl_matrix *x, const tl_matrix *y, const ptrdiff_t *group,
                            const ptrdiff_t *fold, ptrdiff_t k, tl_fold_rows *f, tl_err *err);

/* Frees; zeroed and already freed owners are fine. */
void tl_fusion_fold_rows_free(tl_fold_rows *f);

#endif
