/* SPDX-License-Identifier: GPL-2.0-or-later
 * Ranks of values, in which equal values share their mean rank. */
#ifndef TL_NUM_RANKS_H
#define TL_NUM_RANKS_H

#include <stddef.h>

#include "base/status.h"

/* The rank of every value among all of them.
 *
 * x      [n] any unit
 * rank   [n] out: 1 = lowest; equal values get the mean of their ranks
 * NaN    is not ranked and gets rank NaN
 * fails  TL_NOMEM
 * cost   O(n log n), 16 bytes per value while working */
tl_code tl_num_mean_ranks(const float *x, ptrdiff_t n, double *rank, tl_err *err);

#endif
