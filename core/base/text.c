/* SPDX-License-Identifier: GPL-2.0-or-later
 * Growing text and locale-free numbers; see text.h. */
#define _GNU_SOURCE
#include "base/text.h"

#include <ctype.h>
#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

static int reserve(tl_text *t, ptrdiff_t extra) {
    if (t->failed) {
        return 0;
    }
    const ptrdiff_t wanted = t->length + extra + 1;
    if (wanted > t->capacity) {
        const ptrdiff_t capacity = wanted < 256 ? 256 : wanted * 2;
        char *grown = tl_grow(t->data, t->capacity, capacity, 1);
        if (grown == NULL) {
            t->failed = 1;
            return 0;
        }
        t->data = grown;
        t->capacity = capacity;
    }
    return 1;
}

static void add_bytes(tl_text *t, const char *bytes, ptrdiff_t n) {
    if (n > 0 && reserve(t, n)) {
        memcpy(t->data + t->length, bytes, (size_t)n);
        t->length += n;
        t->data[t->length] = '\0';
    }
}

void tl_text_add(tl_text *t, const char *text) {
    if (text != NULL) {
        add_bytes(t, text, (ptrdiff_t)strlen(text));
    }
}

void tl_text_addf(tl_text *t, const char *format, ...) {
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    const int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n > 0 && reserve(t, n)) {
        (void)vsnprintf(t->data + t->length, (size_t)n + 1, format, again);
        t->length += n;
    }
    va_end(again);
}

/* One "C" locale for the life of the process: numbers in files never follow the user's locale. */
static locale_t c_locale(void) {
    static locale_t c;
    if (c == (locale_t)0) {
        c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    }
    return c;
}

void tl_text_add_number(tl_text *t, double value) {
    if (isnan(value)) {
        return;
    }
    char digits[40];
    const locale_t before = uselocale(c_locale());
    for (int precision = 15; precision <= 17; precision++) {
        (void)snprintf(digits, sizeof digits, "%.*g", precision, value);
        if (!(strtod(digits, NULL) < value) && !(strtod(digits, NULL) > value)) {
            break;
        }
    }
    (void)uselocale(before);
    tl_text_add(t, digits);
}

void tl_text_add_escaped(tl_text *t, const char *text) {
    for (const char *c = text == NULL ? "" : text; *c != '\0'; c++) {
        switch (*c) {
            case '&':
                tl_text_add(t, "&amp;");
                break;
            case '<':
                tl_text_add(t, "&lt;");
                break;
            case '>':
                tl_text_add(t, "&gt;");
                break;
            case '"':
                tl_text_add(t, "&quot;");
                break;
            case '\'':
                tl_text_add(t, "&apos;");
                break;
            default:
                add_bytes(t, c, 1);
        }
    }
}

const char *tl_text_data(const tl_text *t) {
    return t->data == NULL ? "" : t->data;
}

void tl_text_free(tl_text *t) {
    if (t != NULL) {
        tl_release(t->data);
        *t = (tl_text){0};
    }
}

int tl_parse_number(const char *text, double *value) {
    if (text == NULL) {
        return 0;
    }
    while (isspace((unsigned char)*text)) {
        text++;
    }
    char *end = NULL;
    const double read = strtod_l(text, &end, c_locale());
    /* strtod also accepts "0x10", which is not a number in the files of our users. */
    if (end == text || !isfinite(read) || strpbrk(text, "xX") != NULL) {
        return 0;
    }
    while (isspace((unsigned char)*end)) {
        end++;
    }
    if (*end != '\0') {
        return 0;
    }
    *value = read;
    return 1;
}

size_t tl_utf8_length(const char *text, size_t left) {
    const unsigned char *u = (const unsigned char *)text;
    const size_t length = u[0] < 0x80                   ? 1
                          : u[0] >= 0xC2 && u[0] < 0xE0 ? 2
                          : u[0] >= 0xE0 && u[0] < 0xF0 ? 3
                          : u[0] >= 0xF0 && u[0] < 0xF5 ? 4
                                                        : 0;
    if (length == 0 || length > left) {
        return 0;
    }
    for (size_t k = 1; k < length; k++) {
        if ((u[k] & 0xC0) != 0x80) {
            return 0;
        }
    }
    const int too_long = (u[0] == 0xE0 && u[1] < 0xA0) || (u[0] == 0xF0 && u[1] < 0x90);
    return too_long ? 0 : length;
}

void tl_utf8_mend(char *text) {
    const size_t n = strlen(text);
    int whole = 0;
    int broken = 0;
    for (size_t at = 0; at < n;) {
        const size_t step = tl_utf8_length(text + at, n - at);
        whole = whole || step > 1;
        broken = broken || step == 0;
        at += step == 0 ? 1 : step;
    }
    if (!whole || !broken) {
        return;
    }
    char *out = text;
    for (size_t at = 0; at < n;) {
        const size_t step = tl_utf8_length(text + at, n - at);
        memmove(out, text + at, step);
        out += step;
        at += step == 0 ? 1 : step;
    }
    *out = '\0';
}

const char *tl_base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

int tl_same_word(const char *a, const char *b) {
    while (*a != '\0' && tolower((unsigned char)*a) == tolower((unsigned char)*b)) {
        a++;
        b++;
    }
    return *a == *b || tolower((unsigned char)*a) == tolower((unsigned char)*b);
}
