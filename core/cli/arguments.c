/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reads the words of the command line; see arguments.h. */
#include "cli/arguments.h"

#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "cli/habits.h"
#include "json/json.h"

static const json_t *find_parameter(const json_t *description, const char *id) {
    const json_t *parameters = json_object_get(description, "parameters");
    for (size_t i = 0; i < json_array_size(parameters); i++) {
        const json_t *one = json_array_get(parameters, i);
        if (strcmp(json_string_value(json_object_get(one, "id")), id) == 0) {
            return one;
        }
    }
    return NULL;
}

static int kind_is(const json_t *parameter, const char *word) {
    const char *kind = json_string_value(json_object_get(parameter, "kind"));
    return kind != NULL && strcmp(kind, word) == 0;
}

static int read_option(const char *word, cli_options *options) {
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        options->help = 1;
    } else if (strcmp(word, "--quiet") == 0 || strcmp(word, "-q") == 0) {
        options->quiet = 1;
    } else if (strcmp(word, "--json") == 0) {
        options->json = 1;
    } else {
        return 0;
    }
    return 1;
}

/* A word that starts a new option; "-5" and "-0.5" are values. */
static int starts_option(const char *word) {
    return word[0] == '-' && word[1] == '-' && word[2] != '\0';
}

static json_t *list_of(json_t *value) {
    json_t *list = tl_json_array();
    tl_json_append(list, value);
    return list;
}

static int add_value(json_t *params, const json_t *parameter, const char *value) {
    const char *id = json_string_value(json_object_get(parameter, "id"));
    const int is_list = kind_is(parameter, "rasters") || kind_is(parameter, "files");
    json_t *text = tl_json_text(value);
    /* A byte that is not UTF-8 was replaced, and a file of another name would be read. */
    if (text != NULL && strcmp(json_string_value(text), value) != 0) {
        json_decref(text);
        fprintf(stderr, "tilth: the value of --%s is not valid UTF-8 text\n", id);
        return 0;
    }
    json_t *there = json_object_get(params, id);
    if (there == NULL && is_list) {
        tl_json_put(params, id, list_of(text));
    } else if (there == NULL) {
        tl_json_put(params, id, text);
    } else if (is_list) {
        tl_json_append(there, text);
    } else {
        json_decref(text);
        fprintf(stderr, "tilth: --%s was given twice; wanted once\n", id);
        return 0;
    }
    return 1;
}

static void refuse_parameter(const json_t *description, const char *id) {
    const char *tool = json_string_value(json_object_get(description, "id"));
    const json_t *parameters = json_object_get(description, "parameters");
    char question[TL_NEAREST_CAPACITY + 32];
    tl_nearest nearest;
    tl_nearest_start(&nearest, id);
    for (size_t i = 0; i < json_array_size(parameters); i++) {
        const char *one = json_string_value(json_object_get(json_array_get(parameters, i), "id"));
        tl_nearest_offer(&nearest, one, strlen(one));
    }
    fprintf(stderr, "tilth: %s has no parameter '%s'; %ssee `tilth help %s`\n", tool, id,
            tl_nearest_question(&nearest, "--", question), tool);
}

/* Reads one `--name [value ...]`; returns how many words it used, 0 on failure. */
static int read_parameter(const json_t *description, int argc, char **argv, json_t *params) {
    char id[128];
    const char *equals = strchr(argv[0], '=');
    const size_t length = equals == NULL ? strlen(argv[0] + 2) : (size_t)(equals - argv[0] - 2);
    (void)snprintf(id, sizeof id, "%.*s", (int)(length < 127 ? length : 127), argv[0] + 2);
    const json_t *parameter = find_parameter(description, id);
    if (parameter == NULL) {
        refuse_parameter(description, id);
        return 0;
    }
    if (equals != NULL) {
        return add_value(params, parameter, equals + 1);
    }
    const int has_value = argc > 1 && !starts_option(argv[1]);
    if (!has_value && kind_is(parameter, "flag")) {
        return add_value(params, parameter, "yes");
    }
    if (!has_value) {
        fprintf(stderr, "tilth: --%s needs a value\n", id);
        return 0;
    }
    int taken = 1;
    do {
        if (!add_value(params, parameter, argv[taken])) {
            return 0;
        }
        taken++;
    } while (taken < argc && !starts_option(argv[taken]) &&
             (kind_is(parameter, "rasters") || kind_is(parameter, "files")));
    return taken;
}

int cli_read_arguments(const json_t *description, int argc, char **argv, json_t *params,
                       cli_options *options) {
    int at = 0;
    while (at < argc) {
        if (read_option(argv[at], options)) {
            at++;
            continue;
        }
        const int used = cli_read_habit(argc - at, argv + at, params);
        if (used != 0) {
            if (used < 0) {
                return 0;
            }
            at += used;
            continue;
        }
        if (!starts_option(argv[at])) {
            const char *tool = json_string_value(json_object_get(description, "id"));
            fprintf(stderr,
                    "tilth: '%s' is not expected here; wanted --name value, see `tilth help %s`\n",
                    argv[at], tool);
            return 0;
        }
        const int taken = read_parameter(description, argc - at, argv + at, params);
        if (taken == 0) {
            return 0;
        }
        at += taken;
    }
    return 1;
}
