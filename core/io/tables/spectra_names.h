/* SPDX-License-Identifier: GPL-2.0-or-later
 * Wavelengths among the names of columns, as public soil libraries and programs write them: 350,
 * X350, 350nm, spc.400, NIR.900 nm, scan_visnir.350_ref, m3996.4, 4.00E+02. */
#ifndef TL_IO_TABLES_SPECTRA_NAMES_H
#define TL_IO_TABLES_SPECTRA_NAMES_H

#include <stddef.h>

#include "base/status.h"
#include "base/value_unit.h"
#include "io/wavelength_unit.h"

/* Owner; zeroed = empty. */
typedef struct tl_wavelength_names {
    ptrdiff_t p;
    ptrdiff_t *column; /* [p] increasing positions in the list of names */
    double *value;     /* [p] as written */
    tl_wavelength_unit unit;
    tl_value_unit values; /* what the names call the values: scan_visnir.350_abs */
    int channels;         /* 1: the numbers count channels, or cannot be wavelengths */
} tl_wavelength_names;

/* Finds the set of names that differ in one number only and whose numbers can be wavelengths. Names
 * before or after the number that are usual for spectra are accepted for any number of columns,
 * others for ten or more increasing or decreasing numbers. Of several sets the one in the visible and
 * near infrared is used, then the largest; the others are recorded as an assumption. A set of channel
 * numbers is only used where there is no other.
 *
 * name   [n]
 * what   names the source in messages
 * found  out: uninitialised; p = 0 when there is none
 * fails  TL_NOMEM; a strict run refuses a choice between two sets
 * cost   O(n log n) */
tl_code tl_io_tables_find_wavelengths(char *const *name, ptrdiff_t n, const char *what,
                                      tl_wavelength_names *found, tl_err *err);

/* Frees; zeroed is fine. */
void tl_io_tables_free_wavelengths(tl_wavelength_names *found);

/* 1 when the numbers, in no known unit, count channels or cannot be wavelengths in nm, micrometres
 * or cm-1. */
int tl_io_tables_are_channels(const double *value, ptrdiff_t n);

/* 1 when a column of that name holds wavelengths: Wavelength (nm), wvl, nm, lambda, Wavenumber,
 * their Chinese words.
 *
 * unit  out: unknown where the name has none */
int tl_io_tables_is_wavelength_word(const char *name, tl_wavelength_unit *unit);

/* What the name of a column calls its values: percent for "%", absorbance for "absorbance" and
 * "log(1/R)". */
tl_value_unit tl_io_tables_values_of_name(const char *name);

#endif
