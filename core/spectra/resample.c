/* SPDX-License-Identifier: GPL-2.0-or-later
 * Band responses over laboratory spectra; see resample.h. */
#include "spectra/resample.h"

#include <math.h>

#include "base/alloc.h"

/* 2 sqrt(2 ln 2), the FWHM of a Gaussian in units of its sigma. */
static const double fwhm_per_sigma = 2.3548200450309493;
static const double reach_in_sigma = 4.0;

/* The response of one band: weights of the values first .. first + count - 1. */
typedef struct response {
    ptrdiff_t first;
    ptrdiff_t count;
    double *weight;
} response;

/* Largest i with from_nm[i] <= nm, in 0 .. n - 2. */
static ptrdiff_t interval_of(const double *from_nm, ptrdiff_t n, double nm) {
    ptrdiff_t low = 0;
    ptrdiff_t high = n - 1;
    while (high - low > 1) {
        const ptrdiff_t middle = (low + high) / 2;
        if (from_nm[middle] <= nm) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Share of the truncated Gaussian inside the range of the spectra widened by half a step. */
static double share_inside(const double *from_nm, ptrdiff_t n, double centre_nm, double sigma_nm) {
    const double low = from_nm[0] - 0.5 * (from_nm[1] - from_nm[0]);
    const double high = from_nm[n - 1] + 0.5 * (from_nm[n - 1] - from_nm[n - 2]);
    const double root2 = 1.4142135623730951;
    const double a = fmax((low - centre_nm) / sigma_nm, -reach_in_sigma);
    const double b = fmin((high - centre_nm) / sigma_nm, reach_in_sigma);
    return b <= a ? 0.0 : 0.5 * (erf(b / root2) - erf(a / root2)) / erf(reach_in_sigma / root2);
}

static int linear_response(const double *from_nm, ptrdiff_t n, double centre_nm, response *r) {
    if (!(centre_nm >= from_nm[0] && centre_nm <= from_nm[n - 1])) {
        return 0;
    }
    r->first = interval_of(from_nm, n, centre_nm);
    const double step = from_nm[r->first + 1] - from_nm[r->first];
    const double part = (centre_nm - from_nm[r->first]) / step;
    /* A centre exactly on a value must not become missing because of a missing neighbour. */
    if (part >= 1.0) {
        r->first++;
    }
    r->count = part > 0.0 && part < 1.0 ? 2 : 1;
    r->weight[0] = r->count == 2 ? 1.0 - part : 1.0;
    r->weight[1] = part;
    return 1;
}

static int gaussian_response(const double *from_nm, ptrdiff_t n, double centre_nm, double sigma_nm,
                             response *r) {
    if (share_inside(from_nm, n, centre_nm, sigma_nm) < 0.5) {
        return 0;
    }
    const double reach = reach_in_sigma * sigma_nm;
    ptrdiff_t i = 0;
    while (i < n && from_nm[i] < centre_nm - reach) {
        i++;
    }
    r->first = i;
    for (r->count = 0; i < n && from_nm[i] <= centre_nm + reach; i++) {
        const double d = (from_nm[i] - centre_nm) / sigma_nm;
        r->weight[r->count++] = exp(-0.5 * d * d);
    }
    return r->count > 0;
}

static int find_response(const double *from_nm, ptrdiff_t n, double centre_nm, double fwhm_nm,
                         tl_response kind, response *r, int *linear) {
    const ptrdiff_t at = interval_of(from_nm, n, centre_nm);
    const double spacing = from_nm[at + 1] - from_nm[at];
    *linear = kind == TL_RESPONSE_LINEAR || !(fwhm_nm >= spacing);
    return *linear ? linear_response(from_nm, n, centre_nm, r)
                   : gaussian_response(from_nm, n, centre_nm, fwhm_nm / fwhm_per_sigma, r);
}

static double weighted_mean(const double *value, const response *r, int linear) {
    double sum = 0.0;
    double present = 0.0;
    double total = 0.0;
    for (ptrdiff_t k = 0; k < r->count; k++) {
        const double v = value[r->first + k];
        total += r->weight[k];
        if (!isnan(v)) {
            sum += r->weight[k] * v;
            present += r->weight[k];
        }
    }
    /* Exact comparison: without a missing value both sums consist of the same additions. */
    const int complete = !(present < total);
    return complete || (!linear && present > 0.5 * total) ? sum / present : (double)NAN;
}

static tl_code check_grid(const double *from_nm, ptrdiff_t n_from, const tl_matrix *values,
                          tl_err *err) {
    if (values->ncol != n_from) {
        return tl_fail(err, TL_SHAPE, "the spectra have %td columns but %td wavelengths",
                       values->ncol, n_from);
    }
    if (n_from < 2) {
        return tl_fail(err, TL_DATA,
                       "spectra with %td wavelengths cannot be resampled; 2 or more are needed",
                       n_from);
    }
    for (ptrdiff_t i = 1; i < n_from; i++) {
        if (!(from_nm[i] > from_nm[i - 1])) {
            return tl_fail(err, TL_DATA,
                           "the wavelengths of the spectra must increase, but %g nm follows %g nm",
                           from_nm[i], from_nm[i - 1]);
        }
    }
    return TL_OK;
}

tl_code tl_spectra_resample(const double *from_nm, ptrdiff_t n_from, const tl_matrix *values,
                            const double *centre_nm, const double *fwhm_nm, ptrdiff_t n_to,
                            tl_response kind, tl_matrix *out, int *usable, tl_err *err) {
    *out = (tl_matrix){0};
    TL_TRY(check_grid(from_nm, n_from, values, err));
    response r = {.weight = tl_acquire(n_from, sizeof *r.weight)};
    if (r.weight == NULL) {
        return tl_no_memory(err, "resampling %td wavelengths", n_from);
    }
    const tl_code code = tl_matrix_init(out, values->nrow, n_to, err);
    for (ptrdiff_t j = 0; code == TL_OK && j < n_to; j++) {
        int linear = 0;
        const double fwhm = fwhm_nm == NULL ? (double)NAN : fwhm_nm[j];
        const int found = find_response(from_nm, n_from, centre_nm[j], fwhm, kind, &r, &linear);
        for (ptrdiff_t i = 0; i < values->nrow; i++) {
            tl_matrix_row(out, i)[j] =
                found ? weighted_mean(tl_matrix_row(values, i), &r, linear) : (double)NAN;
        }
        if (usable != NULL) {
            usable[j] = found;
        }
    }
    tl_release(r.weight);
    return code;
}
