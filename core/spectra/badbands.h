/* SPDX-License-Identifier: GPL-2.0-or-later
 * Which bands of a scene are not to be used, and why: kept as a visible list in the band table. */
#ifndef TL_SPECTRA_BADBANDS_H
#define TL_SPECTRA_BADBANDS_H

#include <stddef.h>

#include "base/bands.h"

typedef struct tl_window_nm {
    double from_nm; /* both ends belong to the window */
    double to_nm;
} tl_window_nm;

/* Which of two detectors is used where they overlap. */
typedef enum tl_overlap { TL_OVERLAP_BOTH, TL_OVERLAP_FIRST, TL_OVERLAP_LAST } tl_overlap;

typedef struct tl_band_rules {
    tl_window_nm window[8]; /* regions of water vapour absorption */
    int n_windows;
    double lowest_nm; /* bands outside lowest_nm .. highest_nm are left out */
    double highest_nm;
    tl_overlap overlap;
} tl_band_rules;

/* The usual rules: 1342-1451 and 1771-1977 nm, outside 400-2500 nm, and the first one of
 * overlapping detectors. */
tl_band_rules tl_spectra_default_rules(void);

/* Clears the good flag of every band that breaks a rule and writes the reason. Bands that are
 * already bad keep their reason. A band without wavelength is bad. Of overlapping detectors (see
 * tl_band.detector) TL_OVERLAP_FIRST leaves out a band whose centre is below the largest centre of
 * an earlier detector, TL_OVERLAP_LAST one whose centre is above the smallest of a later one.
 *
 * returns the number of bands that remain good
 * cost    O(bands * windows), no allocation */
ptrdiff_t tl_spectra_flag_bands(tl_bands *bands, const tl_band_rules *rules);

#endif
