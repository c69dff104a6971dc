/* SPDX-License-Identifier: GPL-2.0-or-later
 * Tables of texts; see text_table.h. */
#include "source/text_table.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/assumptions.h"
#include "base/text.h"

void tl_source_text_table_free(tl_text_table *t) {
    if (t != NULL) {
        tl_release(t->header);
        tl_release(t->cell);
        tl_release(t->line);
        tl_release(t->style);
        tl_release(t->bytes);
        *t = (tl_text_table){0};
    }
}

ptrdiff_t tl_source_text_table_column(const tl_text_table *t, const char *name) {
    for (ptrdiff_t j = 0; name[0] != '\0' && j < t->ncol; j++) {
        if (tl_same_word(t->header[j], name)) {
            return j;
        }
    }
    return -1;
}

tl_code tl_source_text_table_pick(const tl_text_table *t, const char *name, const char *what,
                                  ptrdiff_t *column, tl_err *err) {
    *column = tl_source_text_table_column(t, name);
    for (ptrdiff_t j = *column + 1; *column >= 0 && j < t->ncol; j++) {
        if (!tl_same_word(t->header[j], name)) {
            continue;
        }
        for (ptrdiff_t i = 0; i < t->nrow; i++) {
            const char *a = tl_source_text_table_at(t, i, *column);
            const char *b = tl_source_text_table_at(t, i, j);
            if (strcmp(a, b) != 0) {
                return tl_fail(err, TL_DATA,
                               "%s has two columns '%.80s' (numbers %td and %td), which differ in "
                               "line %td ('%.40s' and '%.40s'); give one of them another name",
                               what, t->header[j], *column + 1, j + 1, t->line[i], a, b);
            }
        }
    }
    return TL_OK;
}

/* --- blanks --- */

static size_t blank_before(const char *from, const char *to) {
    const size_t n = (size_t)(to - from);
    if (n >= 1 && strchr(" \t\r\n", *from) != NULL) {
        return *from != '\0';
    }
    if (n >= 2 && memcmp(from, "\xC2\xA0", 2) == 0) {
        return 2;
    }
    return n >= 3 && (memcmp(from, "\xE3\x80\x80", 3) == 0 || memcmp(from, "\xEF\xBB\xBF", 3) == 0)
               ? 3
               : 0;
}

static size_t blank_behind(const char *from, const char *to) {
    const size_t n = (size_t)(to - from);
    for (size_t k = 1; k <= 3 && k <= n; k++) {
        if (blank_before(to - k, to) == k) {
            return k;
        }
    }
    return 0;
}

char *tl_source_text_trim(char *from, char *to) {
    for (size_t k = blank_before(from, to); k > 0; k = blank_before(from, to)) {
        from += k;
    }
    for (size_t k = blank_behind(from, to); k > 0; k = blank_behind(from, to)) {
        to -= k;
    }
    *to = '\0';
    return from;
}

/* --- building --- */

void tl_source_text_table_builder_free(tl_text_table_builder *b) {
    tl_release(b->bytes);
    tl_release(b->at);
    *b = (tl_text_table_builder){0};
}

tl_code tl_source_text_table_add(tl_text_table_builder *b, const char *text, tl_err *err) {
    const ptrdiff_t size = (ptrdiff_t)strlen(text) + 1;
    if (b->length + size > b->capacity) {
        const ptrdiff_t wanted = 2 * (b->length + size) + 4096;
        char *grown = tl_grow(b->bytes, b->length, wanted, 1);
        if (grown == NULL) {
            return tl_no_memory(err, "a table of %td cells", b->n);
        }
        b->bytes = grown;
        b->capacity = wanted;
    }
    if (b->n == b->n_capacity) {
        const ptrdiff_t wanted = b->n == 0 ? 256 : 2 * b->n;
        ptrdiff_t *grown = tl_grow(b->at, b->n, wanted, sizeof *grown);
        if (grown == NULL) {
            return tl_no_memory(err, "a table of %td cells", b->n);
        }
        b->at = grown;
        b->n_capacity = wanted;
    }
    memcpy(b->bytes + b->length, text, (size_t)size);
    b->at[b->n++] = b->length;
    b->length += size;
    return TL_OK;
}

