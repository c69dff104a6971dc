/* SPDX-License-Identifier: GPL-2.0-or-later
 * Parser of ENVI headers; see envi_header.h. */
#include "io/envi_header.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

static char *trim(char *from, char *to) {
    while (from < to && isspace((unsigned char)*from)) {
        from++;
    }
    while (to > from && isspace((unsigned char)to[-1])) {
        to--;
    }
    *to = '\0';
    return from;
}

/* Lower case, underscores as spaces, several spaces as one: "Wavelength_Units" is "wavelength
 * units". */
static void tidy_key(char *key) {
    char *to = key;
    for (const char *c = key; *c != '\0'; c++) {
        const char low = *c == '_' ? ' ' : (char)tolower((unsigned char)*c);
        if (isspace((unsigned char)low) && to > key && to[-1] == ' ') {
            continue;
        }
        *to++ = isspace((unsigned char)low) ? ' ' : low;
    }
    *to = '\0';
}

static tl_code add_item(tl_envi *envi, char *key, char *value, tl_err *err) {
    tl_envi_item *grown = tl_grow(envi->item, envi->n, envi->n + 1, sizeof *grown);
    if (grown == NULL) {
        return tl_no_memory(err, "an ENVI header");
    }
    envi->item = grown;
    tidy_key(key);
    envi->item[envi->n++] = (tl_envi_item){.key = key, .value = value};
    return TL_OK;
}

/* One "key = value"; *at moves past it. Lines without "=" are skipped (comments, empty lines). */
static tl_code take_item(char **at, char *end, const char *what, tl_envi *envi, tl_err *err) {
    char *line_end = memchr(*at, '\n', (size_t)(end - *at));
    line_end = line_end == NULL ? end : line_end;
    char *equals = memchr(*at, '=', (size_t)(line_end - *at));
    char *key = *at;
    if (equals == NULL || *key == ';') {
        *at = line_end < end ? line_end + 1 : end;
        return TL_OK;
    }
    key = trim(key, equals);
    char *value = equals + 1;
    while (value < end && (*value == ' ' || *value == '\t')) {
        value++;
    }
    char *value_end = line_end;
    if (value < end && *value == '{') {
        value++;
        value_end = memchr(value, '}', (size_t)(end - value));
        if (value_end == NULL) {
            return tl_fail(err, TL_FORMAT, "%s: the brace of '%.40s' is not closed", what, key);
        }
        line_end = memchr(value_end, '\n', (size_t)(end - value_end));
        line_end = line_end == NULL ? end : line_end;
    }
    *at = line_end < end ? line_end + 1 : end;
    value = trim(value, value_end);
    return add_item(envi, key, value, err);
}

tl_code tl_io_envi_parse(const char *bytes, size_t length, const char *what, tl_envi *envi,
                         tl_err *err) {
    *envi = (tl_envi){0};
    if (length < 4 || memcmp(bytes, "ENVI", 4) != 0) {
        return tl_fail(err, TL_FORMAT, "%s is not an ENVI header: it does not start with ENVI",
                       what);
    }
    if (memchr(bytes, '\0', length) != NULL) {
        return tl_fail(err, TL_FORMAT, "%s is not an ENVI header: it contains NUL bytes", what);
    }
    envi->bytes = tl_acquire((ptrdiff_t)length + 1, 1);
    if (envi->bytes == NULL) {
        return tl_no_memory(err, "%s", what);
    }
    memcpy(envi->bytes, bytes, length);
    char *end = envi->bytes + length;
    char *at = memchr(envi->bytes, '\n', length);
    at = at == NULL ? end : at + 1;
    tl_code code = TL_OK;
    while (code == TL_OK && at < end) {
        code = take_item(&at, end, what, envi, err);
    }
    if (code != TL_OK) {
        tl_io_envi_free(envi);
    }
    return code;
}

void tl_io_envi_free(tl_envi *envi) {
    if (envi != NULL) {
        tl_release(envi->item);
        tl_release(envi->bytes);
        *envi = (tl_envi){0};
    }
}

const char *tl_io_envi_value(const tl_envi *envi, const char *key) {
    for (ptrdiff_t i = 0; i < envi->n; i++) {
        if (strcmp(envi->item[i].key, key) == 0) {
            return envi->item[i].value;
        }
    }
    return NULL;
}

int tl_io_envi_number(const tl_envi *envi, const char *key, double *value) {
    const char *text = tl_io_envi_value(envi, key);
    return text != NULL && tl_parse_number(text, value);
}

const char *tl_io_envi_next(const char *list, char *entry, size_t capacity) {
    if (list == NULL || *list == '\0') {
        return NULL;
    }
    const char *comma = strchr(list, ',');
    const char *end = comma == NULL ? list + strlen(list) : comma;
    const char *from = list;
    while (from < end && isspace((unsigned char)*from)) {
        from++;
    }
    const char *to = end;
    while (to > from && isspace((unsigned char)to[-1])) {
        to--;
    }
    const size_t length = (size_t)(to - from) < capacity ? (size_t)(to - from) : capacity - 1;
    memcpy(entry, from, length);
    entry[length] = '\0';
    return comma == NULL ? end : comma + 1;
}

int tl_io_envi_numbers(const tl_envi *envi, const char *key, ptrdiff_t n, double *out) {
    const char *list = tl_io_envi_value(envi, key);
    char entry[64];
    ptrdiff_t count = 0;
    while ((list = tl_io_envi_next(list, entry, sizeof entry)) != NULL) {
        if (count < n) {
            out[count] = (double)NAN;
            (void)tl_parse_number(entry, &out[count]);
        }
        count++;
    }
    return count == n && n > 0;
}
