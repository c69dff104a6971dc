/* SPDX-License-Identifier: GPL-2.0-or-later
 * Increasing numbers from text; see numbers.h. */
#include "job/numbers.h"

#include <string.h>

#include "base/text.h"

/* Reads the next number of the text, which must be larger than the one before.
 *
 * at       in and out: the text; afterwards the text behind the number
 * before   NULL for the first number
 * returns  1 for such a number; 0 for anything else */
static int read_number(const char **at, const double *before, double *number) {
    char word[64] = "";
    const size_t length = strcspn(*at, " ;\t");
    if (length >= sizeof word) {
        return 0;
    }
    memcpy(word, *at, length);
    *at += length;
    return tl_parse_number(word, number) && (before == NULL || *number > *before);
}

tl_code tl_job_read_increasing(const tl_job *job, const char *id, ptrdiff_t capacity,
                               double *number, ptrdiff_t *n, tl_err *err) {
    const char *text = tl_job_text(job, id);
    const char *at = text == NULL ? "" : text;
    int good = 1;
    *n = 0;
    for (at += strspn(at, " ;\t"); good && *at != '\0'; at += strspn(at, " ;\t")) {
        good = *n < capacity && read_number(&at, *n > 0 ? &number[*n - 1] : NULL, &number[*n]);
        *n += good;
    }
    if (!good || *n == 0) {
        return tl_fail(
            err, TL_ARG,
            "parameter '%s' is '%s'; wanted 1 to %td increasing numbers separated by spaces, "
            "for example '0.1 0.3'",
            id, text == NULL ? "" : text, capacity);
    }
    return TL_OK;
}
