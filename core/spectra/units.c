/* SPDX-License-Identifier: GPL-2.0-or-later
 * The unit of reflectance; see units.h. */
#include "spectra/units.h"

#include <math.h>

#include "base/alloc.h"
#include "num/stats.h"

tl_code tl_spectra_find_divisor(const double *value, ptrdiff_t n, double *median, double *divisor,
                                tl_err *err) {
    double *sorted = tl_acquire(n, sizeof *sorted);
    *median = 0.0;
    *divisor = 1.0;
    if (sorted == NULL) {
        return tl_no_memory(err, "%td values", n);
    }
    ptrdiff_t m = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        if (isfinite(value[i])) {
            sorted[m++] = value[i];
        }
    }
    tl_num_sort(sorted, m);
    *median = m > 0 ? sorted[m / 2] : 0.0;
    *divisor = *median > 150.0 ? 10000.0 : *median > 3.5 ? 100.0 : 1.0;
    tl_release(sorted);
    return TL_OK;
}

void tl_spectra_from_absorbance(double *value, ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < n; i++) {
        value[i] = pow(10.0, -value[i]);
    }
}
