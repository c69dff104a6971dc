/* SPDX-License-Identifier: GPL-2.0-or-later
 * The nearest word; see nearest.h. */
#include "base/nearest.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static int same(char a, char b) {
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* The number of letters to insert, remove, change or swap; both words are shorter than the
 * capacity. */
static int distance(const char *a, size_t m, const char *b, size_t n) {
    int rows[3][TL_NEAREST_CAPACITY];
    int *before = rows[0];
    int *last = rows[1];
    int *now = rows[2];
    for (size_t j = 0; j <= n; j++) {
        last[j] = (int)j;
    }
    for (size_t i = 1; i <= m; i++) {
        now[0] = (int)i;
        for (size_t j = 1; j <= n; j++) {
            const int change = last[j - 1] + !same(a[i - 1], b[j - 1]);
            const int other = 1 + (last[j] < now[j - 1] ? last[j] : now[j - 1]);
            now[j] = change < other ? change : other;
            if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]) &&
                before[j - 2] + 1 < now[j]) {
                now[j] = before[j - 2] + 1;
            }
        }
        int *const oldest = before;
        before = last;
        last = now;
        now = oldest;
    }
    return last[n];
}

void tl_nearest_start(tl_nearest *n, const char *word) {
    const int third = (int)(strlen(word) / 3);
    *n = (tl_nearest){.word = word, .least = third < 1 ? 2 : third + 1};
}

void tl_nearest_offer(tl_nearest *n, const char *candidate, size_t length) {
    const size_t own = strlen(n->word);
    if (own == 0 || own >= TL_NEAREST_CAPACITY || length >= TL_NEAREST_CAPACITY) {
        return;
    }
    const int d = distance(n->word, own, candidate, length);
    if (d < n->least) {
        n->least = d;
        memcpy(n->found, candidate, length);
        n->found[length] = '\0';
    }
}

const char *tl_nearest_question(const tl_nearest *n, const char *before, char *text) {
    text[0] = '\0';
    if (n->found[0] != '\0') {
        (void)snprintf(text, TL_NEAREST_CAPACITY + 32, "did you mean '%.8s%s'? ", before, n->found);
    }
    return text;
}
