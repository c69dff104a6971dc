/* SPDX-License-Identifier: GPL-2.0-or-later
 * Parser of delimited texts; see csv.h. */
#include "source/csv.h"

#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "base/assumptions.h"
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

static int is_row_end(char c) {
    return c == '\n' || c == '\r';
}

static int is_blank(char c) {
    return c == ' ' || c == '\t';
}

static void step_over_row_end(reader *r) {
    if (r->at + 1 < r->end && r->at[0] == '\r' && r->at[1] == '\n') {
        r->at++;
    }
    r->at++;
    r->line++;
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

/* --- fields --- */

/* Reads a quoted field up to its closing quote; 0 when there is none. */
static int take_quoted(reader *r, char **to) {
    for (r->at++;; r->at++) {
        if (r->at >= r->end) {
            return 0;
        }
        if (*r->at == '"' && (r->at + 1 >= r->end || r->at[1] != '"')) {
            r->at++;
            return 1;
        }
        r->at += *r->at == '"';
        r->line += *r->at == '\n';
        *(*to)++ = *r->at;
    }
}

static int ends_field(const reader *r, char c) {
    return c == r->delimiter || is_row_end(c) || (r->delimiter == ' ' && c == '\t');
}

/* Steps behind the delimiter, or the run of blanks, that follows a field. */
static ending step_over_end(reader *r) {
    if (r->delimiter == ' ') {
        while (r->at < r->end && is_blank(*r->at)) {
            r->at++;
        }
        if (r->at < r->end && !is_row_end(*r->at)) {
            return END_FIELD;
        }
    } else if (r->at < r->end && *r->at == r->delimiter) {
        r->at++;
        return END_FIELD;
    }
    if (r->at < r->end) {
        step_over_row_end(r);
    }
    return END_ROW;
}

int tl_source_csv_is_formula(const char *text) {
    /* The last four are the full-width forms, which spreadsheets in East Asian languages accept. */
    static const char *const start[] = {
        "=", "+", "-", "@", "\xef\xbc\x9d", "\xef\xbc\x8b", "\xef\xbc\x8d", "\xef\xbc\xa0"};
    const char *first = text + strspn(text, " \t\r\n");
    if (text[0] == '\0' || text[1] == '\0' || *first == '\0') {
        return 0;
    }
    int is_formula = strchr("\t\r\n", text[0]) != NULL;
    for (size_t k = 0; k < sizeof start / sizeof start[0]; k++) {
        is_formula |= strncmp(first, start[k], strlen(start[k])) == 0;
    }
    return is_formula;
}

/* An apostrophe in front of a text that begins like a formula keeps spreadsheets from running it; it
 * is no part of the text. */
static char *without_apostrophe(char *field) {
    return field + (field[0] == '\'' && tl_source_csv_is_formula(field + 1));
}

static ending take_field(reader *r, char **field) {
    while (r->at < r->end && (*r->at == ' ' || (r->delimiter == ' ' && *r->at == '\t'))) {
        r->at++;
    }
    char *from = r->at;
    char *to = from;
    const int quoted = r->at < r->end && *r->at == '"';
    if (quoted && !take_quoted(r, &to)) {
        return END_QUOTE_OPEN;
    }
    while (r->at < r->end && !ends_field(r, *r->at)) {
        if (quoted && *r->at == ' ') {
            r->at++; /* white space between a closing quote and the delimiter has no meaning */
            continue;
        }
        *to++ = *r->at++;
    }
    const ending how = step_over_end(r);
    *field = without_apostrophe(tl_source_text_trim(from, to));
    return how;
}

/* --- the delimiter --- */

/* The delimiters of one line outside quotes, and its words. */
typedef struct line_count {
    ptrdiff_t delimiter[4];
    ptrdiff_t words;
} line_count;

static const char candidates[4] = {',', ';', '\t', '|'};
enum { LINES_LOOKED_AT = 12 };

static line_count count_line(reader *r) {
    line_count n = {0};
    int quoted = 0;
    int in_word = 0;
    for (; r->at < r->end && (quoted || !is_row_end(*r->at)); r->at++) {
        quoted = *r->at == '"' ? !quoted : quoted;
        for (int k = 0; k < 4 && !quoted; k++) {
            n.delimiter[k] += *r->at == candidates[k];
        }
        const int blank = !quoted && is_blank(*r->at);
        n.words += !blank && !in_word;
        in_word = !blank;
    }
    skip_empty_lines(r);
    return n;
}

/* The lines at the reading position, which does not move. */
static int count_lines(reader r, line_count n[LINES_LOOKED_AT]) {
    int lines = 0;
    while (lines < LINES_LOOKED_AT && r.at < r.end) {
        n[lines++] = count_line(&r);
    }
    return lines;
}

/* 1 when all lines behind the first have as many of a kind as it, or all one more. */
static int is_even(const ptrdiff_t *first, ptrdiff_t step, int lines) {
    for (int i = 2; i < lines; i++) {
        if (first[i * step] != first[step]) {
            return 0;
        }
    }
    return lines < 2 || first[step] == first[0] || first[step] == first[0] + 1;
}

/* See csv.h; the index among the candidates, 4 for runs of blanks. */
static int find_delimiter(const line_count *n, int lines) {
    const ptrdiff_t step = (ptrdiff_t)(sizeof *n / sizeof n->words);
    int best = -1;
    int commonest = 0;
    for (int k = 0; k < 4; k++) {
        const ptrdiff_t count = n->delimiter[k];
        if (count > 0 && is_even(&n->delimiter[k], step, lines) &&
            (best < 0 || count > n->delimiter[best])) {
            best = k;
        }
        commonest = count > n->delimiter[commonest] ? k : commonest;
    }
    if (best < 0 && n->delimiter[commonest] == 0 && n->words > 1 && lines > 1 &&
        is_even(&n->words, step, lines)) {
        return 4;
    }
    return best >= 0 ? best : commonest;
}

static int is_consistent(const line_count *n, int lines, int k) {
    const ptrdiff_t step = (ptrdiff_t)(sizeof *n / sizeof n->words);
    return n->delimiter[k] > 0 && is_even(&n->delimiter[k], step, lines);
}

/* The number of lines above a table that have none of its delimiters, while at least two lines follow
 * that have two or more each and equally many. */
static int count_titles(const line_count *n, int lines) {
    for (int k = 0; k < 4; k++) {
        if (is_consistent(n, lines, k)) {
            return 0;
        }
    }
    for (int first = 1; first + 2 <= lines; first++) {
        const int k = find_delimiter(n + first, lines - first);
        int free_of_it = k < 4;
        for (int i = 0; i < first && free_of_it; i++) {
            free_of_it = n[i].delimiter[k] == 0;
        }
        if (free_of_it && n[first].delimiter[k] >= 2 &&
            is_consistent(n + first, lines - first, k)) {
            return first;
        }
    }
    return 0;
}

/* The fields of a line that hold something, and those among them that begin like a number. */
static int count_filled(reader *r, char delimiter, int *numbers) {
    int filled = 0;
    int in_field = 0;
    int quoted = 0;
    *numbers = 0;
    for (; r->at < r->end && (quoted || !is_row_end(*r->at)); r->at++) {
        const char c = *r->at;
        quoted = c == '"' ? !quoted : quoted;
        if (!quoted && c == delimiter) {
            in_field = 0;
        } else if (!in_field && c != '"' && !is_blank(c)) {
            in_field = 1;
            filled++;
            *numbers += strchr("0123456789+-", c) != NULL;
        }
    }
    skip_empty_lines(r);
    return filled;
}

/* 1 when the first lines have one text each and the next one names columns: spreadsheets write a title
 * with as many separators as the table has columns. */
static int is_padded_title(reader r, char delimiter) {
    int numbers = 0;
    int filled = count_filled(&r, delimiter, &numbers);
    if (delimiter == ' ' || filled != 1) {
        return 0;
    }
    for (int line = 1; line < LINES_LOOKED_AT && filled == 1; line++) {
        filled = count_filled(&r, delimiter, &numbers);
    }
    return filled >= 2 && numbers == 0 && r.at < r.end;
}

/* A line "sep=;" as spreadsheets write it for each other; returns the delimiter, or '\0'. */
static char take_sep_line(reader *r) {
    char *c = r->at;
    const int quoted = c < r->end && *c == '"';
    c += quoted;
    if (r->end - c < 5 || memcmp(c, "sep=", 4) != 0) {
        return '\0';
    }
    const char delimiter = c[4];
    c += 5 + (quoted && c + 5 < r->end && c[5] == '"');
    while (c < r->end && strchr(",;\t ", *c) != NULL && *c != '\0') {
        c++; /* a program that wrote the table again may have filled the line up */
    }
    if (is_row_end(delimiter) || (c < r->end && !is_row_end(*c))) {
        return '\0';
    }
    r->at = c;
    skip_empty_lines(r);
    return delimiter;
}

static tl_code skip_title(reader *r, const char *what, tl_err *err) {
    const char *title = r->at;
    const size_t length = strcspn(title, "\r\n");
    (void)count_line(r);
    return tl_assume(err, TL_INFO,
                     "%s: the line '%.*s' above the header is read as a title and skipped; "
                     "remove it if that is wrong",
                     what, (int)(length < 80 ? length : 80), title);
}

static tl_code start(reader *r, const char *what, tl_err *err) {
    line_count n[LINES_LOOKED_AT] = {{{0}, 0}};
    skip_empty_lines(r);
    r->delimiter = take_sep_line(r);
    if (r->delimiter != '\0') {
        return TL_OK;
    }
    int lines = count_lines(*r, n);
    for (int titles = count_titles(n, lines); titles > 0; titles--) {
        TL_TRY(skip_title(r, what, err));
    }
    for (;;) {
        lines = count_lines(*r, n);
        const int k = lines == 0 ? 0 : find_delimiter(n, lines);
        r->delimiter = k == 4 ? ' ' : candidates[k];
        if (!is_padded_title(*r, r->delimiter)) {
            return TL_OK;
        }
        TL_TRY(skip_title(r, what, err));
    }
}

/* --- header and rows --- */

static tl_code take_header(reader *r, const char *what, tl_text_table *t, tl_err *err) {
    ptrdiff_t capacity = 0;
    for (ending how = END_FIELD; how == END_FIELD;) {
        if (t->ncol == capacity) {
            const ptrdiff_t wanted = capacity == 0 ? 64 : capacity * 2;
            char **grown = tl_grow(t->header, capacity, wanted, sizeof *grown);
            if (grown == NULL) {
                return tl_no_memory(err, "the columns of %s", what);
            }
            t->header = grown;
            capacity = wanted;
        }
        how = take_field(r, &t->header[t->ncol]);
        if (how == END_QUOTE_OPEN) {
            return tl_fail(err, TL_FORMAT, "%s: a quote in the header row is never closed", what);
        }
        t->ncol++;
    }
    return TL_OK;
}

/* 1 when the rows name themselves as R's write.table lets them: every row has one field more than
 * the header, and where the delimiter is a comma, which may be a decimal comma, the first field is
 * quoted or counts the rows. */
static int has_row_names(reader r, ptrdiff_t ncol) {
    line_count n[LINES_LOOKED_AT];
    const int lines = count_lines(r, n);
    int k = 0;
    while (k < 4 && candidates[k] != r.delimiter) {
        k++;
    }
    for (int i = 0; i < lines; i++) {
        const ptrdiff_t fields = k < 4 ? n[i].delimiter[k] + 1 : n[i].words;
        if (fields != ncol + 1) {
            return 0;
        }
        const char *c = r.at;
        (void)count_line(&r);
        const char *last = r.at;
        while (last > c && (is_row_end(last[-1]) || last[-1] == ' ')) {
            last--;
        }
        const int is_number = c + 1 < r.end && *c == (char)('1' + i) && c[1] == r.delimiter;
        if ((last > c && last[-1] == r.delimiter) || (k == 0 && *c != '"' && !is_number)) {
            return 0;
        }
    }
    return lines > 0;
}

static tl_code add_row_names(tl_text_table *t, const char *what, tl_err *err) {
    static char name[] = "row_name";
    char **header = tl_acquire(t->ncol + 1, sizeof *header);
    if (header == NULL) {
        return tl_no_memory(err, "the columns of %s", what);
    }
    header[0] = name;
    memcpy(header + 1, t->header, (size_t)t->ncol * sizeof *header);
    tl_release(t->header);
    t->header = header;
    t->ncol++;
    return tl_assume(err, TL_INFO,
                     "%s: the header names one column less than the rows have, as write.table of R "
                     "writes it, so the first column holds names of rows and is called row_name; "
                     "write it with col.names = NA if that is wrong",
                     what);
}

static tl_code fail_long(const reader *r, const char *what, const tl_text_table *t, ptrdiff_t line,
                         tl_err *err) {
    return tl_fail(err, TL_FORMAT,
                   "%s: line %td has more than the %td fields that the header names%s", what, line,
                   t->ncol,
                   r->delimiter == ','
                       ? "; if its numbers have decimal commas, save it with semicolons between "
                         "the fields"
                       : "");
}

static tl_code take_row(reader *r, const char *what, tl_text_table *t, tl_err *err) {
    static char nothing[] = "";
    char **row = t->cell + t->nrow * t->ncol;
    const ptrdiff_t line = r->line;
    ptrdiff_t n = 0;
    for (ending how = END_FIELD; how == END_FIELD; n++) {
        char *field = NULL;
        how = take_field(r, &field);
        if (how == END_QUOTE_OPEN) {
            return tl_fail(err, TL_FORMAT, "%s: the quote in line %td is never closed", what, line);
        }
        /* Delimiters too many at the end of a row are common and harmless. */
        if (n >= t->ncol && field[0] != '\0') {
            return fail_long(r, what, t, line, err);
        }
        if (n < t->ncol) {
            row[n] = field;
        }
    }
    for (; n < t->ncol; n++) {
        row[n] = nothing;
    }
    t->line[t->nrow++] = line;
    return TL_OK;
}

static tl_code take_rows(reader *r, const char *what, tl_text_table *t, tl_err *err) {
    ptrdiff_t capacity = 0;
    for (skip_empty_lines(r); r->at < r->end; skip_empty_lines(r)) {
        if (t->nrow == capacity) {
            const ptrdiff_t wanted = capacity == 0 ? 64 : capacity * 2;
            const int fits = t->ncol <= PTRDIFF_MAX / wanted;
            char **cell =
                fits ? tl_grow(t->cell, capacity * t->ncol, wanted * t->ncol, sizeof *cell) : NULL;
            t->cell = cell == NULL ? t->cell : cell;
            ptrdiff_t *line =
                cell == NULL ? NULL : tl_grow(t->line, capacity, wanted, sizeof *line);
            if (line == NULL) {
                return tl_no_memory(err, "the rows of %s", what);
            }
            t->line = line;
            capacity = wanted;
        }
        TL_TRY(take_row(r, what, t, err));
    }
    return TL_OK;
}

/* --- the encoding --- */

ptrdiff_t tl_source_csv_not_utf8(const char *bytes, size_t length) {
    ptrdiff_t line = 1;
    for (size_t at = 0; at < length;) {
        const size_t step = tl_utf8_length(bytes + at, length - at);
        if (step == 0) {
            return line;
        }
        line += bytes[at] == '\n';
        at += step;
    }
    return 0;
}

static tl_code check_bytes(const char *bytes, size_t length, const char *what, tl_err *err) {
    if (length > 0 && memchr(bytes, '\0', length) != NULL) {
        return tl_fail(err, TL_FORMAT, "%s is not a text table: it holds NUL bytes", what);
    }
    const ptrdiff_t line = tl_source_csv_not_utf8(bytes, length);
    return line == 0 ? TL_OK
                     : tl_fail(err, TL_FORMAT,
                               "%s is not UTF-8 text (line %td); save it as UTF-8, which Excel "
                               "calls 'CSV UTF-8'",
                               what, line);
}

static tl_code parse(reader *r, const char *what, tl_text_table *t, tl_err *err) {
    TL_TRY(start(r, what, err));
    if (r->at >= r->end) {
        return tl_fail(err, TL_FORMAT, "%s is empty; wanted a header row and data rows", what);
    }
    t->delimiter = r->delimiter;
    TL_TRY(take_header(r, what, t, err));
    skip_empty_lines(r);
    if (has_row_names(*r, t->ncol)) {
        TL_TRY(add_row_names(t, what, err));
    }
    TL_TRY(take_rows(r, what, t, err));
    return tl_source_text_table_settle(t, what, err);
}

tl_code tl_source_csv_parse(const char *bytes, size_t length, const char *what, tl_text_table *csv,
                            tl_err *err) {
    *csv = (tl_text_table){0};
    TL_TRY(check_bytes(bytes, length, what, err));
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
    const tl_code code = parse(&r, what, csv, err);
    if (code != TL_OK) {
        tl_source_text_table_free(csv);
    }
    return code;
}
