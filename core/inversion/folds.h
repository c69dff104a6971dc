/* SPDX-License-Identifier: GPL-2.0-or-later
 * How samples are divided into training and test sets. */
#ifndef TL_INVERSION_FOLDS_H
#define TL_INVERSION_FOLDS_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* Random folds of nearly equal size for n samples.
 *
 * Groups are shuffled and each goes to the fold that is smallest so far (the first of equals).
 *
 * group  [n] samples with the same number stay in one fold (replicates, samples in one pixel);
 *        NULL = every sample on its own
 * k      number of folds, 2 .. number of groups
 * seed   of the run
 * index  names the division (repeat, inner or outer), so that each is its own
 * fold   [n] out: 0 .. k-1
 * fails  TL_DATA fewer groups than folds; TL_ARG k below 2; TL_NOMEM */
tl_code tl_inversion_folds(ptrdiff_t n, const ptrdiff_t *group, int k, int64_t seed, uint32_t index,
                           int *fold, tl_err *err);

/* Number of different values in group.
 *
 * group  [n]; NULL = every sample on its own, which gives n
 * cost   O(n^2), no allocation */
ptrdiff_t tl_inversion_count_groups(const ptrdiff_t *group, ptrdiff_t n);

/* Content-gradient split: samples in stable ascending order of y; those with rank 1, 4, 7, ...
 * (counted from 0) are test samples, so both ends stay in training.
 *
 * y        [n] finite
 * is_test  [n] out: 1 test, 0 training
 * fails    TL_NOMEM */
tl_code tl_inversion_gradient_split(const double *y, ptrdiff_t n, int *is_test, tl_err *err);

#endif
