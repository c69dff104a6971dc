/* SPDX-License-Identifier: GPL-2.0-or-later
 * Binary files of ASD field spectrometers (.asd), read from bytes that are not trusted. */
#ifndef TL_IO_TABLES_ASD_FILE_H
#define TL_IO_TABLES_ASD_FILE_H

#include <stddef.h>

#include "source/tables.h"

/* 1 when the bytes begin as an ASD file does: "ASD", or "as" with a digit from 2 to 8. */
int tl_io_tables_asd_is(const char *bytes, size_t length);

/* The reflectance of an ASD file.
 *
 * Since version 2 a file contains the target and the white reference, and reflectance is their
 * ratio, no matter whether the header calls the spectrum raw or reflectance; both were measured
 * with the same integration time and gains. Version 1 contains no reference, so its spectrum must
 * be reflectance.
 *
 * bytes      [length] the whole file; may contain anything
 * what       names the source in messages
 * splice_nm  [2] out: the last wavelengths of the first and of the second detector; NaN where the
 *            header names none
 * spectra    initialised here: one spectrum without an id, reflectance 0..1
 * NaN        where the reference is 0 or a value is not finite
 * fails      TL_FORMAT another kind of file, cut off, impossible numbers in the header; TL_DATA
 *            radiance or another quantity, no white reference, no finite value; TL_NOMEM
 * cost       O(channels); memory of the output
 * source     ASD Inc., ASD file format, version 8 */
tl_code tl_io_tables_asd_parse(const char *bytes, size_t length, const char *what,
                               double splice_nm[2], tl_spectra *spectra, tl_err *err);

#endif
