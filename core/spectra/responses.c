/* SPDX-License-Identifier: GPL-2.0-or-later
 * Laboratory spectra through measured responses; see responses.h. */
#include "spectra/responses.h"

#include <math.h>

#include "base/alloc.h"
#include "spectra/resample.h"

static const double usual_width_nm = 5.0;

tl_code tl_spectra_responses_init(tl_responses *r, ptrdiff_t bands, ptrdiff_t n, tl_err *err) {
    *r = (tl_responses){.n = n, .bands = bands};
    r->wavelength_nm = tl_acquire(n, sizeof *r->wavelength_nm);
    r->centre_nm = tl_acquire(bands, sizeof *r->centre_nm);
    const tl_code code = r->wavelength_nm == NULL || r->centre_nm == NULL
                             ? tl_no_memory(err, "%td responses", bands)
                             : tl_matrix_init(&r->value, bands, n, err);
    if (code != TL_OK) {
        tl_spectra_responses_free(r);
    }
    return code;
}

void tl_spectra_responses_free(tl_responses *r) {
    if (r != NULL) {
        tl_release(r->wavelength_nm);
        tl_release(r->centre_nm);
        tl_matrix_free(&r->value);
        *r = (tl_responses){0};
    }
}

/* Half of the distance between the neighbours of wavelength i: its weight in a trapezoid sum. */
static double spacing(const double *nm, ptrdiff_t n, ptrdiff_t i) {
    const double below = i > 0 ? nm[i] - nm[i - 1] : 0.0;
    const double above = i < n - 1 ? nm[i + 1] - nm[i] : 0.0;
    return 0.5 * (below + above);
}

/* Integral of a response between two wavelengths, by the trapezoids of its own table. */
static double integral(const tl_responses *r, ptrdiff_t band, double low, double high) {
    const double *value = tl_matrix_row(&r->value, band);
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < r->n; i++) {
        if (r->wavelength_nm[i] >= low && r->wavelength_nm[i] <= high) {
            sum += value[i] * spacing(r->wavelength_nm, r->n, i);
        }
    }
    return sum;
}

static tl_code check_wavelengths(const tl_responses *r, tl_err *err) {
    if (r->n < 2) {
        return tl_fail(err, TL_DATA, "responses at %td wavelengths; 2 or more are needed", r->n);
    }
    for (ptrdiff_t i = 1; i < r->n; i++) {
        if (!(r->wavelength_nm[i] > r->wavelength_nm[i - 1])) {
            return tl_fail(
                err, TL_DATA,
                "the wavelengths of the responses must increase, but %g nm follows %g nm",
                r->wavelength_nm[i], r->wavelength_nm[i - 1]);
        }
    }
    return TL_OK;
}

tl_code tl_spectra_responses_settle(tl_responses *r, tl_err *err) {
    TL_TRY(check_wavelengths(r, err));
    for (ptrdiff_t b = 0; b < r->bands; b++) {
        double sum = 0.0;
        double moment = 0.0;
        for (ptrdiff_t i = 0; i < r->n; i++) {
            const double value = tl_matrix_row(&r->value, b)[i];
            if (!(value >= 0.0) || !isfinite(value)) {
                return tl_fail(err, TL_DATA,
                               "the response of band %td at %g nm is %g, wanted a number of at "
                               "least 0",
                               b + 1, r->wavelength_nm[i], value);
            }
            const double weight = value * spacing(r->wavelength_nm, r->n, i);
            sum += weight;
            moment += weight * r->wavelength_nm[i];
        }
        if (!(sum > 0.0)) {
            return tl_fail(err, TL_DATA, "the response of band %td is 0 everywhere", b + 1);
        }
        r->centre_nm[b] = moment / sum;
    }
    return TL_OK;
}

void tl_spectra_responses_match(const tl_responses *r, const double *centre_nm,
                                const double *fwhm_nm, ptrdiff_t n_to, ptrdiff_t *column) {
    for (ptrdiff_t j = 0; j < n_to; j++) {
        double best = fwhm_nm != NULL && fwhm_nm[j] > 0.0 ? 0.5 * fwhm_nm[j] : usual_width_nm;
        column[j] = -1;
        for (ptrdiff_t b = 0; b < r->bands; b++) {
            const double d = fabs(r->centre_nm[b] - centre_nm[j]);
            if (d <= best) {
                best = d;
                column[j] = b;
            }
        }
    }
}

