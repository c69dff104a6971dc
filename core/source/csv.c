/* SPDX-License-Identifier: GPL-2.0-or-later
 * Parser of delimited texts; see csv.h. */
#include "source/csv.h"

#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

/* Reading position. Fields are unquoted and trimmed in place: the text never grows. */
typedef struct reader {
    char *at;
    char *end;
    ptrdiff_t line;
    char delimiter;
} reader;

/* What ended a field. */
typedef enum ending { END_FIELD, END_ROW, END_QUOTE_OPEN } ending;

static char most_frequent_delimiter(const char *text, const char *end) {
    static const char candidates[3] = {',', ';', '\t'};
    ptrdiff_t count[3] = {0, 0, 0};
    int quoted = 0;
    for (const char *c = text; c < end && (quoted || (*c != '\n' && *c != '\r')); c++) {
        quoted = *c == '"' ? !quoted : quoted;
        for (int k = 0; k < 3 && !quoted; k++) {
            count[k] += *c == candidates[k];
        }
    }
    int best = 0;
    for (int k = 1; k < 3; k++) {
        best = count[k] > count[best] ? k : best;
    }
    return candidates[best];
}

static char *trim(char *from, char *to) {
    while (from < to && (*from == ' ' || *from == '\t')) {
        from++;
    }
    while (to > from && (to[-1] == ' ' || to[-1] == '\t')) {
        to--;
    }
    *to = '\0';
    return from;
}

static int is_row_end(char c) {
    return c == '\n' || c == '\r';
}

static void step_over_row_end(reader *r) {
    if (r->at + 1 < r->end && r->at[0] == '\r' && r->at[1] == '\n') {
        r->at++;
    }
    r->at++;
    r->line++;
}

static ending take_field(reader *r, char **field) {
    while (r->at < r->end && *r->at == ' ') {
        r->at++;
    }
    char *from = r->at;
    char *to = from;
    const int quoted = r->at < r->end && *r->at == '"';
    if (quoted) {
        r->at++;
        for (;; r->at++) {
            if (r->at >= r->end) {
                return END_QUOTE_OPEN;
            }
            if (*r->at == '"' && (r->at + 1 >= r->end || r->at[1] != '"')) {
                r->at++;
                break;
            }
            r->at += *r->at == '"';
            r->line += *r->at == '\n';
            *to++ = *r->at;
        }
    }
    while (r->at < r->end && *r->at != r->delimiter && !is_row_end(*r->at)) {
        if (quoted && *r->at == ' ') {
            r->at++; /* white space between a closing quote and the delimiter has no meaning */
            continue;
        }
        *to++ = *r->at++;
    }
    ending how = END_ROW;
    if (r->at < r->end && *r->at == r->delimiter) {
        how = END_FIELD;
        r->at++;
    } else if (r->at < r->end) {
        step_over_row_end(r);
    }
    *field = trim(from, to);
    return how;
}

static void skip_empty_lines(reader *r) {
    for (;;) {
        char *c = r->at;
        while (c < r->end && *c == ' ') {
            c++;
        }
        if (c >= r->end || !is_row_end(*c)) {
            r->at = c >= r->end ? c : r->at;
            return;
        }
        r->at = c;
        step_over_row_end(r);
    }
}

static tl_code take_header(reader *r, const char *what, tl_csv *csv, tl_err *err) {
    ptrdiff_t capacity = 0;
    for (ending how = END_FIELD; how == END_FIELD;) {
        if (csv->ncol == capacity) {
            const ptrdiff_t wanted = capacity == 0 ? 64 : capacity * 2;
            char **grown = tl_grow(csv->header, capacity, wanted, sizeof *grown);
            if (grown == NULL) {
                return tl_no_memory(err, "the columns of %s", what);
            }
            csv->header = grown;
            capacity = wanted;
        }
        how = take_field(r, &csv->header[csv->ncol]);
        if (how == END_QUOTE_OPEN) {
            return tl_fail(err, TL_FORMAT, "%s: a quote in the header row is never closed", what);
        }
        csv->ncol++;
    }
    return TL_OK;
}

static tl_code take_row(reader *r, const char *what, tl_csv *csv, tl_err *err) {
    static char nothing[] = "";
    char **row = csv->cell + csv->nrow * csv->ncol;
    const ptrdiff_t line = r->line;
    ptrdiff_t n = 0;
    for (ending how = END_FIELD; how == END_FIELD; n++) {
        char *field = NULL;
        how = take_field(r, &field);
        if (how == END_QUOTE_OPEN) {
            return tl_fail(err, TL_FORMAT, "%s: the quote in line %td is never closed", what, line);
        }
        /* One delimiter too many at the end of a row is common and harmless. */
        if (n >= csv->ncol && (field[0] != '\0' || how == END_FIELD)) {
            return tl_fail(err, TL_FORMAT,
                           "%s: line %td has more than the %td fields that the header names", what,
                           line, csv->ncol);
        }
        if (n < csv->ncol) {
            row[n] = field;
        }
    }
    for (; n < csv->ncol; n++) {
        row[n] = nothing;
    }
    csv->nrow++;
    return TL_OK;
}

