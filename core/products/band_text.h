/* SPDX-License-Identifier: GPL-2.0-or-later
 * Small texts of numbers with one line per band, as part of satellite products: gains and offsets,
 * centres and widths. It opens no files. */
#ifndef TL_PRODUCTS_BAND_TEXT_H
#define TL_PRODUCTS_BAND_TEXT_H

#include <stddef.h>

#include "base/status.h"

typedef struct tl_band_text {
    ptrdiff_t nrow;
    ptrdiff_t ncol;
    double *value; /* [nrow, ncol] */
} tl_band_text;

/* Reads lines of numbers (decimal point) separated by commas, semicolons, tabs or spaces. Empty
 * lines, a byte order mark and a first line of words are skipped; every line has as many numbers as
 * the first one. A first column that counts 1, 2, 3 ... before others is ignored.
 *
 * bytes  [length]
 * what   names the file in messages
 * text   initialised here; empty on failure
 * fails  TL_FORMAT not such a text, more than 65536 lines or 64 columns; TL_NOMEM */
tl_code tl_products_band_text_parse(const char *bytes, size_t length, const char *what,
                                    tl_band_text *text, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_products_band_text_free(tl_band_text *text);

#endif
