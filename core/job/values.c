/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reads parameter values and checks them against a descriptor. Every error names the parameter, what
 * was found and what was wanted. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/nearest.h"
#include "base/text.h"
#include "job/job.h"
#include "json/json.h"
#include "source/source_name.h"

const tl_arg tl_job_common[] = {
    {.id = "threads",
     .kind = TL_ARG_INTEGER,
     .label = "Threads",
     .unit = "",
     .help =
         "Number of processors that the tool uses; 0 uses all of them. The result does not depend on it.",
     .fallback = "0",
     .advanced = 1,
     .min = 0,
     .max = 1024},
    {.id = "memory",
     .kind = TL_ARG_NUMBER,
     .label = "Memory limit",
     .unit = "MiB",
     .help =
         "Memory that all large buffers together may use. Allow more for large scenes if the computer has it; the result does not depend on it.",
     .fallback = "1024",
     .advanced = 1,
     .min = 32,
     .max = 4194304},
    {.id = "strict",
     .kind = TL_ARG_FLAG,
     .label = "No assumptions",
     .help =
         "Refuses every input that needs an assumption, which is otherwise logged with the option that "
         "changes it. Switch it on in scripts that nobody watches.",
     .fallback = "no",
     .advanced = 1},
    {.id = "overwrite",
     .kind = TL_ARG_FLAG,
     .label = "Replace whole files",
     .help = "Replaces a GeoPackage that exists as a whole. The default adds the layer to it, or "
             "replaces only the layer of that name.",
     .fallback = "no",
     .advanced = 1},
};
const ptrdiff_t tl_job_common_count = TL_COUNT(tl_job_common);

static const tl_arg *find_arg(const tl_algorithm *alg, const char *id) {
    for (ptrdiff_t i = 0; i < alg->n_arg; i++) {
        if (strcmp(alg->arg[i].id, id) == 0) {
            return &alg->arg[i];
        }
    }
    for (ptrdiff_t i = 0; i < tl_job_common_count; i++) {
        if (strcmp(tl_job_common[i].id, id) == 0) {
            return &tl_job_common[i];
        }
    }
    return NULL;
}

static tl_code refuse_unknown(const tl_algorithm *alg, const json_t *params, tl_err *err) {
    void *at = json_object_iter((json_t *)(uintptr_t)params);
    for (; at != NULL; at = json_object_iter_next((json_t *)(uintptr_t)params, at)) {
        const char *key = json_object_iter_key(at);
        if (find_arg(alg, key) != NULL) {
            continue;
        }
        char question[TL_NEAREST_CAPACITY + 32];
        tl_nearest nearest;
        tl_nearest_start(&nearest, key);
        tl_text known = {0};
        for (ptrdiff_t i = 0; i < alg->n_arg; i++) {
            tl_text_addf(&known, "%s%s", i == 0 ? "" : ", ", alg->arg[i].id);
            tl_nearest_offer(&nearest, alg->arg[i].id, strlen(alg->arg[i].id));
        }
        const tl_code code =
            tl_fail(err, TL_ARG, "%s has no parameter '%s'; %sit has: %s", alg->id, key,
                    tl_nearest_question(&nearest, "", question), tl_text_data(&known));
        tl_text_free(&known);
        return code;
    }
    return TL_OK;
}

/* The JSON value as text: numbers and booleans are accepted wherever a text would be. */
static char *as_text(const json_t *item) {
    if (json_is_string(item)) {
        return tl_copy_text(json_string_value(item));
    }
    if (json_is_boolean(item)) {
        return tl_copy_text(json_is_true(item) ? "yes" : "no");
    }
    if (json_is_integer(item)) {
        char digits[32];
        (void)snprintf(digits, sizeof digits, "%lld", (long long)json_integer_value(item));
        return tl_copy_text(digits);
    }
    if (json_is_real(item)) {
        tl_text number = {0};
        tl_text_add_number(&number, json_real_value(item));
        char *copy = number.failed ? NULL : tl_copy_text(tl_text_data(&number));
        tl_text_free(&number);
        return copy;
    }
    return NULL;
}

static tl_code read_texts(tl_value *value, const json_t *given, tl_err *err) {
    const tl_arg *arg = value->arg;
    if (json_is_array(given) && !tl_job_arg_is_list(arg->kind) && json_array_size(given) != 1) {
        return tl_fail(err, TL_ARG, "parameter '%s' was given %zu times; wanted once", arg->id,
                       json_array_size(given));
    }
    const ptrdiff_t n = json_is_array(given) ? (ptrdiff_t)json_array_size(given) : 1;
    value->text = tl_acquire(n, sizeof *value->text);
    if (value->text == NULL) {
        return tl_no_memory(err, "parameter '%s'", arg->id);
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        const json_t *item = json_is_array(given) ? json_array_get(given, (size_t)i) : given;
        value->text[i] = as_text(item);
        if (value->text[i] == NULL) {
            value->n = i;
            const char *unreadable = tl_job_unreadable(item);
            if (unreadable != NULL) {
                return tl_fail(err, TL_ARG, "parameter '%s' is %.100s; wanted %s%s", arg->id,
                               unreadable, tl_job_arg_kind_word(arg->kind),
                               arg->optional || arg->fallback != NULL
                                   ? ", or leave it out for its default"
                                   : "");
            }
            if (!json_is_object(item) && !json_is_array(item) && !json_is_null(item)) {
                return tl_no_memory(err, "parameter '%s'", arg->id);
            }
            return tl_fail(
                err, TL_ARG, "parameter '%s' holds a nested value; wanted %s", arg->id,
                tl_job_arg_is_list(arg->kind) ? "a list of texts" : "one text or number");
        }
        value->n = i + 1;
    }
    return TL_OK;
}

