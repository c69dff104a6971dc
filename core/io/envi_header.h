/* SPDX-License-Identifier: GPL-2.0-or-later
 * ENVI headers as key and value texts: a bounded parser of bytes that opens no files. */
#ifndef TL_IO_ENVI_HEADER_H
#define TL_IO_ENVI_HEADER_H

#include <stddef.h>

#include "base/status.h"

typedef struct tl_envi_item {
    char *key;   /* lower case, single spaces */
    char *value; /* trimmed, without the braces */
} tl_envi_item;

typedef struct tl_envi {
    ptrdiff_t n;
    tl_envi_item *item;
    char *bytes; /* the texts themselves */
} tl_envi;

/* Parses a header that starts with the word ENVI. Values in braces may span several lines.
 *
 * bytes  [length]; copied
 * what   names the file in messages
 * fails  TL_FORMAT not an ENVI header, NUL bytes, a brace that is not closed; TL_NOMEM */
tl_code tl_io_envi_parse(const char *bytes, size_t length, const char *what, tl_envi *envi,
                         tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_io_envi_free(tl_envi *envi);

/* Value of a key, or NULL. */
const char *tl_io_envi_value(const tl_envi *envi, const char *key);

/* The number of a key; 0 when it is missing or not a number (value unchanged). */
int tl_io_envi_number(const tl_envi *envi, const char *key, double *value);

/* Copies the next comma-separated entry of a list, without surrounding spaces and cut to capacity -
 * 1 bytes.
 *
 * returns what follows in list; NULL when list is NULL or used up */
const char *tl_io_envi_next(const char *list, char *entry, size_t capacity);

/* Numbers of a list.
 *
 * out     [n]
 * NaN     for an entry that is no number
 * returns 1 when the list has exactly n entries, else 0 */
int tl_io_envi_numbers(const tl_envi *envi, const char *key, ptrdiff_t n, double *out);

#endif
