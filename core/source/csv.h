/* SPDX-License-Identifier: GPL-2.0-or-later
 * A delimited text as a table of texts: the one parser of such bytes, for spectra, samples and band
 * tables. It opens no files, so that hostile bytes can be tested without files. */
#ifndef TL_SOURCE_CSV_H
#define TL_SOURCE_CSV_H

#include <stddef.h>

#include "base/status.h"
#include "source/text_table.h"

/* Parses a text in UTF-8. An apostrophe in front of =, +, - or @ keeps spreadsheets from running a
 * text as a formula and is removed. Understood are a byte order mark, CR LF line ends, quoted fields (with
 * doubled quotes, delimiters and line breaks inside), empty lines, a first line "sep=;", a title
 * above the header, rows of separators only, and tables of R's write.table, whose header names one
 * column less than the rows have (the first column is called row_name then).
 *
 * The delimiter is the one of comma, semicolon, tab and | that divides the header and the first rows
 * into equally many fields, else the most frequent one in the header; runs of blanks where there is
 * none of them and all of the first rows have as many words as the header.
 *
 * bytes  [length]; copied
 * what   names the source in error sentences, for example "spectra 'soil.csv'"
 * fails  TL_FORMAT no header row, NUL bytes, not UTF-8, a quote that is never closed, a row with more
 *        fields than the header; TL_DATA see tl_source_text_table_settle; TL_NOMEM. csv is empty then
 * cost   O(length) */
tl_code tl_source_csv_parse(const char *bytes, size_t length, const char *what, tl_text_table *csv,
                            tl_err *err);

/* 1 when a spreadsheet may run a text as a formula: it begins with =, +, -, @ or their full-width
 * forms, also behind blanks, or with a tab or the end of a line. A single character is none, and
 * whether the text is a number is for the caller to test. */
int tl_source_csv_is_formula(const char *text);

/* The line of the first byte that is no UTF-8 in its shortest form, or 0. */
ptrdiff_t tl_source_csv_not_utf8(const char *bytes, size_t length);

#endif
