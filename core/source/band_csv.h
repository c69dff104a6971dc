/* SPDX-License-Identifier: GPL-2.0-or-later
 * A band table that the user gives as CSV: it stands above everything that a file says of
 * itself. */
#ifndef TL_SOURCE_BAND_CSV_H
#define TL_SOURCE_BAND_CSV_H

#include <stddef.h>

#include "base/bands.h"

/* Puts the rows of a CSV into a band table. Its columns, in any order and case:
 *
 *   band                                 1-based number in the file; without it rows count in file
 *                                        order
 *   wavelength, centre_nm, wavelength_nm nm; micrometres when all are below 100
 *   fwhm, fwhm_nm                        same unit
 *   good                                 1, 0, yes or no
 *   reason                               text
 *   scale, offset (or gain, bias)        physical value = scale * stored + offset
 *   nodata                               stored value
 *
 * Empty cells leave the band as it is. A wavelength that is given without width makes the width
 * unknown.
 *
 * bytes  [length]
 * what   names the table in sentences
 * bands  changed; as before after a failure
 * fails  TL_FORMAT no text table; TL_DATA none of these columns, a band that is not there or there
 *        twice, cells that are no numbers; TL_NOMEM */
tl_code tl_source_bands_from_csv(const char *bytes, size_t length, const char *what,
                                 tl_bands *bands, tl_err *err);

#endif
