/* SPDX-License-Identifier: GPL-2.0-or-later
 * Where soil samples are taken: stratified at random, apart from each other, away from edges. */
#ifndef TL_SIMULATE_SAMPLING_H
#define TL_SIMULATE_SAMPLING_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* Chooses n cells of the area. The area is cut into about n squares, which are visited in random
 * order; in each one a random cell is taken whose distance to every earlier sample is at least
 * half the side of a square. Squares that hold NoData give their turn to others; when a whole round
 * adds nothing the distance shrinks by a fifth.
 *
 * valid   [nrow, ncol]; NaN = cell cannot be sampled
 * margin  cells kept free towards the edge and towards NoData
 * row     [n] out: cells of the samples
 * col     [n] out
 * fails   TL_DATA the area has fewer than n cells for sampling (says how many); TL_NOMEM */
tl_code tl_simulate_sample_cells(int64_t seed, const float *valid, ptrdiff_t nrow, ptrdiff_t ncol,
                                 ptrdiff_t margin, ptrdiff_t n, ptrdiff_t *row, ptrdiff_t *col,
                                 tl_err *err);

/* Where sample i lies inside its cell: offsets from the centre in cells, each in (-0.35, 0.35). */
void tl_simulate_sample_offset(int64_t seed, ptrdiff_t i, double *d_row, double *d_col);

#endif
