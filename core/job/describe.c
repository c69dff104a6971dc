/* SPDX-License-Identifier: GPL-2.0-or-later
 * The description of a tool as JSON. */
#include <math.h>
#include <string.h>

#include "job/algorithm.h"
#include "job/job.h"
#include "json/json.h"

static const struct {
    const char *word;
    tl_arg_content content;
    int is_list;
} kinds[] = {
#define TL_ARG_KIND_ROW(name, word, content, list) \
    [TL_ARG_##name] = {word, TL_CONTENT_##content, list},
    TL_ARG_KINDS(TL_ARG_KIND_ROW)
#undef TL_ARG_KIND_ROW
};

const char *tl_job_arg_kind_word(tl_arg_kind kind) {
    return kinds[kind].word;
}

tl_arg_content tl_job_arg_content(tl_arg_kind kind) {
    return kinds[kind].content;
}

int tl_job_arg_is_list(tl_arg_kind kind) {
    return kinds[kind].is_list;
}

int tl_job_arg_is_input(tl_arg_kind kind) {
    return kinds[kind].content == TL_CONTENT_INPUT;
}

int tl_job_arg_is_output(tl_arg_kind kind) {
    return kinds[kind].content == TL_CONTENT_OUTPUT;
}

void tl_job_range(const tl_arg *arg, double *min, double *max) {
    const int is_integer = arg->kind == TL_ARG_INTEGER;
    const double limit = is_integer ? TL_ARG_LARGEST_INTEGER : (double)INFINITY;
    *min = arg->min < arg->max ? fmax(arg->min, -limit) : -limit;
    *max = arg->min < arg->max ? fmin(arg->max, limit) : limit;
}

static void put_text(json_t *object, const char *key, const char *text) {
    if (text != NULL) {
        tl_json_put(object, key, tl_json_text(text));
    }
}

/* The items of a list that any of the marks separate, as a JSON array. */
static json_t *words(const char *list, const char *marks) {
    json_t *array = tl_json_array();
    while (list != NULL && *list != '\0') {
        const size_t length = strcspn(list, marks);
        tl_json_append(array, tl_json_text_n(list, length));
        list += length + (list[length] != '\0');
    }
    return array;
}

static json_t *describe_arg(const tl_arg *arg) {
    json_t *object = tl_json_object();
    put_text(object, "id", arg->id);
    put_text(object, "kind", tl_job_arg_kind_word(arg->kind));
    put_text(object, "label", arg->label);
    put_text(object, "unit", arg->unit);
    put_text(object, "help", arg->help);
    put_text(object, "default", arg->fallback);
    tl_json_put(object, "optional", tl_json_flag(arg->optional || arg->fallback != NULL));
    tl_json_put(object, "advanced", tl_json_flag(arg->advanced));
    tl_json_put(object, "output", tl_json_flag(tl_job_arg_is_output(arg->kind)));
    double min;
    double max;
    tl_job_range(arg, &min, &max);
    if (isfinite(min)) {
        tl_json_put(object, "min", tl_json_number(min));
    }
    if (isfinite(max)) {
        tl_json_put(object, "max", tl_json_number(max));
    }
    if (arg->choices != NULL) {
        tl_json_put(object, "choices", words(arg->choices, ","));
    }
    if (arg->labels != NULL) {
        tl_json_put(object, "labels", words(arg->labels, "|"));
    }
    put_text(object, "parent", arg->parent);
    if (arg->numeric) {
        tl_json_put(object, "numeric", tl_json_flag(1));
    }
    put_text(object, "style", arg->style);
    return object;
}

json_t *tl_job_describe(const tl_algorithm *alg) {
    json_t *object = tl_json_object();
    put_text(object, "id", alg->id);
    put_text(object, "title", alg->title);
    put_text(object, "group", alg->group);
    put_text(object, "summary", alg->summary);
    put_text(object, "help", alg->help);
    put_text(object, "example", alg->example);
    put_text(object, "citation", alg->citation);
    tl_json_put(object, "tags", words(alg->tags, ","));
    json_t *parameters = tl_json_array();
    for (ptrdiff_t i = 0; i < alg->n_arg; i++) {
        tl_json_append(parameters, describe_arg(&alg->arg[i]));
    }
    for (ptrdiff_t i = 0; i < tl_job_common_count; i++) {
        tl_json_append(parameters, describe_arg(&tl_job_common[i]));
    }
    tl_json_put(object, "parameters", parameters);
    return object;
}
