/* SPDX-License-Identifier: GPL-2.0-or-later
 * Small texts of numbers with one line per band; see band_text.h. */
#include "products/band_text.h"

#include <string.h>

#include "base/alloc.h"
#include "base/text.h"

enum { max_rows = 65536, max_cols = 64, max_word = 63 };

/* One line, cut into words. Bytes are not copied. */
typedef struct line {
    const char *word[max_cols];
    size_t length[max_cols];
    ptrdiff_t n;
    int too_many;
} line;

static int is_split(char c) {
    return c == ',' || c == ';' || c == '\t' || c == ' ' || c == '\r';
}

static void cut_line(const char *from, const char *end, line *l) {
    *l = (line){0};
    while (from < end) {
        while (from < end && is_split(*from)) {
            from++;
        }
        const char *stop = from;
        while (stop < end && !is_split(*stop)) {
            stop++;
        }
        if (stop > from && l->n == max_cols) {
            l->too_many = 1;
            return;
        }
        if (stop > from) {
            l->word[l->n] = from;
            l->length[l->n] = (size_t)(stop - from);
            l->n++;
        }
        from = stop;
    }
}

static int number_of(const line *l, ptrdiff_t i, double *value) {
    char word[max_word + 1];
    if (l->length[i] > max_word || memchr(l->word[i], '\0', l->length[i]) != NULL) {
        return 0;
    }
    memcpy(word, l->word[i], l->length[i]);
    word[l->length[i]] = '\0';
    return tl_parse_number(word, value);
}

static tl_code add_line(const line *l, ptrdiff_t number, const char *what, tl_band_text *text,
                        tl_err *err) {
    if (l->too_many || text->nrow == max_rows) {
        return tl_fail(err, TL_FORMAT,
                       "%s has more than %d lines or %d columns; wanted one line per band", what,
                       (int)max_rows, (int)max_cols);
    }
    if (text->nrow > 0 && l->n != text->ncol) {
        return tl_fail(err, TL_FORMAT, "%s: line %td has %td numbers but the lines above have %td",
                       what, number, l->n, text->ncol);
    }
    /* The capacity doubles whenever the count reaches a power of two. */
    if ((text->nrow & (text->nrow - 1)) == 0) {
        const ptrdiff_t capacity = text->nrow == 0 ? 1 : 2 * text->nrow;
        double *more = tl_grow(text->value, text->nrow * l->n, capacity * l->n, sizeof *more);
        if (more == NULL) {
            return tl_no_memory(err, "reading %s", what);
        }
        text->value = more;
    }
    for (ptrdiff_t i = 0; i < l->n; i++) {
        if (!number_of(l, i, &text->value[text->nrow * l->n + i])) {
            return tl_fail(err, TL_FORMAT,
                           "%s: line %td contains '%.*s'; wanted numbers with a decimal point, "
                           "one line per band",
                           what, number, (int)(l->length[i] > 20 ? 20 : l->length[i]), l->word[i]);
        }
    }
    text->ncol = l->n;
    text->nrow++;
    return TL_OK;
}

static void drop_count(tl_band_text *text) {
    if (text->ncol < 2 || text->nrow < 2) {
        return;
    }
    for (ptrdiff_t r = 0; r < text->nrow; r++) {
        const double v = text->value[r * text->ncol];
        if (v < (double)(r + 1) || v > (double)(r + 1)) {
            return;
        }
    }
    const ptrdiff_t left = text->ncol - 1;
    for (ptrdiff_t r = 0; r < text->nrow; r++) {
        memmove(text->value + r * left, text->value + r * text->ncol + 1,
                (size_t)left * sizeof *text->value);
    }
    text->ncol = left;
}

tl_code tl_products_band_text_parse(const char *bytes, size_t length, const char *what,
                                    tl_band_text *text, tl_err *err) {
    *text = (tl_band_text){0};
    const char *at = bytes;
    const char *end = bytes + length;
    if (length >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0) {
        at += 3;
    }
    tl_code code = TL_OK;
    for (ptrdiff_t number = 1, full = 0; at < end && code == TL_OK; number++) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        stop = stop == NULL ? end : stop;
        line l;
        double first = 0.0;
        cut_line(at, stop, &l);
        full += l.n > 0 ? 1 : 0;
        const int is_header = full == 1 && l.n > 0 && !l.too_many && text->nrow == 0 &&
                              !number_of(&l, l.n - 1, &first);
        if (l.n > 0 && !is_header) {
            code = add_line(&l, number, what, text, err);
        }
        at = stop < end ? stop + 1 : end;
    }
    if (code == TL_OK && text->nrow == 0) {
        code = tl_fail(err, TL_FORMAT,
                       "%s contains no numbers; wanted a text with one line per "
                       "band",
                       what);
    }
    if (code != TL_OK) {
        tl_products_band_text_free(text);
        return code;
    }
    drop_count(text);
    return TL_OK;
}

void tl_products_band_text_free(tl_band_text *text) {
    if (text != NULL) {
        tl_release(text->value);
        *text = (tl_band_text){0};
    }
}
