/* SPDX-License-Identifier: GPL-2.0-or-later
 * The encoding of a text of unknown origin. */
#ifndef TL_IO_TEXT_ENCODING_H
#define TL_IO_TEXT_ENCODING_H

#include <stddef.h>

#include "base/status.h"

/* Turns a text into UTF-8. UTF-8 and UTF-16 or UTF-32 with a byte order mark are what they are.
 * Otherwise the encoding is assumed, and recorded as an assumption: UTF-16 where every other byte is
 * zero in most of the text, GBK (as GB 18030) where the bytes above 127 form pairs that are mostly
 * common Chinese characters, else Windows-1252, which contains Latin-1.
 *
 * bytes        [length]
 * what         names the source in messages, for example "samples 'soil.csv'"
 * utf8         out: owned, NUL-terminated; NULL when the text is UTF-8 already
 * utf8_length  out
 * fails        TL_FORMAT not a text in any of these; TL_NOMEM; a strict run refuses the assumption
 * cost         O(length) */
tl_code tl_io_to_utf8(const char *bytes, size_t length, const char *what, char **utf8,
                      size_t *utf8_length, tl_err *err);

/* The encoding of bytes that hold letters beyond ASCII, as iconv names it: "UTF-8", "GB18030" or
 * "WINDOWS-1252", by the rules above; NULL for plain ASCII. */
const char *tl_io_text_encoding(const char *bytes, size_t length);

/* Such a name as users know it. */
const char *tl_io_encoding_word(const char *encoding);

#endif
