/* SPDX-License-Identifier: GPL-2.0-or-later
 * Codes for missing values; see missing.h. */
#include "source/missing.h"

#include <ctype.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/assumptions.h"
#include "base/text.h"
#include "source/text_table.h"

static _Thread_local tl_missing_codes *current;

void tl_source_missing_begin(tl_missing_codes *codes, const char *list) {
    *codes = (tl_missing_codes){.list = list, .outer = current};
    current = codes;
}

void tl_source_missing_end(tl_missing_codes *codes) {
    current = codes->outer;
    *codes = (tl_missing_codes){0};
}

/* --- the list of the run --- */

typedef enum mode { MODE_AUTO, MODE_NONE, MODE_LIST } mode;

static mode mode_of(const char **list) {
    *list = current == NULL || current->list == NULL ? "auto" : current->list;
    return tl_same_word(*list, "auto") || (*list)[0] == '\0' ? MODE_AUTO
           : tl_same_word(*list, "none")                     ? MODE_NONE
                                                             : MODE_LIST;
}

/* The next code of a list; 0 at its end. */
static int next_code(const char **at, char code[64]) {
    while (**at == ',' || **at == ' ') {
        ++*at;
    }
    const size_t n = strcspn(*at, ",");
    (void)snprintf(code, 64, "%.*s", (int)(n < 63 ? n : 63), *at);
    *at += n;
    (void)tl_source_text_trim(code, code + strlen(code));
    return code[0] != '\0';
}

/* Numbers in files may have passed through single precision. */
static int is_same(double value, double code) {
    return value == code || value == (double)(float)code;
}

static int is_listed(const char *list, double value) {
    char code[64];
    double number = 0.0;
    while (next_code(&list, code)) {
        if (tl_parse_number(code, &number) && is_same(value, number)) {
            return 1;
        }
    }
    return 0;
}

/* --- texts --- */

/* The Chinese words mean: none, missing, not detected (twice), not measured. */
static const char *const texts[] = {
    "na",
    "n/a",
    "nan",
    "null",
    "none",
    "nil",
    "nd",
    "n.d.",
    "n.d",
    "n.a.",
    "n.a",
    "n.m.",
    "nm",
    "bdl",
    "b.d.l.",
    "bd",
    "b.d.",
    "lod",
    "<lod",
    "<loq",
    "<dl",
    "<mdl",
    "<bdl",
    "bld",
    "bloq",
    "blq",
    "-",
    "--",
    "---",
    ".",
    "..",
    "?",
    "*",
    "/",
    "\\n",
    "#n/a",
    "#na",
    "#n/a n/a",
    "#value!",
    "#div/0!",
    "#ref!",
    "#num!",
    "#name?",
    "#null!",
    "-nan",
    "1.#qnan",
    "-1.#ind",
    "1.#inf",
    "-1.#inf",
    "inf",
    "-inf",
    "missing",
    "no data",
    "nodata",
    "not detected",
    "below detection",
    "below detection limit",
    "\xE2\x80\x93",
    "\xE2\x80\x94",
    "\xE6\x97\xA0",
    "\xE7\xBC\xBA\xE5\xA4\xB1",
    "\xE7\xBC\xBA\xE6\xB5\x8B",
    "\xE6\x9C\xAA\xE6\xA3\x80\xE5\x87\xBA",
    "\xE6\x9C\xAA\xE6\xB5\x8B",
};

int tl_source_missing_text(const char *text) {
    char code[64];
    const char *list = NULL;
    double number = 0.0;
    for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) {
        if (tl_same_word(text, texts[k])) {
            return 1;
        }
    }
    if (mode_of(&list) == MODE_LIST) {
        while (next_code(&list, code)) {
            if (!tl_parse_number(code, &number) && tl_same_word(text, code)) {
                return 1;
            }
        }
    }
    return text[strspn(text, " \t")] == '\0';
}

/* --- numbers --- */

static const double beyond_all = 1e30;

/* -1 and -9 are measured now and then, even where all other values are positive. */
static const double small_code = -77.0;

typedef enum verdict { KEPT, DOUBTED, REMOVED } verdict;

/* What is known of a column before it is judged. */
typedef struct column {
    mode how;
    const char *list;
    double low; /* of the values that are no usual code */
    double high;
    ptrdiff_t n;
} column;

/* 1 for numbers that consist of one digit of 7, 8 and 9, with up to two decimals: -9999, -99.9,
 * -888.88. */
static int is_repeated_digit(double size) {
    static const double scales[] = {1.0, 10.0, 100.0};
    for (int k = 0; k < 3; k++) {
        const double whole = floor(size * scales[k] + 0.5);
        if (whole > 1e12 || !is_same(size, whole / scales[k])) {
            continue;
        }
        int64_t rest = (int64_t)whole;
        const int64_t digit = rest % 10;
        while (rest > 0 && rest % 10 == digit) {
            rest /= 10;
        }
        return rest == 0 && digit >= 7;
    }
    return 0;
}

/* 1 for the usual codes. Decimals make a code only below zero, because 99.9 is a percentage too. */
static int is_usual(double value) {
    static const double others[] = {-1.0,    -9.0,    -999.25,       -32767.0,     -32768.0,
                                    32767.0, 65535.0, -2147483648.0, 2147483647.0, 1e20};
    if (value > -1.0 && value < 999.0) {
        return 0;
    }
    for (size_t k = 0; k < sizeof others / sizeof others[0]; k++) {
        if (is_same(value, others[k])) {
            return 1;
        }
    }
    return value <= -77.0   ? is_repeated_digit(-value)
           : value >= 999.0 ? value == floor(value) && is_repeated_digit(value)
                            : 0;
}

