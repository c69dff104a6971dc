/* SPDX-License-Identifier: GPL-2.0-or-later
 * The unit of reflectance: 0 to 1, percent, or times 10000. */
#ifndef TL_SPECTRA_UNITS_H
#define TL_SPECTRA_UNITS_H

#include <stddef.h>

#include "base/status.h"

/* The divisor that turns values into reflectance from 0 to 1, from their median: percent when it is
 * above 3.5, times 10000 when it is above 150. No soil reflects less than 3.5 %, and no absorbance
 * has such a high median.
 *
 * value    [n] NaN = missing
 * median   out: median of the values; 0 without any
 * divisor  out: 1, 100 or 10000
 * fails    TL_NOMEM */
tl_code tl_spectra_find_divisor(const double *value, ptrdiff_t n, double *median, double *divisor,
                                tl_err *err);

/* Absorbance, log10(1 / reflectance), to reflectance, in place; NaN stays. */
void tl_spectra_from_absorbance(double *value, ptrdiff_t n);

#endif
