/* SPDX-License-Identifier: GPL-2.0-or-later
 * Maps smoothed by the mean of a square window, with gaps filled. */
#ifndef TL_ATMOSPHERE_BOXMEAN_H
#define TL_ATMOSPHERE_BOXMEAN_H

#include <stddef.h>

#include "base/status.h"

typedef struct tl_map_summary {
    double median; /* of the cells with a value, before smoothing; NaN without any */
    double lowest; /* after smoothing */
    double highest;
    ptrdiff_t n_valid; /* cells with a value, before smoothing */
} tl_map_summary;

/* Replaces every cell by the mean of the values in the window around it; where it has none, by the
 * median of all.
 *
 * map      [nrow, ncol] changed in place; NaN = no value, which remains only where no cell has any
 * half     of the window: it has 2 half + 1 cells on a side
 * fails    TL_NOMEM
 * cost     O(n log n) for the median */
tl_code tl_atmosphere_box_mean(float *map, ptrdiff_t nrow, ptrdiff_t ncol, ptrdiff_t half,
                               tl_map_summary *summary, tl_err *err);

#endif
