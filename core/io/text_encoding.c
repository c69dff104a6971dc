/* SPDX-License-Identifier: GPL-2.0-or-later
 * The encoding of a text; see text_encoding.h. */
#include "io/text_encoding.h"

#include <ctype.h>
#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "base/assumptions.h"
#include "source/csv.h"

enum { LOOKED_AT = 1 << 16 };

/* UTF-16 without a byte order mark: letters and digits of tables have one byte that is zero. */
static const char *wide_encoding(const char *bytes, size_t length) {
    size_t zero[2] = {0, 0};
    const size_t n = length < LOOKED_AT ? length : LOOKED_AT;
    for (size_t k = 0; k < n; k++) {
        zero[k % 2] += bytes[k] == '\0';
    }
    if (length % 2 != 0 || n < 4) {
        return NULL;
    }
    return zero[1] > n / 4 && zero[0] == 0   ? "UTF-16LE"
           : zero[0] > n / 4 && zero[1] == 0 ? "UTF-16BE"
                                             : NULL;
}

/* The encoding that a byte order mark names; skip gets the length of the mark. */
static const char *marked_encoding(const char *bytes, size_t length, size_t *skip) {
    static const struct {
        const char *name;
        const char *mark;
        size_t length;
    } marks[] = {{"UTF-32LE", "\xFF\xFE\0\0", 4},
                 {"UTF-32BE", "\0\0\xFE\xFF", 4},
                 {"UTF-16LE", "\xFF\xFE", 2},
                 {"UTF-16BE", "\xFE\xFF", 2},
                 {"GB18030", "\x84\x31\x95\x33", 4}};
    for (size_t k = 0; k < sizeof marks / sizeof marks[0]; k++) {
        *skip = marks[k].length;
        if (length >= *skip && memcmp(bytes, marks[k].mark, *skip) == 0) {
            return marks[k].name;
        }
    }
    *skip = 0;
    return NULL;
}

/* 1 when the bytes above 127 are pairs of GBK, and at least half of these are characters of daily
 * use (first level of GB 2312), Chinese punctuation or full-width letters. Two accented letters of
 * Latin-1 in a row are a pair too, but mostly a rare one, and they have Latin letters on both
 * sides. */
static int looks_like_gbk(const char *bytes, size_t length) {
    size_t pairs = 0;
    size_t common = 0;
    for (size_t k = 0; k < length; k++) {
        const unsigned char lead = (unsigned char)bytes[k];
        if (lead < 0x80) {
            continue;
        }
        const unsigned char trail = k + 1 < length ? (unsigned char)bytes[k + 1] : 0;
        if (lead == 0x80 || lead == 0xFF || trail < 0x40 || trail == 0x7F || trail == 0xFF) {
            return 0;
        }
        const int alone = (k == 0 || (unsigned char)bytes[k - 1] < 0x80) &&
                          (k + 2 >= length || (unsigned char)bytes[k + 2] < 0x80);
        const int in_word = alone && k > 0 && isalpha((unsigned char)bytes[k - 1]) &&
                            k + 2 < length && isalpha((unsigned char)bytes[k + 2]);
        const int usual =
            trail >= 0xA1 && ((lead >= 0xB0 && lead <= 0xD7) || (lead >= 0xA1 && lead <= 0xA3));
        pairs++;
        common += usual && !in_word;
        k++;
    }
    return pairs > 0 && 2 * common >= pairs;
}

static tl_code convert(const char *bytes, size_t length, const char *from, const char *what,
                       char **utf8, size_t *utf8_length, tl_err *err) {
    /* No character of these encodings takes more than three bytes of UTF-8 per byte. */
    const size_t capacity = 3 * length + 4;
    const iconv_t way = iconv_open("UTF-8", from);
    if (way == (iconv_t)-1) {
        return tl_fail(err, TL_FORMAT,
                       "%s: the text seems to be %s, which this system cannot read; save it as "
                       "UTF-8",
                       what, from);
    }
    char *out = tl_acquire((ptrdiff_t)capacity, 1);
    char *in = (char *)(uintptr_t)bytes; /* iconv does not write there */
    char *to = out;
    size_t left = length;
    size_t space = capacity - 1;
    tl_code code = out == NULL ? tl_no_memory(err, "%s", what) : TL_OK;
    if (code == TL_OK && iconv(way, &in, &left, &to, &space) == (size_t)-1) {
        code = tl_fail(err, TL_FORMAT,
                       "%s: the text seems to be %s, but byte %zu is none of it; save it as UTF-8",
                       what, from, length - left + 1);
    }
    (void)iconv_close(way);
    if (code != TL_OK) {
        tl_release(out);
        return code;
    }
    *to = '\0';
    *utf8 = out;
    *utf8_length = (size_t)(to - out);
    return TL_OK;
}

const char *tl_io_text_encoding(const char *bytes, size_t length) {
    size_t high = 0;
    for (size_t k = 0; k < length && high == 0; k++) {
        high += (unsigned char)bytes[k] >= 0x80;
    }
    return high == 0                                    ? NULL
           : tl_source_csv_not_utf8(bytes, length) == 0 ? "UTF-8"
           : looks_like_gbk(bytes, length)              ? "GB18030"
                                                        : "WINDOWS-1252";
}

const char *tl_io_encoding_word(const char *encoding) {
    return strcmp(encoding, "GB18030") == 0        ? "GBK"
           : strcmp(encoding, "WINDOWS-1252") == 0 ? "Latin-1 (Windows-1252)"
                                                   : encoding;
}

tl_code tl_io_to_utf8(const char *bytes, size_t length, const char *what, char **utf8,
                      size_t *utf8_length, tl_err *err) {
    size_t skip = 0;
    *utf8 = NULL;
    *utf8_length = length;
    const char *encoding = marked_encoding(bytes, length, &skip);
    if (encoding != NULL) {
        return convert(bytes + skip, length - skip, encoding, what, utf8, utf8_length, err);
    }
    encoding = wide_encoding(bytes, length);
    if (encoding == NULL && memchr(bytes, '\0', length) != NULL) {
        return tl_fail(err, TL_FORMAT, "%s is not a text table: it holds NUL bytes", what);
    }
    encoding = encoding != NULL ? encoding : tl_io_text_encoding(bytes, length);
    if (encoding == NULL || strcmp(encoding, "UTF-8") == 0) {
        return TL_OK;
    }
    /* Five byte values mean nothing in Windows-1252, but are control characters of Latin-1. */
    tl_code code = convert(bytes, length, encoding, what, utf8, utf8_length, err);
    if (code == TL_FORMAT && strcmp(encoding, "WINDOWS-1252") == 0) {
        encoding = "ISO-8859-1";
        code = convert(bytes, length, encoding, what, utf8, utf8_length, err);
    }
    if (code == TL_OK) {
        const ptrdiff_t line = tl_source_csv_not_utf8(bytes, length);
        code = tl_assume(err, TL_INFO,
                         "%s is not UTF-8 (line %td) and is read as %s; save it as UTF-8 if its "
                         "names look wrong",
                         what, line == 0 ? 1 : line, tl_io_encoding_word(encoding));
        if (code != TL_OK) {
            tl_release(*utf8);
            *utf8 = NULL;
        }
    }
    return code;
}
