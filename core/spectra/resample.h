/* SPDX-License-Identifier: GPL-2.0-or-later
 * Laboratory spectra resampled to the bands of a sensor. */
#ifndef TL_SPECTRA_RESAMPLE_H
#define TL_SPECTRA_RESAMPLE_H

#include <stddef.h>

#include "base/matrix.h"
#include "base/status.h"

typedef enum tl_response {
    TL_RESPONSE_GAUSSIAN = 0, /* weighted mean under a Gaussian of the band's FWHM */
    TL_RESPONSE_LINEAR        /* linear interpolation at the band centre */
} tl_response;

/* Spectra at the wavelengths from_nm as bands with the given centres measure them.
 *
 * from_nm    [n_from] nm, strictly increasing
 * values     [n, n_from] one spectrum per row, any unit; NaN = missing
 * centre_nm  [n_to] nm, any order
 * fwhm_nm    [n_to] nm; used by the Gaussian response only. A band whose FWHM is unknown (NaN), or
 *            narrower than the spacing of from_nm around its centre, is interpolated linearly
 *            instead: such a narrow Gaussian would select single values
 * out        [n, n_to], initialised here
 * usable     [n_to] 1, or 0 where less than half of the response is inside the range of from_nm
 *            (linear: where the centre is outside); the column of out is NaN there. May be NULL
 *
 * Gaussian: sigma = FWHM / (2 sqrt(2 ln 2)), weights exp(-(l - c)^2 / (2 sigma^2)) for
 * |l - c| <= 4 sigma, divided by their sum.
 *
 * NaN    missing values are left out of the weighted mean; NaN when they have half of the weight or
 *        more. Linear interpolation next to a missing value is NaN
 * fails  TL_SHAPE columns of values differ from n_from; TL_DATA from_nm is not increasing or has
 *        fewer than 2 values; TL_NOMEM */
tl_code tl_spectra_resample(const double *from_nm, ptrdiff_t n_from, const tl_matrix *values,
                            const double *centre_nm, const double *fwhm_nm, ptrdiff_t n_to,
                            tl_response kind, tl_matrix *out, int *usable, tl_err *err);

#endif