tl_code tl_source_text_table_build(tl_text_table_builder *b, ptrdiff_t ncol, ptrdiff_t line0,
                                   const char *what, tl_text_table *table, tl_err *err) {
    *table = (tl_text_table){.ncol = ncol, .nrow = ncol > 0 ? b->n / ncol - 1 : 0};
    tl_text_table *t = table;
    t->header = tl_acquire(ncol, sizeof *t->header);
    t->cell = tl_acquire(t->nrow * ncol, sizeof *t->cell);
    t->line = tl_acquire(t->nrow, sizeof *t->line);
    tl_code code = t->header == NULL || t->cell == NULL || t->line == NULL
                       ? tl_no_memory(err, "the cells of %s", what)
                       : TL_OK;
    for (ptrdiff_t k = 0; code == TL_OK && k < (t->nrow + 1) * ncol; k++) {
        char *text = b->bytes + b->at[k];
        char **slot = k < ncol ? &t->header[k] : &t->cell[k - ncol];
        *slot = tl_source_text_trim(text, text + strlen(text));
    }
    for (ptrdiff_t i = 0; code == TL_OK && i < t->nrow; i++) {
        t->line[i] = line0 + i;
    }
    t->bytes = b->bytes;
    b->bytes = NULL;
    tl_source_text_table_builder_free(b);
    if (code == TL_OK) {
        code = tl_source_text_table_settle(t, what, err);
    }
    if (code != TL_OK) {
        tl_source_text_table_free(t);
    }
    return code;
}

/* --- numbers --- */

enum { NUMBER_CAPACITY = 64 };

/* Copies a number in plain characters: full-width digits and signs become ASCII, the minus sign
 * U+2212 becomes '-', blanks between groups of thousands and apostrophes stay as '\''. Returns 0 when
 * it is too long or holds anything else than a number has. */
static int plain_number(const char *text, char out[NUMBER_CAPACITY]) {
    size_t n = 0;
    for (const char *c = text; *c != '\0';) {
        const unsigned char *u = (const unsigned char *)c;
        char letter = '\0';
        size_t step = 1;
        if (strchr("0123456789+-.,eE", *c) != NULL) {
            letter = *c;
        } else if (*c == ' ' || *c == '\'') {
            letter = '\'';
        } else if (u[0] == 0xC2 && u[1] == 0xA0) {
            letter = '\'';
            step = 2;
        } else if (u[0] == 0xE2 && u[1] == 0x80 && (u[2] == 0xAF || u[2] == 0x89 || u[2] == 0x99)) {
            letter = '\'';
            step = 3;
        } else if (u[0] == 0xE2 && u[1] == 0x88 && u[2] == 0x92) {
            letter = '-';
            step = 3;
        } else if (u[0] == 0xEF && u[1] == 0xBC && u[2] >= 0x8B && u[2] <= 0x99 && u[2] != 0x8F) {
            letter = (char)('+' + (u[2] - 0x8B));
            step = 3;
        } else {
            return 0;
        }
        if (n + 1 >= NUMBER_CAPACITY) {
            return 0;
        }
        out[n++] = letter;
        c += step;
    }
    out[n] = '\0';
    return n > 0;
}

/* Removes group signs where every group behind the first one has three digits; 0 where they are
 * anything else. */
static int remove_groups(char *number, char group, char point) {
    char *out = number;
    char *c = number;
    ptrdiff_t digits = 0;
    int groups = 0;
    for (; *c != '\0' && *c != point && *c != 'e' && *c != 'E'; c++) {
        if (*c == group) {
            if (groups > 0 ? digits != 3 : digits < 1 || digits > 3) {
                return 0;
            }
            groups++;
            digits = 0;
            continue;
        }
        digits += isdigit((unsigned char)*c) != 0;
        *out++ = *c;
    }
    if (groups > 0 && digits != 3) {
        return 0;
    }
    while (*c != '\0') {
        if (*c == group) {
            return 0;
        }
        *out++ = *c++;
    }
    *out = '\0';
    return 1;
}

