/* SPDX-License-Identifier: GPL-2.0-or-later
 * Single channels that are missing in a spectrum. */
#ifndef TL_SPECTRA_GAPS_H
#define TL_SPECTRA_GAPS_H

#include "base/matrix.h"
#include "base/status.h"

/* What was filled. */
typedef struct tl_gaps {
    ptrdiff_t n_values;   /* values that were filled */
    ptrdiff_t n_spectra;  /* spectra with such a value */
    ptrdiff_t spectrum;   /* the first one; -1 = none */
    double wavelength_nm; /* of its first value */
} tl_gaps;

/* Fills gaps of up to three neighbouring channels by a straight line between the channels around
 * them, where these are at most 60 nm apart: reflectance of soils is smooth, and one broken channel
 * must not exclude a sample. Channels that less than half of the spectra have stay as they are, because
 * the channel is missing there and not the value.
 *
 * value  [n, p]; NaN = missing
 * nm     [p] increasing
 * fails  TL_NOMEM
 * cost   O(n p) */
tl_code tl_spectra_fill_gaps(tl_matrix *value, const double *nm, tl_gaps *gaps, tl_err *err);

#endif
