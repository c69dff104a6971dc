/* SPDX-License-Identifier: GPL-2.0-or-later
 * What files state of bands that should not be used, and bands that cannot be told apart. */
#ifndef TL_IO_BAD_BANDS_H
#define TL_IO_BAD_BANDS_H

#include "base/bands.h"
#include "io/envi_header.h"

/* 1 for a word or number that marks a band as good (1, good, yes, true ...), 0 for one that marks it
 * as bad (0, bad, no, false ...), NaN for anything else and for NULL. */
double tl_io_good_flag(const char *text);

/* Marks the bands that the list of a header (bbl) calls bad. A list of another length, and entries
 * that are not known, are logged as assumptions.
 *
 * path   names the file in messages
 * fails  TL_DATA such an assumption, when the run is strict */
tl_code tl_io_accept_bad_bands(const tl_envi *envi, const char *path, tl_bands *bands, tl_err *err);

/* Logs as an assumption that a list of a header is not used because it has not one entry per band.
 *
 * n      bands; single bands are often computed from scenes whose lists they keep, so that nothing is
 *        logged for them; nor where the table of the user settles it
 * fails  TL_DATA when the run is strict */
tl_code tl_io_check_list(const tl_envi *envi, const char *key, const char *path, ptrdiff_t n,
                         tl_err *err);

/* Logs as an assumption that good bands of one detector have the same wavelength.
 *
 * fails  TL_DATA when the run is strict; TL_NOMEM */
tl_code tl_io_check_repeated(const tl_bands *bands, const char *path, tl_err *err);

#endif
