/* SPDX-License-Identifier: GPL-2.0-or-later
 * The unit of the values of spectra; see units.h. */
#include "spectra/units.h"

#include <math.h>

#include "base/alloc.h"
#include "num/stats.h"

/* The largest reflectance that a spectrum may have as its median: white references and snow. */
static const double white = 1.15;

/* Mean of the values from one wavelength to another; NaN without any. */
static double mean_from(const double *value, const double *nm, ptrdiff_t p, double from,
                        double to) {
    double sum = 0.0;
    ptrdiff_t n = 0;
    for (ptrdiff_t j = 0; j < p; j++) {
        if (nm[j] >= from && nm[j] <= to && isfinite(value[j])) {
            sum += value[j];
            n++;
        }
    }
    return n > 0 ? sum / (double)n : (double)NAN;
}

tl_code tl_spectra_level(const double *value, const double *nm, ptrdiff_t p,
                         tl_spectrum_level *level, tl_err *err) {
    double *sorted = tl_acquire(p, sizeof *sorted);
    *level = (tl_spectrum_level){(double)NAN, (double)NAN, (double)NAN};
    if (sorted == NULL) {
        return tl_no_memory(err, "%td values", p);
    }
    ptrdiff_t m = 0;
    for (ptrdiff_t j = 0; j < p; j++) {
        if (isfinite(value[j])) {
            sorted[m++] = value[j];
        }
    }
    tl_num_sort(sorted, m);
    if (m > 0) {
        level->median = sorted[m / 2];
        level->high = sorted[(ptrdiff_t)(0.98 * (double)(m - 1))];
        const double blue = mean_from(value, nm, p, 450.0, 550.0);
        const double red = mean_from(value, nm, p, 700.0, 800.0);
        level->rise = blue > 0.0 && red > 0.0 ? red / blue : (double)NAN;
    }
    tl_release(sorted);
    return TL_OK;
}

double tl_spectra_divisor(tl_value_unit unit) {
    return unit == TL_VALUES_PERCENT ? 100.0 : unit == TL_VALUES_PER_10000 ? 10000.0 : 1.0;
}

const char *tl_spectra_unit_words(tl_value_unit unit) {
    static const char *const words[] = {"an unknown unit", "reflectance from 0 to 1", "percent",
                                        "reflectance x 10000", "absorbance"};
    return words[unit];
}

int tl_spectra_contradicts(const tl_spectrum_level *level, tl_value_unit unit) {
    if (isnan(level->median) || unit == TL_VALUES_UNKNOWN) {
        return 0;
    }
    if (unit == TL_VALUES_ABSORBANCE) {
        return level->median > 3.5;
    }
    const double divisor = tl_spectra_divisor(unit);
    /* Very dark soils reflect 1 %; spectra of zeros are faults of the instrument, not of the unit. */
    const int dark = divisor > 1.0 && level->high >= 0.02 && level->high < 0.006 * divisor;
    return dark || level->median / divisor > 1.5;
}

/* 1 when most of the spectra fall from blue to near infrared as absorbance does, 0 when most rise, -1
 * when this is not known. */
static int falling(const tl_spectrum_level *level, ptrdiff_t n) {
    ptrdiff_t falls = 0;
    ptrdiff_t rises = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        falls += level[i].rise < 0.8;
        rises += level[i].rise > 1.02;
    }
    return falls + rises == 0 ? -1 : falls > 2 * rises;
}

/* A spectrum that would reflect less than 1 % everywhere and is far below all others, whose unit is
 * therefore another one; -1 when there is none. Series of dark soils reach below 1 % without a gap. */
static ptrdiff_t find_odd(const tl_spectrum_level *level, ptrdiff_t n, tl_value_unit unit) {
    const double divisor = tl_spectra_divisor(unit);
    const double far = 4.0;
    double low = (double)INFINITY;
    double high = 0.0;
    ptrdiff_t odd = -1;
    for (ptrdiff_t i = 0; i < n && divisor > 1.0; i++) {
        if (level[i].high >= 0.01 * divisor) {
            low = fmin(low, level[i].median);
        } else if (level[i].high >= 0.02 && level[i].median > high) {
            high = level[i].median;
            odd = i;
        }
    }
    return odd >= 0 && low > far * high ? odd : -1;
}

void tl_spectra_series_unit(const tl_spectrum_level *level, ptrdiff_t n, tl_series_unit *out) {
    *out = (tl_series_unit){.unit = TL_VALUES_FRACTION, .odd = -1};
    for (ptrdiff_t i = 0; i < n; i++) {
        if (level[i].median > out->median) {
            out->median = level[i].median;
            out->median_at = i;
        }
    }
    const double top = out->median;
    const int falls = falling(level, n);
    if (top <= white) {
        out->doubtful = falls == 1;
    } else if (top <= 3.5 && falls != 0) {
        out->unit = falls == 1 ? TL_VALUES_ABSORBANCE : TL_VALUES_UNKNOWN;
    } else {
        out->unit = top <= 150.0     ? TL_VALUES_PERCENT
                    : top <= 12000.0 ? TL_VALUES_PER_10000
                                     : TL_VALUES_UNKNOWN;
    }
    out->odd = find_odd(level, n, out->unit);
}

void tl_spectra_to_reflectance(double *value, ptrdiff_t n, tl_value_unit unit) {
    const double divisor = tl_spectra_divisor(unit);
    for (ptrdiff_t i = 0; i < n; i++) {
        if (unit == TL_VALUES_ABSORBANCE) {
            value[i] = pow(10.0, -value[i]);
        } else if (divisor > 1.0) {
            value[i] /= divisor;
        }
    }
}
