/* SPDX-License-Identifier: GPL-2.0-or-later
 * In which unit reflectance stands: 0 to 1, percent, or times 10000. */
#ifndef TL_SPECTRA_UNITS_H
#define TL_SPECTRA_UNITS_H

#include <stddef.h>

#include "base/status.h"

/* What values have to be divided by to be reflectance from 0 to 1, judged by their median: above
 * 3.5 percent, above 150 times 10000. No soil reflects less than 3.5 %, and no absorbance has so
 * high a median.
 *
 * value    [n] NaN = missing
 * median   out: 0 without values
 * divisor  out: 1, 100 or 10000
 * fails    TL_NOMEM */
tl_code tl_spectra_find_divisor(const double *value, ptrdiff_t n, double *median, double *divisor,
                                tl_err *err);

/* Absorbance, log10(1 / reflectance), to reflectance, in place; NaN stays. */
void tl_spectra_from_absorbance(double *value, ptrdiff_t n);

#endif