/* Response of a band at nm, linear between its wavelengths, 0 outside. */
static double response_at(const tl_responses *r, ptrdiff_t band, double nm) {
    const double *l = r->wavelength_nm;
    const double *value = tl_matrix_row(&r->value, band);
    if (nm < l[0] || nm > l[r->n - 1]) {
        return 0.0;
    }
    ptrdiff_t low = 0;
    ptrdiff_t high = r->n - 1;
    while (high - low > 1) {
        const ptrdiff_t middle = (low + high) / 2;
        if (l[middle] <= nm) {
            low = middle;
        } else {
            high = middle;
        }
    }
    const double t = (nm - l[low]) / (l[high] - l[low]);
    return (1.0 - t) * value[low] + t * value[high];
}

static double weighted_mean(const double *value, const double *weight, ptrdiff_t n) {
    double sum = 0.0;
    double present = 0.0;
    double total = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        if (weight[i] > 0.0) {
            total += weight[i];
            present += isnan(value[i]) ? 0.0 : weight[i];
            sum += isnan(value[i]) ? 0.0 : weight[i] * value[i];
        }
    }
    return present > 0.5 * total ? sum / present : (double)NAN;
}

/* One band of all spectra; 0 when too little of its response is inside. */
static int resample_band(const double *from_nm, ptrdiff_t n_from, const tl_matrix *values,
                         const tl_responses *r, ptrdiff_t band, ptrdiff_t j, double *weight,
                         tl_matrix *out) {
    ptrdiff_t met = 0;
    const double inside = integral(r, band, from_nm[0], from_nm[n_from - 1]);
    const double whole = integral(r, band, r->wavelength_nm[0], r->wavelength_nm[r->n - 1]);
    if (inside < 0.5 * whole) {
        return 0;
    }
    for (ptrdiff_t i = 0; i < n_from; i++) {
        weight[i] = response_at(r, band, from_nm[i]) * spacing(from_nm, n_from, i);
        met += weight[i] > 0.0;
    }
    for (ptrdiff_t i = 0; met > 1 && i < values->nrow; i++) {
        tl_matrix_row(out, i)[j] = weighted_mean(tl_matrix_row(values, i), weight, n_from);
    }
    return met > 1 ? 1 : -1;
}

/* The spectrum at the centroid of a response between two of its wavelengths. */
static tl_code interpolate_centroid(const double *from_nm, ptrdiff_t n_from,
                                    const tl_matrix *values, double centre_nm, ptrdiff_t j,
                                    tl_matrix *out, int *usable, tl_err *err) {
    tl_matrix one;
    TL_TRY(tl_spectra_resample(from_nm, n_from, values, &centre_nm, NULL, 1, TL_RESPONSE_LINEAR,
                               &one, usable, err));
    for (ptrdiff_t i = 0; i < values->nrow; i++) {
        tl_matrix_row(out, i)[j] = one.data[i];
    }
    tl_matrix_free(&one);
    return TL_OK;
}

tl_code tl_spectra_resample_measured(const double *from_nm, ptrdiff_t n_from,
                                     const tl_matrix *values, const tl_responses *r,
                                     const ptrdiff_t *column, ptrdiff_t n_to, tl_matrix *out,
                                     int *usable, tl_err *err) {
    /* The linear form reports what is wrong with a list of wavelengths. */
    TL_TRY(tl_spectra_resample(from_nm, n_from, values, NULL, NULL, 0, TL_RESPONSE_LINEAR, out,
                               NULL, err));
    tl_matrix_free(out);
    double *weight = tl_acquire(n_from, sizeof *weight);
    if (weight == NULL) {
        return tl_no_memory(err, "resampling %td wavelengths", n_from);
    }
    tl_code code = tl_matrix_init(out, values->nrow, n_to, err);
    for (ptrdiff_t j = 0; code == TL_OK && j < n_to; j++) {
        usable[j] = column[j] >= 0
                        ? resample_band(from_nm, n_from, values, r, column[j], j, weight, out)
                        : 0;
        if (usable[j] < 0) {
            code = interpolate_centroid(from_nm, n_from, values, r->centre_nm[column[j]], j, out,
                                        &usable[j], err);
        }
        for (ptrdiff_t i = 0; code == TL_OK && !usable[j] && i < values->nrow; i++) {
            tl_matrix_row(out, i)[j] = (double)NAN;
        }
    }
    tl_release(weight);
    if (code != TL_OK) {
        tl_matrix_free(out);
    }
    return code;
}