int tl_source_text_number(const char *text, tl_number_style style, double *value) {
    if (style != TL_NUMBER_COMMA && tl_parse_number(text, value)) {
        return 1;
    }
    if (style == TL_NUMBER_MIXED) {
        return tl_source_text_number(text, TL_NUMBER_POINT, value) ||
               tl_source_text_number(text, TL_NUMBER_COMMA, value);
    }
    char plain[NUMBER_CAPACITY];
    const char point = style == TL_NUMBER_COMMA ? ',' : '.';
    const char group = style == TL_NUMBER_COMMA ? '.' : ',';
    if (!plain_number(text, plain)) {
        return 0;
    }
    if (!remove_groups(plain, '\'', point) || !remove_groups(plain, group, point)) {
        return 0;
    }
    char *comma = style == TL_NUMBER_COMMA ? strchr(plain, ',') : NULL;
    if (comma != NULL) {
        *comma = '.';
    }
    return tl_parse_number(plain, value);
}

int tl_source_text_table_number(const tl_text_table *t, ptrdiff_t row, ptrdiff_t col,
                                double *value) {
    return tl_source_text_number(tl_source_text_table_at(t, row, col),
                                 (tl_number_style)t->style[col], value);
}

/* --- which decimal sign a column has --- */

/* What one cell reveals. */
typedef enum tell { TELLS_NOTHING, TELLS_POINT, TELLS_COMMA, TELLS_EITHER, TELL_COUNT } tell;

/* "1,5" can only have a decimal comma and "1.5" only a point; "1,234" may be 1.234 or 1234. "1.234"
 * reveals nothing: it is read as thousands only where other cells of the column have decimal
 * commas. No group of thousands begins with a zero. */
static tell tell_of(const char *text) {
    char plain[NUMBER_CAPACITY];
    double value = 0.0;
    if (!plain_number(text, plain)) {
        return TELLS_NOTHING;
    }
    const int has_comma = strchr(plain, ',') != NULL;
    const int has_point = strchr(plain, '.') != NULL;
    const int as_point = tl_source_text_number(text, TL_NUMBER_POINT, &value);
    const int as_comma = tl_source_text_number(text, TL_NUMBER_COMMA, &value);
    const int begins_with_zero = plain[strspn(plain, "+-")] == '0';
    if (as_comma && as_point) {
        return !has_comma && !has_point ? TELLS_NOTHING
               : begins_with_zero       ? (has_comma ? TELLS_COMMA : TELLS_POINT)
               : has_comma              ? TELLS_EITHER
                                        : TELLS_NOTHING;
    }
    return as_comma ? TELLS_COMMA : as_point ? TELLS_POINT : TELLS_NOTHING;
}

/* The first row + 1 of every kind of cell in a column; 0 = there is none. */
typedef struct column_tells {
    ptrdiff_t row[TELL_COUNT];
} column_tells;

static column_tells look_at(const tl_text_table *t, ptrdiff_t j) {
    column_tells seen = {0};
    for (ptrdiff_t i = 0; i < t->nrow; i++) {
        const char *text = tl_source_text_table_at(t, i, j);
        if (strpbrk(text, ",.") != NULL) {
            ptrdiff_t *row = &seen.row[tell_of(text)];
            *row = *row == 0 ? i + 1 : *row;
        }
    }
    return seen;
}

static int has_commas(const tl_text_table *t) {
    for (ptrdiff_t k = 0; k < t->nrow * t->ncol; k++) {
        if (strchr(t->cell[k], ',') != NULL) {
            return 1;
        }
    }
    return 0;
}

/* Both decimal signs occur in a column. */
static tl_code settle_mixed(tl_text_table *t, ptrdiff_t j, const column_tells *seen,
                            const char *what, tl_err *err) {
    const ptrdiff_t comma = seen->row[TELLS_COMMA] - 1;
    const ptrdiff_t point = seen->row[TELLS_POINT] - 1;
    char found[300];
    (void)snprintf(
        found, sizeof found,
        "the column '%.80s' has '%.40s' with a decimal comma (line %td) and '%.40s' with "
        "a decimal point (line %td)",
        t->header[j], tl_source_text_table_at(t, comma, j), t->line[comma],
        tl_source_text_table_at(t, point, j), t->line[point]);
    const ptrdiff_t either = seen->row[TELLS_EITHER] - 1;
    if (either >= 0) {
        return tl_fail(err, TL_DATA,
                       "%s: %s, so '%.40s' (line %td) can be read in two ways; write its numbers "
                       "in one way",
                       what, found, tl_source_text_table_at(t, either, j), t->line[either]);
    }
    t->style[j] = TL_NUMBER_MIXED;
    return tl_assume(err, TL_WARNING,
                     "%s: %s; both are read as decimal signs, write its numbers in one way if that "
                     "is wrong",
                     what, found);
}