static tl_code refuse_number(const tl_value *value, double min, double max, tl_err *err) {
    const char *unit = value->arg->unit == NULL ? "" : value->arg->unit;
    tl_text range = {0};
    tl_text_add(&range, isfinite(min) ? "" : "at most ");
    tl_text_add_number(&range, isfinite(min) ? min : max);
    tl_text_add(&range, isfinite(min) && isfinite(max) ? " to " : "");
    if (isfinite(min) && isfinite(max)) {
        tl_text_add_number(&range, max);
    }
    tl_text_addf(&range, "%s%s", isfinite(max) ? "" : " or more", unit[0] == '\0' ? "" : " ");
    const tl_code code = tl_fail(err, TL_ARG, "parameter '%s' is %s; wanted %s%s", value->arg->id,
                                 value->text[0], tl_text_data(&range), unit);
    tl_text_free(&range);
    return code;
}

static tl_code read_number(tl_value *value, tl_err *err) {
    const tl_arg *arg = value->arg;
    const char *unit = arg->unit == NULL ? "" : arg->unit;
    if (!tl_parse_number(value->text[0], &value->number)) {
        return tl_fail(
            err, TL_ARG,
            "parameter '%s' is '%s'; wanted a number%s%s with a decimal point, such as 0.5",
            arg->id, value->text[0], unit[0] == '\0' ? "" : " in ", unit);
    }
    if (arg->kind == TL_ARG_INTEGER && value->number != floor(value->number)) {
        return tl_fail(err, TL_ARG, "parameter '%s' is %s; wanted a whole number", arg->id,
                       value->text[0]);
    }
    double min;
    double max;
    tl_job_range(arg, &min, &max);
    return value->number >= min && value->number <= max ? TL_OK
                                                        : refuse_number(value, min, max, err);
}

static int word_position(const char *list, const char *word) {
    int position = 0;
    while (*list != '\0') {
        const size_t length = strcspn(list, ",");
        if (strlen(word) == length && strncmp(list, word, length) == 0) {
            return position;
        }
        list += length + (list[length] == ',');
        position++;
    }
    return -1;
}

static tl_code refuse_choice(const tl_arg *arg, const char *found, tl_err *err) {
    tl_text list = {0};
    for (const char *c = arg->choices; *c != '\0'; c++) {
        tl_text_addf(&list, *c == ',' ? "%c " : "%c", *c);
    }
    char question[TL_NEAREST_CAPACITY + 32];
    tl_nearest nearest;
    tl_nearest_start(&nearest, found);
    for (const char *c = arg->choices; *c != '\0';) {
        const size_t length = strcspn(c, ",");
        tl_nearest_offer(&nearest, c, length);
        c += length + (c[length] == ',');
    }
    const tl_code code =
        tl_fail(err, TL_ARG, "parameter '%s' is '%s'; %swanted one of: %s", arg->id, found,
                tl_nearest_question(&nearest, "", question), tl_text_data(&list));
    tl_text_free(&list);
    return code;
}

static tl_code read_choice(tl_value *value, tl_err *err) {
    const tl_arg *arg = value->arg;
    if (arg->kind == TL_ARG_FLAG) {
        const char *word = value->text[0];
        const int yes =
            tl_same_word(word, "yes") || tl_same_word(word, "true") || strcmp(word, "1") == 0;
        const int no =
            tl_same_word(word, "no") || tl_same_word(word, "false") || strcmp(word, "0") == 0;
        value->choice = yes;
        return yes || no ? TL_OK
                         : tl_fail(err, TL_ARG, "parameter '%s' is '%s'; wanted yes or no", arg->id,
                                   word);
    }
    value->choice = word_position(arg->choices, value->text[0]);
    return value->choice >= 0 ? TL_OK : refuse_choice(arg, value->text[0], err);
}

/* Only the existence of files on a disk can be checked before they are opened, not that of data on
 * a server or in an archive. */
