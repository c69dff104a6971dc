/* SPDX-License-Identifier: GPL-2.0-or-later
 * Preparation of measured spectra before they represent a sample: steps between the detectors of
 * the instrument, and the median of repeats. */
#ifndef TL_SPECTRA_REPEATS_H
#define TL_SPECTRA_REPEATS_H

#include <stddef.h>

#include "base/status.h"

/* The median of several spectra, band by band.
 *
 * row     [n] addresses of [p] values
 * median  [p] out
 * NaN     missing values are left out; NaN where all are missing
 * fails   TL_NOMEM
 * cost    O(p n log n) */
tl_code tl_spectra_median(double *const *row, ptrdiff_t n, ptrdiff_t p, double *median,
                          tl_err *err);

/* Moves the values of the first and of the third detector so that they meet the second one.
 *
 * The second detector's line through its two outermost bands is continued to the nearest band of
 * its neighbour; the difference there is added to all bands of that neighbour.
 *
 * wavelength_nm  [p] increasing
 * splice_nm      [2] last wavelengths of the first and the second detector; NaN = no such border
 * value          [p] changed in place
 * added          [2] out: what was added to the first and to the third detector; 0 where no shift
 *                is possible (no border, fewer than two bands in the middle, missing values) */
void tl_spectra_splice(const double *wavelength_nm, ptrdiff_t p, const double splice_nm[2],
                       double *value, double added[2]);

#endif