static tl_code settle_column(tl_text_table *t, ptrdiff_t j, int others_have_commas,
                             const char *what, tl_err *err) {
    const column_tells seen = look_at(t, j);
    if (seen.row[TELLS_COMMA] > 0 && seen.row[TELLS_POINT] > 0) {
        return settle_mixed(t, j, &seen, what, err);
    }
    t->style[j] = seen.row[TELLS_COMMA] > 0 ? TL_NUMBER_COMMA : TL_NUMBER_POINT;
    const ptrdiff_t either = seen.row[TELLS_EITHER] - 1;
    if (seen.row[TELLS_COMMA] > 0 || seen.row[TELLS_POINT] > 0 || either < 0) {
        return TL_OK;
    }
    const int comma = others_have_commas || t->delimiter == ';';
    t->style[j] = comma ? TL_NUMBER_COMMA : TL_NUMBER_POINT;
    double value = 0.0;
    (void)tl_source_text_table_number(t, either, j, &value);
    return tl_assume(err, TL_WARNING,
                     "%s: '%.40s' in the column '%.80s' (line %td) is read as %.10g; if that is "
                     "wrong, save the table with decimal points and without groups of thousands",
                     what, tl_source_text_table_at(t, either, j), t->header[j], t->line[either],
                     value);
}

static tl_code settle_styles(tl_text_table *t, const char *what, tl_err *err) {
    ptrdiff_t commas = 0;
    ptrdiff_t first = -1;
    for (ptrdiff_t j = 0; j < t->ncol; j++) {
        if (look_at(t, j).row[TELLS_COMMA] > 0) {
            first = commas++ == 0 ? j : first;
        }
    }
    for (ptrdiff_t j = 0; j < t->ncol; j++) {
        TL_TRY(settle_column(t, j, commas > 0, what, err));
    }
    return commas == 0 ? TL_OK
                       : tl_assume(err, TL_INFO,
                                   "%s: decimal commas are read in %td of %td columns, the first "
                                   "is '%.80s'; save the table with decimal points to avoid this",
                                   what, commas, t->ncol, t->header[first]);
}

/* --- rows and columns without content --- */

static void remove_blank_rows(tl_text_table *t) {
    ptrdiff_t kept = 0;
    for (ptrdiff_t i = 0; i < t->nrow; i++) {
        int filled = 0;
        for (ptrdiff_t j = 0; j < t->ncol && !filled; j++) {
            filled = tl_source_text_table_at(t, i, j)[0] != '\0';
        }
        if (!filled) {
            continue;
        }
        if (kept < i) {
            memmove(t->cell + kept * t->ncol, t->cell + i * t->ncol,
                    (size_t)t->ncol * sizeof *t->cell);
            t->line[kept] = t->line[i];
        }
        kept++;
    }
    t->nrow = kept;
}

/* Spreadsheets leave columns at the right that have neither a name nor a cell. */
static void remove_blank_columns(tl_text_table *t) {
    ptrdiff_t n = t->ncol;
    for (int empty = 1; n > 1 && empty; n -= empty) {
        empty = t->header[n - 1][0] == '\0';
        for (ptrdiff_t i = 0; i < t->nrow && empty; i++) {
            empty = tl_source_text_table_at(t, i, n - 1)[0] == '\0';
        }
    }
    for (ptrdiff_t i = 0; n < t->ncol && i < t->nrow; i++) {
        memmove(t->cell + i * n, t->cell + i * t->ncol, (size_t)n * sizeof *t->cell);
    }
    t->ncol = n;
}

tl_code tl_source_text_table_settle(tl_text_table *t, const char *what, tl_err *err) {
    remove_blank_rows(t);
    remove_blank_columns(t);
    tl_release(t->style);
    t->style = tl_acquire(t->ncol, sizeof *t->style);
    if (t->style == NULL) {
        return tl_no_memory(err, "the columns of %s", what);
    }
    return has_commas(t) ? settle_styles(t, what, err) : TL_OK;
}
