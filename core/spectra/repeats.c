/* SPDX-License-Identifier: GPL-2.0-or-later
 * Detector steps and repeats of measured spectra; see repeats.h. */
#include "spectra/repeats.h"

#include <math.h>

#include "base/alloc.h"
#include "num/stats.h"

tl_code tl_spectra_median(double *const *row, ptrdiff_t n, ptrdiff_t p, double *median,
                          tl_err *err) {
    double *sorted = tl_acquire(n, sizeof *sorted);
    if (sorted == NULL) {
        return tl_no_memory(err, "the median of %td spectra", n);
    }
    for (ptrdiff_t j = 0; j < p; j++) {
        ptrdiff_t m = 0;
        for (ptrdiff_t i = 0; i < n; i++) {
            if (isfinite(row[i][j])) {
                sorted[m++] = row[i][j];
            }
        }
        tl_num_sort(sorted, m);
        median[j] = tl_num_quantile(sorted, m, 0.5, 7);
    }
    tl_release(sorted);
    return TL_OK;
}

/* Shifts value[from .. to-1] so that the band `near` of that detector falls onto the line through
 * the bands `a` (nearer) and `b` of its neighbour. */
static double meet(const double *w, double *value, ptrdiff_t from, ptrdiff_t to, ptrdiff_t near,
                   ptrdiff_t a, ptrdiff_t b) {
    const double slope = (value[a] - value[b]) / (w[a] - w[b]);
    const double offset = value[a] + slope * (w[near] - w[a]) - value[near];
    if (!isfinite(offset)) {
        return 0.0;
    }
    for (ptrdiff_t j = from; j < to; j++) {
        value[j] += offset;
    }
    return offset;
}

void tl_spectra_splice(const double *wavelength_nm, ptrdiff_t p, const double splice_nm[2],
                       double *value, double added[2]) {
    added[0] = added[1] = 0.0;
    ptrdiff_t second = 0; /* first band of the second detector */
    ptrdiff_t third = p;  /* first band of the third one */
    for (ptrdiff_t j = 0; j < p; j++) {
        second += wavelength_nm[j] <= splice_nm[0];
        third -= wavelength_nm[j] > splice_nm[1];
    }
    if (third - second < 2) {
        return;
    }
    if (second > 0) {
        added[0] = meet(wavelength_nm, value, 0, second, second - 1, second, second + 1);
    }
    if (third < p) {
        added[1] = meet(wavelength_nm, value, third, p, third, third - 1, third - 2);
    }
}
