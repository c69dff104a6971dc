/* SPDX-License-Identifier: GPL-2.0-or-later
 * Matching of ids; see match_ids.h. */
#include "source/match_ids.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/assumptions.h"
#include "base/text.h"

/* One different id of a side. */
typedef struct entry {
    char *id;        /* owned */
    char *form;      /* owned: the id without what its writing may differ in */
    const char *key; /* into form: behind a common beginning */
    size_t length;   /* of key, without a common end */
    int side;        /* 0: to be rewritten, 1: like */
    int matched;     /* 1: the other side has it too */
    const char *to;  /* what it is rewritten to; NULL = nothing */
} entry;

typedef struct matching {
    entry *e;
    ptrdiff_t n;
    entry **order; /* [n] work space */
} matching;

/* --- forms --- */

static int is_separator(char c) {
    return strchr(" \t_-/.", c) != NULL && c != '\0';
}

/* A full-width letter, digit or sign of ASCII as its plain character; returns its bytes, or 0. */
static size_t full_width(const char *at, char *plain) {
    const unsigned char *u = (const unsigned char *)at;
    if (u[0] != 0xEF || (u[1] != 0xBC && u[1] != 0xBD) || u[2] < 0x80) {
        return 0;
    }
    const unsigned code = (u[1] == 0xBC ? 0U : 64U) + (u[2] - 0x80U) + 0x20U;
    if (code <= 0x20U || code >= 0x7FU) {
        return 0;
    }
    *plain = (char)code;
    return 3;
}

/* Lower case, plain letters; separators only between digits, where "1-2" is not "12". */
static void simplify(const char *id, char *form) {
    char *out = form;
    char waiting = '\0';
    for (const char *c = id; *c != '\0';) {
        char letter = *c;
        const size_t wide = full_width(c, &letter);
        c += wide > 0 ? wide : 1;
        if (is_separator(letter)) {
            waiting = letter == '.' ? '.' : '-';
            continue;
        }
        const int between =
            out > form && isdigit((unsigned char)out[-1]) && isdigit((unsigned char)letter);
        if (waiting != '\0' && between) {
            *out++ = waiting;
        }
        waiting = '\0';
        *out++ = (char)tolower((unsigned char)letter);
    }
    *out = '\0';
}

/* "12.0" and "12.00" become "12" when that is the whole number behind letters. */
static void cut_zero_decimals(char *form) {
    char *point = strrchr(form, '.');
    if (point == NULL || strchr(form, '-') != NULL || strchr(form, '.') != point ||
        point[1 + strspn(point + 1, "0")] != '\0') {
        return;
    }
    *point = '\0';
}

/* "s007" becomes "s7"; a number of zeros keeps one. */
static void cut_leading_zeros(char *form) {
    char *out = form;
    for (const char *c = form; *c != '\0'; c++) {
        const int in_number = out > form && isdigit((unsigned char)out[-1]);
        if (*c == '0' && !in_number && isdigit((unsigned char)c[1]) &&
            !(out > form && out[-1] == '.')) {
            continue;
        }
        *out++ = *c;
    }
    *out = '\0';
}

static tl_code make_entry(entry *e, const char *id, int side, tl_err *err) {
    *e = (entry){.id = tl_copy_text(id), .side = side};
    e->form = tl_acquire((ptrdiff_t)strlen(id) + 1, 1);
    if (e->id == NULL || e->form == NULL) {
        return tl_no_memory(err, "ids");
    }
    simplify(e->id, e->form);
    cut_zero_decimals(e->form);
    cut_leading_zeros(e->form);
    e->key = e->form;
    e->length = strlen(e->form);
    return TL_OK;
}

/* --- different ids --- */

