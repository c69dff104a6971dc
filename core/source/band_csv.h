/* SPDX-License-Identifier: GPL-2.0-or-later
 * A band table of the user as CSV: it overrides everything that a file states about its bands. */
#ifndef TL_SOURCE_BAND_CSV_H
#define TL_SOURCE_BAND_CSV_H

#include <stddef.h>

#include "base/bands.h"
#include "source/text_table.h"

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
 * Empty cells leave the band as it is. A wavelength without a width makes the width unknown.
 *
 * bytes  [length]
 * what   names the table in sentences
 * bands  changed; unchanged after a failure
 * fails  TL_FORMAT not a text table; TL_DATA none of these columns, a band that does not exist or
 *        occurs twice, cells that are not numbers; TL_NOMEM */
tl_code tl_source_bands_from_csv(const char *bytes, size_t length, const char *what,
                                 tl_bands *bands, tl_err *err);

/* The same from a table that was read before. */
tl_code tl_source_bands_from_texts(const tl_text_table *texts, const char *what, tl_bands *bands,
                                   tl_err *err);

#endif
