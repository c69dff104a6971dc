/* SPDX-License-Identifier: GPL-2.0-or-later
 * Measured spectral responses of a sensor's bands, and laboratory spectra resampled with them. */
#ifndef TL_SPECTRA_RESPONSES_H
#define TL_SPECTRA_RESPONSES_H

#include <stddef.h>

#include "base/matrix.h"
#include "base/status.h"

/* Owner; zeroed = empty. */
typedef struct tl_responses {
    ptrdiff_t n;           /* wavelengths */
    ptrdiff_t bands;       /* responses */
    double *wavelength_nm; /* [n] strictly increasing */
    tl_matrix value;       /* [bands, n] at least 0, any unit */
    double *centre_nm;     /* [bands] centroids; filled by tl_spectra_responses_settle */
} tl_responses;

/* Memory for so many responses at n wavelengths in the uninitialised r.
 *
 * fails  TL_NOMEM */
tl_code tl_spectra_responses_init(tl_responses *r, ptrdiff_t bands, ptrdiff_t n, tl_err *err);

/* Checks wavelengths and values, and finds the centroids, sum(l R) / sum(R) with trapezoids.
 *
 * fails  TL_DATA fewer than 2 wavelengths, wavelengths that do not increase, a value that is
 *        negative or not finite, a band without any response */
tl_code tl_spectra_responses_settle(tl_responses *r, tl_err *err);

/* For every band the response whose centroid is nearest, if it is within half a width.
 *
 * centre_nm  [n_to] nm
 * fwhm_nm    [n_to] nm; NaN or 0 = unknown: 5 nm is assumed
 * column     [n_to] out; -1 = none */
void tl_spectra_responses_match(const tl_responses *r, const double *centre_nm,
                                const double *fwhm_nm, ptrdiff_t n_to, ptrdiff_t *column);

/* Spectra as the bands measure them: mean of the spectrum weighted with the response (linear
 * between its wavelengths) and the spacing of the spectrum's own wavelengths. For a response that
 * covers fewer than two of those the spectrum is interpolated linearly at its centroid.
 *
 * from_nm  [n_from] nm, strictly increasing
 * values   [n, n_from]; NaN = missing
 * column   [n_to] from tl_spectra_responses_match
 * out      [n, n_to], initialised here
 * usable   [n_to] 1, or 0 without response or where less than half of it is inside the range of
 *          from_nm; the column of out is NaN there
 * NaN      left out of the weighted mean; NaN when they have half of the weight or more
 * fails    TL_SHAPE; TL_DATA from_nm is not increasing or has fewer than 2 values; TL_NOMEM */
tl_code tl_spectra_resample_measured(const double *from_nm, ptrdiff_t n_from,
                                     const tl_matrix *values, const tl_responses *r,
                                     const ptrdiff_t *column, ptrdiff_t n_to, tl_matrix *out,
                                     int *usable, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_spectra_responses_free(tl_responses *r);

#endif