static int by_text(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Adds the different ids of a side. */
static tl_code add_side(matching *m, char *const *id, ptrdiff_t n, int side, tl_err *err) {
    char **sorted = tl_acquire(n, sizeof *sorted);
    if (sorted == NULL) {
        return tl_no_memory(err, "ids");
    }
    memcpy(sorted, id, (size_t)n * sizeof *sorted);
    qsort(sorted, (size_t)n, sizeof *sorted, by_text);
    tl_code code = TL_OK;
    for (ptrdiff_t i = 0; i < n && code == TL_OK; i++) {
        if (i == 0 || strcmp(sorted[i], sorted[i - 1]) != 0) {
            code = make_entry(&m->e[m->n++], sorted[i], side, err);
        }
    }
    tl_release(sorted);
    return code;
}

static int by_id(const void *a, const void *b) {
    return strcmp((*(entry *const *)a)->id, (*(entry *const *)b)->id);
}

static int compare_keys(const entry *a, const entry *b) {
    const size_t n = a->length < b->length ? a->length : b->length;
    const int words = memcmp(a->key, b->key, n);
    return words != 0 ? words : (a->length > b->length) - (a->length < b->length);
}

static int by_key(const void *a, const void *b) {
    return compare_keys(*(entry *const *)a, *(entry *const *)b);
}

static void sort(matching *m, int (*order)(const void *, const void *)) {
    for (ptrdiff_t i = 0; i < m->n; i++) {
        m->order[i] = &m->e[i];
    }
    qsort(m->order, (size_t)m->n, sizeof *m->order, order);
}

/* Marks the ids that both sides have; returns their number. */
static ptrdiff_t match_equal(matching *m) {
    ptrdiff_t n = 0;
    sort(m, by_id);
    for (ptrdiff_t i = 1; i < m->n; i++) {
        if (strcmp(m->order[i]->id, m->order[i - 1]->id) == 0) {
            m->order[i]->matched = m->order[i - 1]->matched = 1;
            n++;
        }
    }
    return n;
}

/* Pairs the keys that occur once on either side; returns their number. An id that is matched already
 * keeps its key, so that no second id can get it. */
static ptrdiff_t match_keys(matching *m) {
    ptrdiff_t n = 0;
    sort(m, by_key);
    for (ptrdiff_t i = 0; i + 1 < m->n; i++) {
        entry *a = m->order[i];
        entry *b = m->order[i + 1];
        const int ends = i + 2 >= m->n || compare_keys(b, m->order[i + 2]) != 0;
        const int begins = i == 0 || compare_keys(m->order[i - 1], a) != 0;
        if (begins && ends && compare_keys(a, b) == 0 && a->side != b->side && !a->matched &&
            !b->matched && a->length > 0) {
            entry *from = a->side == 0 ? a : b;
            from->to = (from == a ? b : a)->id;
            n++;
        }
    }
    return n;
}

/* The length of the letters that all forms of a side begin with, or end with. */
static size_t common_letters(const matching *m, int side, int at_end) {
    const entry *first = NULL;
    size_t common = 0;
    for (ptrdiff_t i = 0; i < m->n; i++) {
        const entry *e = &m->e[i];
        if (e->side != side) {
            continue;
        }
        if (first == NULL) {
            first = e;
            while (common < e->length &&
                   !isdigit((unsigned char)e->form[at_end ? e->length - 1 - common : common])) {
                common++;
            }
            continue;
        }
        size_t same = 0;
        while (same < common && same < e->length &&
               e->form[at_end ? e->length - 1 - same : same] ==
                   first->form[at_end ? first->length - 1 - same : same]) {
            same++;
        }
        common = same;
    }
    return common;
}

/* Letters that all ids of a side begin and end with. */
typedef struct frame {
    const char *begin;
    size_t n_begin;
    const char *end;
    size_t n_end;
} frame;

static frame frame_of(const matching *m, int side) {
    frame f = {"", common_letters(m, side, 0), "", common_letters(m, side, 1)};
    for (ptrdiff_t i = 0; i < m->n; i++) {
        if (m->e[i].side == side) {
            f.begin = m->e[i].form;
            f.end = m->e[i].form + m->e[i].length - f.n_end;
        }
    }
    return f;
}

/* Ids that are framed by letters of their own are other ids: A1 is not B1. S1 may be LUCAS_S1, and
 * 1 may be both. */
static int fit(const char *a, size_t n_a, const char *b, size_t n_b, int at_end) {
    const size_t n = n_a < n_b ? n_a : n_b;
    return at_end ? memcmp(a, b, n) == 0 : memcmp(a + n_a - n, b + n_b - n, n) == 0;
}

/* Removes common beginnings and ends from all keys where they fit. */
static void cut_common(matching *m) {
    const frame a = frame_of(m, 0);
    const frame b = frame_of(m, 1);
    const int cut_begin = fit(a.begin, a.n_begin, b.begin, b.n_begin, 0);
    const int cut_end = fit(a.end, a.n_end, b.end, b.n_end, 1);
    for (ptrdiff_t i = 0; i < m->n; i++) {
        entry *e = &m->e[i];
        const frame *f = e->side == 0 ? &a : &b;
        const size_t begin = cut_begin ? f->n_begin : 0;
        const size_t end = cut_end ? f->n_end : 0;
        if (e->length > begin + end) {
            e->key = e->form + begin;
            e->length -= begin + end;
        }
    }
}

/* --- the result --- */

static void list_ids(char *const *id, ptrdiff_t n, tl_text *out) {
    enum { SHOWN = 3 };
    for (ptrdiff_t i = 0; i < n && i < SHOWN; i++) {
        tl_text_addf(out, "%s%.40s", i == 0 ? "" : ", ", id[i]);
    }
    tl_text_add(out, n > SHOWN ? ", ..." : "");
}

static tl_code fail_unmatched(char *const *id, ptrdiff_t n, const char *what, char *const *like,
                              ptrdiff_t m, const char *of, const char *hint, tl_err *err) {
    tl_text a = {0};
    tl_text b = {0};
    list_ids(id, n, &a);
    list_ids(like, m, &b);
    const tl_code code = tl_fail(err, TL_DATA, "%s: none of its ids (%s) is one of %s (%s); %s",
                                 what, tl_text_data(&a), of, tl_text_data(&b), hint);
    tl_text_free(&a);
    tl_text_free(&b);
    return code;
}

static int entry_by_id(const void *key, const void *item) {
    return strcmp(key, ((const entry *)item)->id);
}

/* The first n_side entries are those of the ids, in the order of their texts. */
static tl_code rewrite(const matching *m, ptrdiff_t n_side, char **id, ptrdiff_t n, tl_err *err) {
    for (ptrdiff_t i = 0; i < n; i++) {
        const entry *e = bsearch(id[i], m->e, (size_t)n_side, sizeof *m->e, entry_by_id);
        if (e == NULL || e->to == NULL) {
            continue;
        }
        char *copy = tl_copy_text(e->to);
        if (copy == NULL) {
            return tl_no_memory(err, "ids");
        }
        tl_release(id[i]);
        id[i] = copy;
    }
    return TL_OK;
}

static tl_code report(const matching *m, ptrdiff_t n_side, const char *what, const char *of,
                      tl_err *err) {
    ptrdiff_t n = 0;
    const entry *first = NULL;
    for (ptrdiff_t k = 0; k < n_side; k++) {
        first = n == 0 && m->e[k].to != NULL ? &m->e[k] : first;
        n += m->e[k].to != NULL;
    }
    return first == NULL
               ? TL_OK
               : tl_assume(err, TL_INFO,
                           "%s: %td of its ids differ only in their writing from those of %s "
                           "('%.40s' and '%.40s') and are joined with them; give them different "
                           "names if that is wrong",
                           what, n, of, first->id, first->to);
}

/* Common beginnings and ends are removed only where that joins most of the smaller side, because a
 * few ids may agree by chance. Returns the number of pairs. */
static ptrdiff_t match_without_common(matching *m, ptrdiff_t n_side) {
    cut_common(m);
    const ptrdiff_t pairs = match_keys(m);
    const ptrdiff_t smaller = n_side < m->n - n_side ? n_side : m->n - n_side;
    if (2 * pairs >= smaller) {
        return pairs;
    }
    for (ptrdiff_t k = 0; k < n_side; k++) {
        m->e[k].to = NULL;
    }
    return 0;
}

static tl_code match(matching *m, char **id, ptrdiff_t n, const char *what, char *const *like,
                     ptrdiff_t n_like, const char *of, int exact, const char *hint, tl_err *err) {
    TL_TRY(add_side(m, id, n, 0, err));
    const ptrdiff_t n_side = m->n;
    TL_TRY(add_side(m, like, n_like, 1, err));
    ptrdiff_t pairs = match_equal(m);
    if (!exact && pairs < n_side && pairs < m->n - n_side) {
        pairs += match_keys(m);
    }
    if (!exact && pairs == 0) {
        pairs = match_without_common(m, n_side);
    }
    if (pairs == 0) {
        return fail_unmatched(id, n, what, like, n_like, of, hint, err);
    }
    TL_TRY(report(m, n_side, what, of, err));
    return rewrite(m, n_side, id, n, err);
}

tl_code tl_source_match_ids(char **id, ptrdiff_t n, const char *what, char *const *like,
                            ptrdiff_t m, const char *of, int exact, const char *hint, tl_err *err) {
    matching w = {.e = tl_acquire(n + m, sizeof *w.e), .order = tl_acquire(n + m, sizeof *w.order)};
    const tl_code code = w.e == NULL || w.order == NULL
                             ? tl_no_memory(err, "%td ids", n + m)
                             : match(&w, id, n, what, like, m, of, exact, hint, err);
    for (ptrdiff_t k = 0; k < w.n; k++) {
        tl_release(w.e[k].id);
        tl_release(w.e[k].form);
    }
    tl_release(w.e);
    tl_release(w.order);
    return code;
}
