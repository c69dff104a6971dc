/* SPDX-License-Identifier: GPL-2.0-or-later
 * Spectra that run down the columns of a table: a column of wavelengths with the spectra behind it,
 * pairs of wavelengths and values, tables on their side. */
#ifndef TL_IO_TABLES_SPECTRA_COLUMNS_H
#define TL_IO_TABLES_SPECTRA_COLUMNS_H

#include "base/value_unit.h"
#include "io/wavelength_unit.h"
#include "source/tables.h"
#include "source/text_table.h"

/* One spectrum: its column of values and that of its wavelengths. */
typedef struct tl_spectrum_column {
    ptrdiff_t value;
    ptrdiff_t wavelength;
    tl_wavelength_unit unit;
    const char *id; /* borrowed from the table */
} tl_spectrum_column;

/* Owner; zeroed = empty. */
typedef struct tl_spectra_columns {
    int found;
    ptrdiff_t first_row; /* rows above it belong to the header */
    ptrdiff_t n;
    tl_spectrum_column *spectrum; /* [n] */
    tl_value_unit values;         /* as all of the names state it */
    double *axis; /* [rows] wavelengths of a table on its side; NaN = another row. Else NULL */
} tl_spectra_columns;

/* Looks for columns of wavelengths.
 *
 * named  1: one of them must be named so, in the header or in the row below it; 0: a first column
 *        whose cells are wavelengths, as a table on its side has it, is enough, and is recorded as an
 *        assumption
 * out    uninitialised; found = 0 when the table has another shape
 * fails  TL_NOMEM; a strict run refuses what is assumed */
tl_code tl_io_tables_find_columns(const tl_text_table *t, int named, const char *what,
                                  tl_spectra_columns *out, tl_err *err);

/* Reads the spectra. Those on other wavelengths than the first one are interpolated linearly to
 * these, which is recorded as an assumption; outside their own range they are NaN.
 *
 * n_texts  in and out: cells that are not numbers
 * s        uninitialised; wavelengths in the order of the table
 * fails    TL_DATA fewer than two wavelengths; TL_NOMEM; a strict run refuses what is assumed */
tl_code tl_io_tables_spectra_from_columns(const tl_text_table *t, const tl_spectra_columns *c,
                                          const char *what, ptrdiff_t *n_texts, tl_spectra *s,
                                          tl_err *err);

void tl_io_tables_free_columns(tl_spectra_columns *c);

#endif
