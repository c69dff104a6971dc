/* SPDX-License-Identifier: GPL-2.0-or-later
 * Spectra and result tables in files, as the files of this module share them. Contracts:
 * source/store.h. */
#ifndef TL_IO_TABLES_SPECTRA_H
#define TL_IO_TABLES_SPECTRA_H

#include <stddef.h>

#include "base/progress.h"
#include "base/value_unit.h"
#include "io/wavelength_unit.h"
#include "source/tables.h"
#include "source/text_table.h"

tl_code tl_io_tables_read_spectra(const char *path, const char *parameter,
                                  const tl_progress *progress, tl_spectra *spectra, tl_err *err);
/* As tl_io_tables_read_spectra, with the values as stored in the file.
 *
 * values  out: their unit as the file states it */
tl_code tl_io_tables_read_any_spectra(const char *path, const char *parameter,
                                      const tl_progress *progress, tl_value_unit *values,
                                      tl_spectra *spectra, tl_err *err);
tl_code tl_io_tables_read_measured(const char *path, const char *parameter,
                                   const tl_progress *progress, tl_measured *about,
                                   tl_spectra *spectra, tl_err *err);
tl_code tl_io_tables_write_spectra(const char *path, const char *parameter,
                                   const tl_spectra *spectra, tl_err *err);
tl_code tl_io_tables_write_table(const char *path, const char *parameter, const tl_table *table,
                                 tl_err *err);

/* What the shape of a table shows about its spectra. */
typedef struct tl_spectra_reading {
    int is_column;        /* 1: the wavelengths run down a column */
    tl_value_unit values; /* as the names of the columns state it */
} tl_spectra_reading;

/* Spectra from a table of texts, in one of these shapes: one spectrum per row, with columns named by
 * their wavelengths (spectra_names.h); one wavelength per row, below the name of a column of
 * wavelengths, possibly several such columns, each with the spectra that follow it
 * (spectra_columns.h); a table of the first shape on its side.
 *
 * texts       stays with the caller
 * what        names the source in messages
 * band_table  file of the wavelengths of columns that are numbered by channels; NULL = none
 * reading     out
 * fails       TL_DATA no wavelengths, channel numbers, the same wavelength twice, no spectra;
 *             TL_NOMEM; a strict run refuses what had to be assumed */
tl_code tl_io_tables_spectra_from_texts(const tl_text_table *texts, const char *what,
                                        const char *band_table, const tl_progress *progress,
                                        tl_spectra_reading *reading, tl_spectra *spectra,
                                        tl_err *err);

/* The same from the bytes of a delimited text. */
tl_code tl_io_tables_spectra_from_csv(const char *bytes, size_t length, const char *what,
                                      const tl_progress *progress, tl_spectra *spectra,
                                      tl_err *err);

/* The value of a cell: NaN where there is none; texts other than NA and nan are counted. */
void tl_io_tables_spectra_value(const tl_text_table *texts, ptrdiff_t row, ptrdiff_t column,
                                ptrdiff_t *n_texts, double *value);

/* Decides the unit of the wavelengths of spectra as tl_io_settle_wavelengths does; without a unit,
 * numbers that fall from above 2600, or exceed 2900 and begin below 6000, are wavenumbers.
 *
 * value  [n] in the order of the source */
tl_code tl_io_tables_spectra_unit(const double *value, ptrdiff_t n, const char *what,
                                  tl_wavelength_unit *unit, tl_err *err);

/* Where the table begins in a text export: lines in front of the first one that begins with the word
 * for a wavelength are skipped; two or more columns of numbers without a header get one.
 *
 * bytes      [length] UTF-8
 * table      out: owned, table_length bytes
 * delimiter  out: what divides the values; a space for runs of them, which become tabs in the table
 * fails      TL_NOMEM */
tl_code tl_io_tables_spectra_export(const char *bytes, size_t length, char **table,
                                    size_t *table_length, char *delimiter, tl_err *err);

/* Spectra of an ENVI spectral library from the bytes of its header and of its data.
 *
 * fails  TL_FORMAT a header without the keys needed, data that are too short, an unknown data type;
 *        TL_NOMEM */
tl_code tl_io_tables_spectra_from_library(const char *header, size_t header_length,
                                          const char *data, size_t data_length, const char *what,
                                          tl_spectra *spectra, tl_err *err);

/* 1 when the bytes are the header of an ENVI spectral library. */
int tl_io_tables_spectra_is_library(const char *header, size_t length);

/* Sorts the columns by increasing wavelength and removes codes of missing values, see
 * source/missing.h.
 *
 * fails  TL_DATA a wavelength is missing, not above 0 or repeated */
tl_code tl_io_tables_spectra_sort(tl_spectra *spectra, const char *what, tl_err *err);

#endif
