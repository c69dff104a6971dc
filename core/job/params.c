/* SPDX-License-Identifier: GPL-2.0-or-later
 * Parameters of a run from JSON text; see algorithm.h. */
#include <ctype.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "job/algorithm.h"
#include "job/job.h"
#include "json/json.h"

/* The length of a JSON string that begins at text with its quotation mark, both marks included; that
 * of the whole rest where the second mark is missing. */
static size_t string_length(const char *text) {
    size_t n = 1;
    while (text[n] != '\0' && text[n] != '"') {
        n += text[n] == '\\' && text[n + 1] != '\0' ? 2 : 1;
    }
    return n + (text[n] == '"');
}

/* 1 when the word is a value of JSON: a number in range, true, false or null. */
static int is_value(const char *text, size_t length) {
    char word[400];
    if (length >= sizeof word) {
        return 0;
    }
    memcpy(word, text, length);
    word[length] = '\0';
    json_t *value = NULL;
    const tl_code code = tl_json_parse(word, length, JSON_DECODE_ANY, &value, NULL);
    json_decref(value);
    return code == TL_OK;
}

/* Wraps every word that is no value of JSON (NaN, Infinity, 1e999, .5) in an object that
 * tl_job_unreadable recognises. */
static void wrap_words(const char *text, tl_text *out) {
    while (*text != '\0') {
        size_t length = 0;
        if (*text == '"') {
            length = string_length(text);
            tl_text_addf(out, "%.*s", (int)length, text);
        } else if (isalnum((unsigned char)*text) || strchr("+-.", *text) != NULL) {
            while (isalnum((unsigned char)text[length]) ||
                   (text[length] != '\0' && strchr("+-._", text[length]) != NULL)) {
                length++;
            }
            tl_text_addf(out,
                         is_value(text, length) ? "%.*s" : "{\"" TL_JOB_UNREADABLE "\":\"%.*s\"}",
                         (int)length, text);
        } else {
            length = 1;
            tl_text_addf(out, "%c", *text);
        }
        text += length;
    }
}

/* The parameters again, with the values that are no JSON wrapped, so that the sentence about them can
 * name the parameter; NULL when the text has another fault as well. */
static json_t *read_wrapped(const char *text) {
    tl_text wrapped = {0};
    wrap_words(text, &wrapped);
    json_t *params = NULL;
    if (!wrapped.failed) {
        (void)tl_json_parse(tl_text_data(&wrapped), (size_t)wrapped.length, JSON_REJECT_DUPLICATES,
                            &params, NULL);
    }
    tl_text_free(&wrapped);
    return params;
}

const char *tl_job_unreadable(const json_t *value) {
    const json_t *inside = json_object_get(value, TL_JOB_UNREADABLE);
    return json_object_size(value) == 1 ? json_string_value(inside) : NULL;
}

tl_code tl_job_parse_params(const char *text, const char *tool, json_t **params, tl_err *err) {
    tl_err problem;
    const ptrdiff_t refused = tl_refused_blocks();
    const char *given = text == NULL ? "" : text;
    const tl_code code =
        tl_json_parse(given, strlen(given), JSON_REJECT_DUPLICATES, params, &problem);
    if (code == TL_FORMAT) {
        *params = read_wrapped(given);
    }
    if (code == TL_NOMEM || tl_refused_blocks() != refused) {
        json_decref(*params);
        *params = NULL;
        return tl_no_memory(err, "the parameters of %s", tool);
    }
    return *params != NULL
               ? TL_OK
               : tl_fail(err, TL_ARG, "the parameters of %s are not valid JSON (%.300s)", tool,
                         problem.text);
}
