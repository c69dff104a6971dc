/* SPDX-License-Identifier: GPL-2.0-or-later
 * Text files of field spectrometers: Spectral Evolution (.sed) and Spectra Vista (.sig), read from
 * bytes that are not trusted. */
#ifndef TL_IO_TABLES_INSTRUMENT_TEXT_H
#define TL_IO_TABLES_INSTRUMENT_TEXT_H

#include <stddef.h>

#include "source/tables.h"

typedef enum tl_instrument_form {
    TL_INSTRUMENT_NONE = 0,
    TL_INSTRUMENT_SED, /* lines "Key: value", "Data:", the names of the columns, the columns */
    TL_INSTRUMENT_SIG  /* lines "key= value", "data=", wavelength, reference, target, reflectance */
} tl_instrument_form;

/* Which of these forms a text has, whatever the name of its file. */
tl_instrument_form tl_io_tables_instrument_form(const char *bytes, size_t length);

/* The reflectance in such a text: its column of reflectance where there is one, else the target
 * divided by the reference, both of which may be counts or radiance. Where detectors overlap, the
 * wavelengths up to the middle of the overlap are those of the first one.
 *
 * bytes    [length] UTF-8 or ASCII; may contain anything
 * what     names the source in messages
 * about    in and out: form, unit of the values, position, ends of the detectors
 * spectra  initialised here: one spectrum without an id, values in the unit of about
 * NaN      cells that are no numbers; a reference of 0
 * fails    TL_FORMAT no data; TL_DATA no reflectance and no reference; TL_NOMEM; a strict run refuses
 *          what had to be assumed
 * cost     O(length)
 * source   the layouts as the programs of both instruments write them; compared with target /
 *          reference of the same file */
tl_code tl_io_tables_instrument_parse(const char *bytes, size_t length, const char *what,
                                      tl_measured *about, tl_spectra *spectra, tl_err *err);

#endif
