/* SPDX-License-Identifier: GPL-2.0-or-later
 * Text that grows, and numbers that are read and written the same way in every locale. */
#ifndef TL_BASE_TEXT_H
#define TL_BASE_TEXT_H

#include <stddef.h>

#include "base/status.h"

/* Owner of a growing NUL-terminated text. Start from a zeroed struct. When memory runs out the text
 * stops growing and failed is set; check it once at the end. */
typedef struct tl_text {
    char *data; /* NULL while empty */
    ptrdiff_t length;
    ptrdiff_t capacity;
    int failed;
} tl_text;

/* Appends a text. */
void tl_text_add(tl_text *t, const char *text);

/* Appends a text in printf format. */
void tl_text_addf(tl_text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Appends the shortest decimal form that reads back as the same double (same bits); nothing for
 * NaN. */
void tl_text_add_number(tl_text *t, double value);

/* Appends text with &, <, >, " and ' escaped for XML and HTML. */
void tl_text_add_escaped(tl_text *t, const char *text);

/* The text, never NULL. */
const char *tl_text_data(const tl_text *t);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_text_free(tl_text *t);

/* Reads a whole text as one finite number with a decimal point, whatever the locale; white space
 * around it is skipped.
 *
 * returns 1 on success; 0 and value untouched for anything else: "", "1,5", "1.5x", "nan", "inf" */
int tl_parse_number(const char *text, double *value);

/* Bytes of the character that a text begins with, if it is UTF-8 in its shortest form; else 0.
 *
 * left  bytes of the text */
size_t tl_utf8_length(const char *text, size_t left);

/* Removes the beginnings of characters whose end is missing, in place, because a format with a limited
 * width ("%.40s") counts bytes. A text without any whole character of several bytes is no UTF-8, and
 * stays as it is. */
void tl_utf8_mend(char *text);

/* The part of a path after its last slash, borrowed. */
const char *tl_base_name(const char *path);

/* 1 when a and b are equal apart from ASCII case. */
int tl_same_word(const char *a, const char *b);

#endif
