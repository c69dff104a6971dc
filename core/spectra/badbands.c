/* SPDX-License-Identifier: GPL-2.0-or-later
 * Rules for bands that are not used; see badbands.h. */
#include "spectra/badbands.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

tl_band_rules tl_spectra_default_rules(void) {
    return (tl_band_rules){.window = {{1342.0, 1451.0}, {1771.0, 1977.0}},
                           .n_windows = 2,
                           .lowest_nm = 400.0,
                           .highest_nm = 2500.0,
                           .overlap = TL_OVERLAP_FIRST};
}

__attribute__((format(printf, 2, 3))) static void reject(tl_band *band, const char *format, ...) {
    va_list list;
    va_start(list, format);
    (void)vsnprintf(band->reason, sizeof band->reason, format, list);
    va_end(list);
    band->good = 0;
}

/* The largest centre among the detectors before this one; -infinity for the first. */
static double largest_before(const tl_bands *bands, int detector) {
    double largest = -(double)INFINITY;
    for (ptrdiff_t i = 0; i < bands->n; i++) {
        const tl_band *band = &bands->band[i];
        if (band->detector < detector && band->centre_nm > largest) {
            largest = band->centre_nm;
        }
    }
    return largest;
}

/* The smallest centre among the detectors after this one; infinity for the last. */
static double smallest_after(const tl_bands *bands, int detector) {
    double smallest = (double)INFINITY;
    for (ptrdiff_t i = 0; i < bands->n; i++) {
        const tl_band *band = &bands->band[i];
        if (band->detector > detector && band->centre_nm < smallest) {
            smallest = band->centre_nm;
        }
    }
    return smallest;
}

static void flag_band(const tl_bands *bands, const tl_band_rules *rules, tl_band *band) {
    if (!isfinite(band->centre_nm)) {
        reject(band, "no wavelength");
        return;
    }
    if (band->centre_nm < rules->lowest_nm || band->centre_nm > rules->highest_nm) {
        reject(band, "outside %g-%g nm", rules->lowest_nm, rules->highest_nm);
        return;
    }
    for (int w = 0; w < rules->n_windows; w++) {
        const tl_window_nm *window = &rules->window[w];
        if (band->centre_nm >= window->from_nm && band->centre_nm <= window->to_nm) {
            reject(band, "water vapour window %g-%g nm", window->from_nm, window->to_nm);
            return;
        }
    }
    if (rules->overlap == TL_OVERLAP_FIRST &&
        band->centre_nm < largest_before(bands, band->detector)) {
        reject(band, "overlaps the detector before it");
    } else if (rules->overlap == TL_OVERLAP_LAST &&
               band->centre_nm > smallest_after(bands, band->detector)) {
        reject(band, "overlaps the detector after it");
    }
}

ptrdiff_t tl_spectra_flag_bands(tl_bands *bands, const tl_band_rules *rules) {
    ptrdiff_t good = 0;
    for (ptrdiff_t i = 0; i < bands->n; i++) {
        tl_band *band = &bands->band[i];
        if (band->good) {
            flag_band(bands, rules, band);
        }
        good += band->good != 0;
    }
    return good;
}
