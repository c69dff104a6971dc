/* SPDX-License-Identifier: GPL-2.0-or-later
 * The upper hull of a spectrum and division by it; see continuum.h. */
#include "spectra/continuum.h"

#include <math.h>

/* The corners of the upper hull over bands from .. end - 1; returns their number. */
static ptrdiff_t upper_hull(const double *x, const double *y, ptrdiff_t from, ptrdiff_t end,
                            ptrdiff_t *hull) {
    ptrdiff_t n = 0;
    for (ptrdiff_t j = from; j < end; j++) {
        /* The last corner is removed when it is not above the line to the new band. */
        while (n >= 2) {
            const ptrdiff_t a = hull[n - 2];
            const ptrdiff_t b = hull[n - 1];
            if ((y[b] - y[a]) * (x[j] - x[a]) > (y[j] - y[a]) * (x[b] - x[a])) {
                break;
            }
            n--;
        }
        hull[n++] = j;
    }
    return n;
}

/* Divides the bands between two corners by the line that joins them. */
static void divide(const double *x, double *y, ptrdiff_t a, ptrdiff_t b) {
    const double at_a = y[a];
    const double at_b = y[b];
    for (ptrdiff_t j = a + 1; j < b; j++) {
        const double share = (x[j] - x[a]) / (x[b] - x[a]);
        y[j] /= at_a + share * (at_b - at_a);
    }
}

static void one_segment(const double *x, double *y, ptrdiff_t from, ptrdiff_t end,
                        ptrdiff_t *hull) {
    int whole = 1;
    for (ptrdiff_t j = from; j < end; j++) {
        whole = whole && isfinite(y[j]);
    }
    const ptrdiff_t n = whole ? upper_hull(x, y, from, end, hull) : 0;
    for (ptrdiff_t c = 0; c < n; c++) {
        whole = whole && y[hull[c]] > 0.0;
    }
    if (!whole) {
        for (ptrdiff_t j = from; j < end; j++) {
            y[j] = (double)NAN;
        }
        return;
    }
    for (ptrdiff_t c = 0; c + 1 < n; c++) {
        divide(x, y, hull[c], hull[c + 1]);
    }
    for (ptrdiff_t c = 0; c < n; c++) {
        y[hull[c]] = 1.0;
    }
}

void tl_spectra_remove_continuum(const double *centre_nm, const tl_segments *segments,
                                 double *value, ptrdiff_t *hull) {
    for (ptrdiff_t s = 0; s < segments->n; s++) {
        one_segment(centre_nm, value, segments->start[s], segments->start[s + 1], hull);
    }
}
