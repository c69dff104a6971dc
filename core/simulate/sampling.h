/* SPDX-License-Identifier: GPL-2.0-or-later
 * Positions of soil samples: a stratified random sample, with a minimum distance from each other
 * and from edges. */
#ifndef TL_SIMULATE_SAMPLING_H
#define TL_SIMULATE_SAMPLING_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* Chooses n cells of the area. The area is divided into about n squares, which are visited in
 * random order; in each one a random cell is chosen whose distance to every earlier sample is at
 * least half the side of a square. Squares with NoData are skipped in favour of others; when a
 * whole round adds nothing the distance shrinks by a fifth.
 *
 * valid   [nrow, ncol]; NaN = cell cannot be sampled
 * margin  cells kept free towards the edge and towards NoData
 * row     [n] out: cells of the samples
 * col     [n] out
 * fails   TL_DATA the area has fewer than n cells for sampling (the sentence states how many);
 *         TL_NOMEM */
tl_code tl_simulate_sample_cells(int64_t seed, const float *valid, ptrdiff_t nrow, ptrdiff_t ncol,
                                 ptrdiff_t margin, ptrdiff_t n, ptrdiff_t *row, ptrdiff_t *col,
                                 tl_err *err);

/* Position of sample i inside its cell: offsets from the centre in cells, each in (-0.35, 0.35). */
void tl_simulate_sample_offset(int64_t seed, ptrdiff_t i, double *d_row, double *d_col);

#endif