static void look_at(const double *value, ptrdiff_t n, column *c) {
    *c = (column){.low = HUGE_VAL, .high = -HUGE_VAL};
    c->how = mode_of(&c->list);
    for (ptrdiff_t i = 0; i < n; i++) {
        if (isnan(value[i]) || fabs(value[i]) >= beyond_all || is_usual(value[i])) {
            continue;
        }
        c->low = value[i] < c->low ? value[i] : c->low;
        c->high = value[i] > c->high ? value[i] : c->high;
        c->n++;
    }
}

static verdict judge_negative(const column *c, double code) {
    if (c->n == 0) {
        return code <= small_code ? REMOVED : KEPT;
    }
    const double range = c->high - c->low;
    if (code >= c->low) {
        return KEPT;
    }
    return code <= small_code && (c->low >= 0.0 || code < c->low - 3.0 * range) ? REMOVED : DOUBTED;
}

static verdict judge_positive(const column *c, double code) {
    enum { FEW = 3 };
    if (c->n == 0 || code <= c->high) {
        return KEPT;
    }
    const double range = c->high - c->low;
    if (code > c->high + 10.0 * range && code > 10.0 * fabs(c->high) && c->n >= FEW) {
        return REMOVED;
    }
    return code > c->high + 3.0 * range ? DOUBTED : KEPT;
}

/* What becomes of one value. A list of the user is the last word, and "none" means every number. */
static verdict verdict_of(const column *c, double value) {
    if (isnan(value)) {
        return KEPT;
    }
    if (c->how == MODE_LIST && is_listed(c->list, value)) {
        return REMOVED;
    }
    if (fabs(value) >= beyond_all) {
        return c->how == MODE_NONE ? KEPT : REMOVED;
    }
    if (c->how != MODE_AUTO || !is_usual(value)) {
        return KEPT;
    }
    return value < 0.0 ? judge_negative(c, value) : judge_positive(c, value);
}

/* --- the log --- */

typedef struct found {
    ptrdiff_t n;
    double first;
    int several; /* 1: they are not all equal to the first one */
    char where[300];
} found;

static void note(found *f, double value, ptrdiff_t row, ptrdiff_t col,
                 const tl_missing_place *place) {
    enum { SHOWN = 4 };
    if (f->n < SHOWN) {
        char id[48];
        char nm[32] = "";
        const size_t used = strlen(f->where);
        if (place->id == NULL || place->id[row][0] == '\0') {
            (void)snprintf(id, sizeof id, "row %td", row + 1);
        } else {
            (void)snprintf(id, sizeof id, "%.40s", place->id[row]);
        }
        if (place->centre_nm != NULL) {
            (void)snprintf(nm, sizeof nm, " at %g nm", place->centre_nm[col]);
        }
        (void)snprintf(f->where + used, sizeof f->where - used, "%s%g in %s%s",
                       used > 0 ? ", " : "", value, id, nm);
    }
    f->several = f->several || (f->n > 0 && value != f->first);
    f->first = f->n == 0 ? value : f->first;
    f->n++;
}

static tl_code report(const found *f, verdict v, const tl_missing_place *place, tl_err *err) {
    char of[120] = "";
    if (place->column != NULL) {
        (void)snprintf(of, sizeof of, " of '%.100s'", place->column);
    }
    if (v == REMOVED) {
        return tl_assume(
            err, TL_WARNING,
            "%s: %td value%s%s (%s%s) %s interpreted as codes of missing values and left "
            "out; if they were measured, give missing_values none, or the right codes",
            place->what, f->n, f->n == 1 ? "" : "s", of, f->where, f->n > 4 ? ", ..." : "",
            f->n == 1 ? "is" : "are");
    }
    return tl_assume(err, TL_WARNING,
                     "%s: %td value%s%s (%s%s) may be codes of missing values, but %s kept; give "
                     "missing_values %g to leave them out, or none to keep them without this line",
                     place->what, f->n, f->n == 1 ? "" : "s", of, f->where, f->n > 4 ? ", ..." : "",
                     f->n == 1 ? "is" : "are", f->first);
}

tl_code tl_source_missing_remove(double *value, ptrdiff_t n, ptrdiff_t p,
                                 const tl_missing_place *place, ptrdiff_t *removed, tl_err *err) {
    column c;
    found of[3] = {{0}, {0}, {0}};
    look_at(value, n * p, &c);
    for (ptrdiff_t k = 0; k < n * p; k++) {
        const verdict v = verdict_of(&c, value[k]);
        if (v == KEPT || (v == DOUBTED && place->only_certain)) {
            continue;
        }
        note(&of[v], value[k], k / p, k % p, place);
        value[k] = v == REMOVED ? (double)NAN : value[k];
    }
    if (removed != NULL) {
        *removed = of[REMOVED].n;
    }
    TL_TRY(of[REMOVED].n > 0 ? report(&of[REMOVED], REMOVED, place, err) : TL_OK);
    return of[DOUBTED].n > 0 ? report(&of[DOUBTED], DOUBTED, place, err) : TL_OK;
}
