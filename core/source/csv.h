/* SPDX-License-Identifier: GPL-2.0-or-later
 * A delimited text as a table of texts: the one parser of CSV bytes, for spectra, samples and band
 * tables. It opens no files, so that hostile bytes can be tested without files. */
#ifndef TL_SOURCE_CSV_H
#define TL_SOURCE_CSV_H

#include <stddef.h>

#include "base/status.h"

typedef struct tl_csv {
    ptrdiff_t nrow; /* rows below the header */
    ptrdiff_t ncol;
    char **header;  /* [ncol] column names, trimmed */
    char **cell;    /* [nrow, ncol] trimmed texts, never NULL; empty where a row is short */
    char delimiter; /* ',', ';' or tab, whichever is most frequent in the header */
    char *bytes;    /* the texts themselves */
} tl_csv;

/* Parses a text. A UTF-8 byte order mark, CR LF line ends, quoted fields (with doubled quotes,
 * delimiters and line breaks inside) and empty lines are accepted.
 *
 * bytes  [length]; copied
 * what   names the source in error sentences, for example "spectra 'soil.csv'"
 * fails  TL_FORMAT no header row, NUL bytes, not UTF-8, a quote that is never closed, a row with
 *        more fields than the header; TL_NOMEM. csv is empty then
 * cost   O(length) */
tl_code tl_source_csv_parse(const char *bytes, size_t length, const char *what, tl_csv *csv,
                            tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_source_csv_free(tl_csv *csv);

/* Column of that name whatever its case, or -1. */
ptrdiff_t tl_source_csv_column(const tl_csv *csv, const char *name);

/* Text of a cell. */
static inline const char *tl_source_csv_at(const tl_csv *csv, ptrdiff_t row, ptrdiff_t col) {
    return csv->cell[row * csv->ncol + col];
}

#endif
