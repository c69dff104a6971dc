/* SPDX-License-Identifier: GPL-2.0-or-later
 * Texts in tables of measurements; see measured.h. */
#include "source/measured.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "source/text_table.h"

static const char *const white_space = " \t";

int tl_source_measured_below(const char *text, double *limit) {
    text += strspn(text, white_space);
    double value = 0.0;
    const size_t sign = text[0] == '<' ? 1 : strncmp(text, "\xEF\xBC\x9C", 3) == 0 ? 3 : 0;
    if (sign == 0 ||
        !tl_source_text_number(text + sign + strspn(text + sign, white_space),
                               strchr(text, ',') != NULL ? TL_NUMBER_COMMA : TL_NUMBER_POINT,
                               &value) ||
        !(value > 0.0)) {
        return 0;
    }
    *limit = value;
    return 1;
}

/* Length of text[0 .. n-1] without the white space at its end. */
static size_t trimmed(const char *text, size_t n) {
    while (n > 0 && strchr(white_space, text[n - 1]) != NULL) {
        n--;
    }
    return n;
}

/* Where the text in brackets at the end of a name begins and ends. Full-width brackets are those of
 * Chinese. Returns 0 when there is none. */
static int bracketed(const char *name, size_t end, size_t *before, size_t *from, size_t *to) {
    static const char *const brackets[][2] = {{"(", ")"},
                                              {"[", "]"},
                                              {"{", "}"},
                                              {"\xEF\xBC\x88", "\xEF\xBC\x89"},
                                              {"\xE3\x80\x90", "\xE3\x80\x91"}};
    for (size_t k = 0; k < sizeof brackets / sizeof brackets[0]; k++) {
        const size_t open = strlen(brackets[k][0]);
        const size_t close = strlen(brackets[k][1]);
        if (end <= close || strncmp(name + end - close, brackets[k][1], close) != 0) {
            continue;
        }
        for (size_t at = end - close; at-- > 0;) {
            if (strncmp(name + at, brackets[k][0], open) == 0) {
                *before = trimmed(name, at);
                *from = at + open + strspn(name + at + open, white_space);
                *to = trimmed(name, end - close);
                return *before > 0 && *from < *to;
            }
        }
    }
    return 0;
}

/* 1 when n letters are the symbol of a unit, whatever digits stand around them: "kg", "100g", "m3". */
static int is_symbol(const char *text, size_t n) {
    static const char *const words[] = {"g",   "kg",  "mg", "ug",  "ng",   "t",    "m",  "cm",
                                        "mm",  "um",  "nm", "dm",  "l",    "ml",   "ha", "ppm",
                                        "ppb", "pct", "ds", "meq", "cmol", "mmol", "mol"};
    char word[16];
    while (n > 0 && isdigit((unsigned char)text[0])) {
        text++;
        n--;
    }
    while (n > 0 && isdigit((unsigned char)text[n - 1])) {
        n--;
    }
    (void)snprintf(word, sizeof word, "%.*s", (int)(n < 15 ? n : 15), text);
    for (size_t k = 0; k < sizeof words / sizeof words[0]; k++) {
        if (tl_same_word(word, words[k])) {
            return 1;
        }
    }
    return 0;
}

/* 1 for texts that a unit of measurement consists of: "g/kg", "mg\xC2\xB7kg-1", "%", but not "total" or
 * "C/N". The signs looked for are: per cent, per mille, degree, superscript minus. */
static int is_unit(const char *text, size_t n) {
    static const char *const signs[] = {"%", "\xE2\x80\xB0", "\xC2\xB0", "\xE2\x81\xBB"};
    char word[64];
    if (n == 0 || n >= sizeof word) {
        return 0;
    }
    (void)snprintf(word, sizeof word, "%.*s", (int)n, text);
    for (size_t k = 0; k < sizeof signs / sizeof signs[0]; k++) {
        if (strstr(word, signs[k]) != NULL) {
            return 1;
        }
    }
    const char *slash = strrchr(word, '/');
    if (slash != NULL) {
        return is_symbol(slash + 1, strlen(slash + 1));
    }
    if (n > 2 && word[n - 2] == '-' && strchr("123", word[n - 1]) != NULL) {
        size_t at = n - 2;
        while (at > 0 && isalpha((unsigned char)word[at - 1])) {
            at--;
        }
        return is_symbol(word + at, n - 2 - at);
    }
    return is_symbol(word, n);
}

/* A unit behind the last comma or blank of a name: "SOM, g/kg", "SOM g/kg". */
static int behind_separator(const char *name, size_t end, size_t *before, size_t *from,
                            size_t *to) {
    for (size_t at = end; at-- > 1;) {
        const int comma = name[at] == ',' || name[at] == ';';
        if ((comma || strchr(white_space, name[at]) != NULL) && name[at] != '\0') {
            *from = at + 1 + strspn(name + at + 1, white_space);
            *to = end;
            *before = trimmed(name, at);
            if (*from<end && * before> 0 && is_unit(name + *from, end - *from)) {
                /* "mg kg-1": the words in front may belong to the unit. */
                size_t further[3] = {0, 0, 0};
                if (!comma &&
                    behind_separator(name, *before, &further[0], &further[1], &further[2])) {
                    *before = further[0];
                    *from = further[1];
                }
                while (*before > 0 && strchr(",;", name[*before - 1]) != NULL) {
                    *before = trimmed(name, *before - 1);
                }
                return *before > 0;
            }
            if (comma) {
                return 0;
            }
        }
    }
    return 0;
}

int tl_source_measured_unit(const char *name, size_t *length, char *unit, size_t capacity) {
    const size_t end = trimmed(name, strlen(name));
    size_t before = end;
    size_t from = end;
    size_t to = end;
    *length = end;
    if (capacity > 0) {
        unit[0] = '\0';
    }
    if (!bracketed(name, end, &before, &from, &to) &&
        !behind_separator(name, end, &before, &from, &to)) {
        return 0;
    }
    *length = before;
    (void)snprintf(unit, capacity, "%.*s", (int)(to - from), name + from);
    return 1;
}

int tl_source_measured_same(const char *a, const char *b) {
    char word[2][256];
    const char *const name[2] = {a, b};
    for (int k = 0; k < 2; k++) {
        size_t length = 0;
        (void)tl_source_measured_unit(name[k], &length, NULL, 0);
        if (length >= sizeof word[k]) {
            return 0;
        }
        (void)snprintf(word[k], sizeof word[k], "%.*s", (int)length, name[k]);
    }
    return tl_same_word(word[0], word[1]);
}