static tl_code take_rows(reader *r, const char *what, tl_csv *csv, tl_err *err) {
    ptrdiff_t capacity = 0;
    for (skip_empty_lines(r); r->at < r->end; skip_empty_lines(r)) {
        if (csv->nrow == capacity) {
            const ptrdiff_t wanted = capacity == 0 ? 64 : capacity * 2;
            char **grown =
                csv->ncol > PTRDIFF_MAX / wanted
                    ? NULL
                    : tl_grow(csv->cell, capacity * csv->ncol, wanted * csv->ncol, sizeof *grown);
            if (grown == NULL) {
                return tl_no_memory(err, "the rows of %s", what);
            }
            csv->cell = grown;
            capacity = wanted;
        }
        TL_TRY(take_row(r, what, csv, err));
    }
    return TL_OK;
}

/* Bytes of the character at text if it is UTF-8 in its shortest form, else 0. */
static size_t character_length(const unsigned char *text, size_t left) {
    const unsigned char lead = text[0];
    const size_t length = lead < 0x80                   ? 1
                          : lead >= 0xC2 && lead < 0xE0 ? 2
                          : lead >= 0xE0 && lead < 0xF0 ? 3
                          : lead >= 0xF0 && lead < 0xF5 ? 4
                                                        : 0;
    if (length == 0 || length > left) {
        return 0;
    }
    for (size_t k = 1; k < length; k++) {
        if ((text[k] & 0xC0) != 0x80) {
            return 0;
        }
    }
    const int too_long = (lead == 0xE0 && text[1] < 0xA0) || (lead == 0xF0 && text[1] < 0x90);
    return too_long ? 0 : length;
}

/* In other encodings ids and column names would match nothing. */
static tl_code check_encoding(const char *bytes, size_t length, const char *what, tl_err *err) {
    ptrdiff_t line = 1;
    for (size_t at = 0; at < length;) {
        const size_t step = character_length((const unsigned char *)bytes + at, length - at);
        if (step == 0) {
            return tl_fail(err, TL_FORMAT,
                           "%s is not UTF-8 text (line %td); save it as UTF-8, which Excel calls "
                           "'CSV UTF-8'",
                           what, line);
        }
        line += bytes[at] == '\n';
        at += step;
    }
    return TL_OK;
}

tl_code tl_source_csv_parse(const char *bytes, size_t length, const char *what, tl_csv *csv,
                            tl_err *err) {
    *csv = (tl_csv){0};
    if (length >= 2 && (memcmp(bytes, "\xFF\xFE", 2) == 0 || memcmp(bytes, "\xFE\xFF", 2) == 0)) {
        return tl_fail(err, TL_FORMAT,
                       "%s is UTF-16 text; save it as UTF-8, which Excel calls 'CSV UTF-8'", what);
    }
    if (length > 0 && memchr(bytes, '\0', length) != NULL) {
        return tl_fail(err, TL_FORMAT, "%s is not a text table: it holds NUL bytes", what);
    }
    TL_TRY(check_encoding(bytes, length, what, err));
    csv->bytes = tl_acquire((ptrdiff_t)length + 1, 1);
    if (csv->bytes == NULL) {
        return tl_no_memory(err, "%s", what);
    }
    if (length > 0) {
        memcpy(csv->bytes, bytes, length);
    }
    reader r = {.at = csv->bytes, .end = csv->bytes + length, .line = 1};
    if (length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
        r.at += 3;
    }
    skip_empty_lines(&r);
    r.delimiter = most_frequent_delimiter(r.at, r.end);
    tl_code code = TL_OK;
    if (r.at >= r.end) {
        code = tl_fail(err, TL_FORMAT, "%s is empty; wanted a header row and data rows", what);
    }
    if (code == TL_OK) {
        code = take_header(&r, what, csv, err);
    }
    if (code == TL_OK) {
        code = take_rows(&r, what, csv, err);
    }
    csv->delimiter = r.delimiter;
    if (code != TL_OK) {
        tl_source_csv_free(csv);
    }
    return code;
}

void tl_source_csv_free(tl_csv *csv) {
    if (csv != NULL) {
        tl_release(csv->header);
        tl_release(csv->cell);
        tl_release(csv->bytes);
        *csv = (tl_csv){0};
    }
}

ptrdiff_t tl_source_csv_column(const tl_csv *csv, const char *name) {
    for (ptrdiff_t j = 0; j < csv->ncol; j++) {
        if (tl_same_word(csv->header[j], name)) {
            return j;
        }
    }
    return -1;
}
