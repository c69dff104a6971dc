/* SPDX-License-Identifier: GPL-2.0-or-later
 * Texts in tables of measurements; see measured.h. */
#include "source/measured.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

static const char *const white_space = " \t";

int tl_source_measured_below(const char *text, double *limit) {
    text += strspn(text, white_space);
    double value = 0.0;
    if (text[0] != '<' || !tl_parse_number(text + 1, &value) || !(value > 0.0)) {
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

int tl_source_measured_unit(const char *name, size_t *length, char *unit, size_t capacity) {
    const size_t end = trimmed(name, strlen(name));
    *length = end;
    if (capacity > 0) {
        unit[0] = '\0';
    }
    const char close = end > 0 ? name[end - 1] : '\0';
    const char open = close == ')' ? '(' : close == ']' ? '[' : '\0';
    if (open == '\0') {
        return 0;
    }
    size_t at = end - 1;
    while (at > 0 && name[at] != open) {
        at--;
    }
    const size_t before = trimmed(name, at);
    const size_t from = at + 1 + strspn(name + at + 1, white_space);
    if (before == 0 || from >= end - 1) {
        return 0;
    }
    *length = before;
    (void)snprintf(unit, capacity, "%.*s", (int)trimmed(name + from, end - 1 - from), name + from);
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
