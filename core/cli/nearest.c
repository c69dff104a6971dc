/* SPDX-License-Identifier: GPL-2.0-or-later
 * The nearest word; see nearest.h. */
#include "cli/nearest.h"

#include <string.h>

enum { longest = 63 };

static int least(int a, int b) {
    return a < b ? a : b;
}

/* The number of letters to insert, remove or change; longer words count as far away. */
static int distance(const char *a, const char *b) {
    const size_t n = strlen(b);
    if (strlen(a) > longest || n > longest) {
        return longest;
    }
    int row[longest + 1];
    for (size_t j = 0; j <= n; j++) {
        row[j] = (int)j;
    }
    for (size_t i = 0; a[i] != '\0'; i++) {
        int diagonal = row[0];
        row[0] = (int)i + 1;
        for (size_t j = 0; j < n; j++) {
            const int change = diagonal + (a[i] != b[j]);
            diagonal = row[j + 1];
            row[j + 1] = least(change, 1 + least(row[j], row[j + 1]));
        }
    }
    return row[n];
}

const char *cli_nearest_id(const json_t *list, const char *word) {
    const char *nearest = NULL;
    int best = (int)strlen(word) / 3;
    best = best < 1 ? 2 : best + 1;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *id = json_string_value(json_object_get(json_array_get(list, i), "id"));
        const int d = id == NULL ? longest : distance(word, id);
        if (d < best) {
            best = d;
            nearest = id;
        }
    }
    return nearest;
}
