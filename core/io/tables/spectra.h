/* SPDX-License-Identifier: GPL-2.0-or-later
 * Spectra and result tables in files, as the files of this module share them. Contracts:
 * source/store.h. */
#ifndef TL_IO_TABLES_SPECTRA_H
#define TL_IO_TABLES_SPECTRA_H

#include <stddef.h>

#include "base/progress.h"
#include "source/tables.h"
#include "source/text_table.h"

tl_code tl_io_tables_read_spectra(const char *path, const char *parameter,
                                  const tl_progress *progress, tl_spectra *spectra, tl_err *err);
/* As tl_io_tables_read_spectra, with the values as stored in the file, percent or not. */
tl_code tl_io_tables_read_any_spectra(const char *path, const char *parameter,
                                      const tl_progress *progress, tl_spectra *spectra,
                                      tl_err *err);
tl_code tl_io_tables_read_measured(const char *path, const char *parameter,
                                   const tl_progress *progress, double splice_nm[2], char form[96],
                                   tl_spectra *spectra, tl_err *err);
tl_code tl_io_tables_write_spectra(const char *path, const char *parameter,
                                   const tl_spectra *spectra, tl_err *err);
tl_code tl_io_tables_write_table(const char *path, const char *parameter, const tl_table *table,
                                 tl_err *err);

/* A CSV with one spectrum per row and numeric column headers (350, X350, 350nm, R_350, wl350), or
 * one wavelength per row under a header that starts with "wavelength".
 *
 * what   names the source in messages
 * fails  TL_FORMAT not a text table; TL_DATA no wavelengths, the same wavelength twice, no spectra;
 *        TL_NOMEM */
tl_code tl_io_tables_spectra_from_csv(const char *bytes, size_t length, const char *what,
                                      const tl_progress *progress, tl_spectra *spectra,
                                      tl_err *err);

/* The same from a table that was read before; texts stays with the caller. */
tl_code tl_io_tables_spectra_from_texts(const tl_text_table *texts, const char *what,
                                        const tl_progress *progress, tl_spectra *spectra,
                                        tl_err *err);

/* Puts a text export into the form that tl_io_tables_spectra_from_csv reads: lines before the one
 * that begins with "wavelength" are removed, spaces between values become tabs, decimal commas
 * become points where the comma does not separate values, other names of the first column become
 * "wavelength", and two columns of numbers without a header get one.
 *
 * tidy       out: owned, NUL-terminated, tidy_length bytes
 * form       out: the decisions, part of a message
 * is_column  out: 1 when the wavelengths run down the first column
 * fails      TL_NOMEM */
tl_code tl_io_tables_spectra_tidy_text(const char *bytes, size_t length, char **tidy,
                                       size_t *tidy_length, char form[96], int *is_column,
                                       tl_err *err);

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
