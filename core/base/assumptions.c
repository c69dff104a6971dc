/* SPDX-License-Identifier: GPL-2.0-or-later
 * Assumptions of one run; see assumptions.h. */
#include "base/assumptions.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

static _Thread_local tl_assumptions *current;

void tl_assumptions_begin(tl_assumptions *a, const tl_progress *progress, int strict) {
    *a = (tl_assumptions){.strict = strict, .outer = current};
    if (progress != NULL) {
        a->progress = *progress;
    }
    current = a;
}

void tl_assumptions_decide_zeros(tl_zeros zeros) {
    if (current != NULL) {
        current->zeros = zeros;
    }
}

tl_zeros tl_assumptions_zeros(void) {
    return current == NULL ? TL_ZEROS_ASSUMED : current->zeros;
}

int tl_assumptions_strict(void) {
    return current != NULL && current->strict;
}

void tl_assumptions_end(tl_assumptions *a) {
    for (ptrdiff_t i = 0; i < a->n; i++) {
        tl_release(a->sentence[i]);
    }
    tl_release(a->sentence);
    current = a->outer;
    *a = (tl_assumptions){0};
}

/* 1 when the sentence was logged before; remembers it. Without memory it is logged again, which
 * does no harm. */
static int is_known(tl_assumptions *a, const char *sentence) {
    for (ptrdiff_t i = 0; i < a->n; i++) {
        if (strcmp(a->sentence[i], sentence) == 0) {
            return 1;
        }
    }
    char **grown = tl_grow(a->sentence, a->n, a->n + 1, sizeof *grown);
    if (grown != NULL) {
        a->sentence = grown;
        a->sentence[a->n] = tl_copy_text(sentence);
        a->n += a->sentence[a->n] != NULL;
    }
    return 0;
}

tl_code tl_assume(tl_err *err, tl_level level, const char *format, ...) {
    if (current == NULL) {
        return TL_OK;
    }
    char sentence[900];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    if (current->strict) {
        return tl_fail(err, TL_DATA, "%s (refused because strict is on)", sentence);
    }
    if (!is_known(current, sentence)) {
        tl_progress_log(&current->progress, level, "%s", sentence);
    }
    return TL_OK;
}
