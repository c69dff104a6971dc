/* SPDX-License-Identifier: GPL-2.0-or-later
 * Lists of samples that are left out; see excluded.h. */
#include "training_set/excluded.h"

#include <string.h>

#include "json/json.h"

tl_code tl_training_set_excluded_add(json_t *excluded, const char *id, const char *reason,
                                     tl_err *err) {
    json_t *one = tl_json_pack("{s:o, s:s}", "id", tl_json_text(id), "reason", reason);
    return tl_json_append(excluded, one) ? TL_OK : tl_no_memory(err, "the samples");
}

static const char *text_at(const json_t *excluded, size_t i, const char *key) {
    return json_string_value(json_object_get(json_array_get(excluded, i), key));
}

/* Number of samples with the reason of sample i; 0 when an earlier sample has the same reason. */
static size_t count_reason(const json_t *excluded, size_t i) {
    const char *reason = text_at(excluded, i, "reason");
    size_t same = 0;
    for (size_t k = 0; k < json_array_size(excluded); k++) {
        if (strcmp(text_at(excluded, k, "reason"), reason) == 0) {
            if (k < i) {
                return 0;
            }
            same++;
        }
    }
    return same;
}

/* The length of a message is limited, so a long list needs several. */
static void log_reason(const tl_job *job, const json_t *excluded, const char *reason,
                       size_t count) {
    enum { longest = 800 };
    tl_text ids = {0};
    size_t logged = 0;
    for (size_t i = 0; logged < count; i++) {
        if (strcmp(text_at(excluded, i, "reason"), reason) != 0) {
            continue;
        }
        logged++;
        tl_text_addf(&ids, "%s%.60s", ids.length == 0 ? "" : ", ", text_at(excluded, i, "id"));
        if (ids.length > longest || logged == count) {
            tl_job_log(job, TL_WARNING, "samples left out, %s (%zu in all): %s", reason, count,
                       tl_text_data(&ids));
            tl_text_free(&ids);
        }
    }
}

void tl_training_set_excluded_log(const tl_job *job, const json_t *excluded) {
    for (size_t i = 0; i < json_array_size(excluded); i++) {
        const size_t count = count_reason(excluded, i);
        if (count > 0) {
            log_reason(job, excluded, text_at(excluded, i, "reason"), count);
        }
    }
}

void tl_training_set_excluded_count(const json_t *excluded, tl_text *out) {
    for (size_t i = 0; i < json_array_size(excluded); i++) {
        const size_t count = count_reason(excluded, i);
        if (count > 0) {
            tl_text_addf(out, "%s%zu %s", out->length > 0 ? ", " : "", count,
                         text_at(excluded, i, "reason"));
        }
    }
}