static tl_code check_source(const tl_arg *arg, const char *text, const tl_store *store,
                            tl_err *err) {
    tl_source_name name;
    if (text[0] == '\0') {
        return tl_fail(err, TL_ARG, "parameter '%s' is empty; wanted a file", arg->id);
    }
    if (strcmp(text, "-") == 0 || strncmp(text, "/vsistdin/", 10) == 0) {
        return tl_fail(
            err, TL_ARG,
            "parameter '%s': the standard input is not read, because files are read more "
            "than once; write what it delivers into a file",
            arg->id);
    }
    if (store->exists(text)) {
        return TL_OK;
    }
    TL_TRY(tl_source_name_parse(text, arg->id, &name, err));
    tl_code code = TL_OK;
    if (name.kind != TL_SOURCE_VIRTUAL && name.file != NULL && !store->exists(name.file)) {
        code = tl_fail(err, TL_ARG, "parameter '%s': there is no file '%s'", arg->id, name.file);
    } else if (arg->kind == TL_ARG_MODEL) {
        code = tl_source_name_check_plain(&name, arg->id, err);
    }
    tl_source_name_free(&name);
    return code;
}

static tl_code check_input(const tl_value *value, const tl_store *store, tl_err *err) {
    for (ptrdiff_t i = 0; i < value->n; i++) {
        if (strlen(value->text[i]) >= 4096 && value->text[i][0] != '<' &&
            value->text[i][0] != '{') {
            return tl_fail(err, TL_ARG, "parameter '%s' is longer than 4095 bytes", value->arg->id);
        }
        TL_TRY(check_source(value->arg, value->text[i], store, err));
    }
    return TL_OK;
}

static tl_code read_value(tl_value *value, const json_t *params, const tl_store *store,
                          tl_err *err) {
    const tl_arg *arg = value->arg;
    json_t *given = json_object_get(params, arg->id);
    if (given == NULL || json_is_null(given) ||
        (json_is_array(given) && json_array_size(given) == 0) ||
        (json_is_string(given) && json_string_length(given) == 0 && arg->kind != TL_ARG_TEXT)) {
        if (arg->fallback == NULL) {
            return arg->optional ? TL_OK
                   : tl_job_arg_is_output(arg->kind)
                       ? tl_fail(err, TL_ARG,
                                 "parameter '%s' is missing; name the file to write (%s)", arg->id,
                                 arg->label)
                       : tl_fail(err, TL_ARG, "parameter '%s' is missing; wanted %s (%s)", arg->id,
                                 tl_job_arg_kind_word(arg->kind), arg->label);
        }
        json_t *fallback = tl_json_text(arg->fallback);
        const tl_code code = read_texts(value, fallback, err);
        json_decref(fallback);
        TL_TRY(code);
    } else {
        TL_TRY(read_texts(value, given, err));
    }
    switch (tl_job_arg_content(arg->kind)) {
        case TL_CONTENT_INPUT:
            return check_input(value, store, err);
        case TL_CONTENT_NUMBER:
            return read_number(value, err);
        case TL_CONTENT_WORD:
            return read_choice(value, err);
        case TL_CONTENT_OUTPUT: /* checked when all values are known */
        case TL_CONTENT_TEXT:
            break;
    }
    return TL_OK;
}

tl_code tl_job_values_read(const tl_algorithm *alg, const json_t *params, const tl_store *store,
                           tl_values *values, tl_err *err) {
    *values = (tl_values){0};
    if (!json_is_object(params)) {
        return tl_fail(err, TL_ARG, "the parameters of %s are not a JSON object", alg->id);
    }
    TL_TRY(refuse_unknown(alg, params, err));
    const ptrdiff_t n = alg->n_arg + tl_job_common_count;
    values->value = tl_acquire(n, sizeof *values->value);
    if (values->value == NULL) {
        return tl_no_memory(err, "the parameters of %s", alg->id);
    }
    values->n = n;
    tl_code code = TL_OK;
    for (ptrdiff_t i = 0; i < n; i++) {
        values->value[i].arg = i < alg->n_arg ? &alg->arg[i] : &tl_job_common[i - alg->n_arg];
    }
    for (ptrdiff_t i = 0; i < n && code == TL_OK; i++) {
        code = read_value(&values->value[i], params, store, err);
    }
    if (code == TL_OK) {
        code = tl_job_check_files(values, store, err);
    }
    if (code != TL_OK) {
        tl_job_values_free(values);
    }
    return code;
}

void tl_job_values_free(tl_values *values) {
    for (ptrdiff_t i = 0; i < values->n; i++) {
        tl_value *value = &values->value[i];
        for (ptrdiff_t k = 0; k < value->n; k++) {
            tl_release(value->text[k]);
        }
        for (ptrdiff_t k = 0; k < value->n_parts; k++) {
            tl_release(value->part[k].target);
        }
        tl_release(value->part);
        tl_release(value->text);
    }
    tl_release(values->value);
    *values = (tl_values){0};
}

tl_code tl_job_check_descriptor(const tl_algorithm *alg, const json_t *params,
                                const tl_store *store, tl_err *err) {
    tl_values values = {0};
    TL_TRY(tl_job_values_read(alg, params, store, &values, err));
    tl_job_values_free(&values);
    return TL_OK;
}
