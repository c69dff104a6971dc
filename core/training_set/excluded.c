/* SPDX-License-Identifier: GPL-2.0-or-later
 * Lists of samples that are left out; see dropped.h. */
#include "training_set/excluded.h"

#include <string.h>

tl_code tl_training_set_excluded_add(json_t *dropped, const char *id, const char *reason,
                                     tl_err *err) {
    json_t *one = json_pack("{s:s, s:s}", "id", id, "reason", reason);
    return json_array_append_new(dropped, one) == 0
               ? TL_OK
               : tl_fail(err, TL_NOMEM, "out of memory for the samples");
}

static const char *text_at(const json_t *dropped, size_t i, const char *key) {
    return json_string_value(json_object_get(json_array_get(dropped, i), key));
}

/* How many samples share the reason of sample i; 0 when an earlier one has it. */
static size_t sharing(const json_t *dropped, size_t i) {
    const char *reason = text_at(dropped, i, "reason");
    size_t same = 0;
    for (size_t k = 0; k < json_array_size(dropped); k++) {
        if (strcmp(text_at(dropped, k, "reason"), reason) == 0) {
            if (k < i) {
                return 0;
            }
            same++;
        }
    }
    return same;
}

/* Messages are limited in length, so a long list takes several. */
static void say_reason(const tl_job *job, const json_t *dropped, const char *reason, size_t count) {
    enum { longest = 800 };
    tl_text ids = {0};
    size_t said = 0;
    for (size_t i = 0; said < count; i++) {
        if (strcmp(text_at(dropped, i, "reason"), reason) != 0) {
            continue;
        }
        said++;
        tl_text_addf(&ids, "%s%.60s", ids.length == 0 ? "" : ", ", text_at(dropped, i, "id"));
        if (ids.length > longest || said == count) {
            tl_job_log(job, TL_WARNING, "samples left out, %s (%zu in all): %s", reason, count,
                       tl_text_data(&ids));
            tl_text_free(&ids);
        }
    }
}

void tl_training_set_excluded_log(const tl_job *job, const json_t *dropped) {
    for (size_t i = 0; i < json_array_size(dropped); i++) {
        const size_t count = sharing(dropped, i);
        if (count > 0) {
            say_reason(job, dropped, text_at(dropped, i, "reason"), count);
        }
    }
}

void tl_training_set_excluded_count(const json_t *dropped, tl_text *out) {
    for (size_t i = 0; i < json_array_size(dropped); i++) {
        const size_t count = sharing(dropped, i);
        if (count > 0) {
            tl_text_addf(out, "%s%zu %s", out->length > 0 ? ", " : "", count,
                         text_at(dropped, i, "reason"));
        }
    }
}
