/* SPDX-License-Identifier: GPL-2.0-or-later
 * Prints help; see help.h. */
#include "cli/help.h"

#include <stdio.h>
#include <string.h>

static const char *text_of(const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    return text == NULL ? "" : text;
}

/* Prints text in lines of at most 96 characters, broken at spaces and indented. */
static void print_wrapped(const char *text, int indent) {
    const int width = 96 - indent;
    while (*text != '\0') {
        const char *end = text;
        const char *blank = NULL;
        while (*end != '\0' && *end != '\n' && end - text < width) {
            blank = *end == ' ' ? end : blank;
            end++;
        }
        if (*end != '\0' && *end != '\n' && *end != ' ' && blank != NULL) {
            end = blank;
        }
        printf("%*s%.*s\n", indent, "", (int)(end - text), text);
        text = end;
        while (*text == ' ' || *text == '\n') {
            text++;
        }
    }
}

void cli_print_overview(const json_t *description) {
    printf("tilth %s: soil maps from hyperspectral scenes\n\n", text_of(description, "version"));
    printf("  tilth <tool> --name value ...   run a tool (--quiet, --json)\n");
    printf("  tilth help <tool>               parameters, units, an example\n");
    printf("  tilth help <word>               tools and parameters that mention a word\n");
    printf("  tilth describe --json           all tools for programs\n");
    printf(
        "  tilth run <tool> [--check]      parameters as JSON on standard input, JSON lines "
        "out;\n"
        "                                  with --check they are only checked, nothing runs\n");
    const json_t *all = json_object_get(description, "algorithms");
    const char *group = "";
    for (size_t i = 0; i < json_array_size(all); i++) {
        const json_t *one = json_array_get(all, i);
        if (strcmp(group, text_of(one, "group")) != 0) {
            group = text_of(one, "group");
            printf("\n%s\n", group);
        }
        printf("  %-20s%s\n", text_of(one, "id"), text_of(one, "summary"));
    }
}

static void print_choices(const json_t *choices) {
    for (size_t i = 0; i < json_array_size(choices); i++) {
        printf("%s%s", i == 0 ? " {" : "|", json_string_value(json_array_get(choices, i)));
    }
    if (json_array_size(choices) > 0) {
        printf("}");
    }
}

/* The ids of the choices with their labels, one on each line. */
static void print_labels(const json_t *choices, const json_t *labels) {
    int width = 0;
    for (size_t i = 0; i < json_array_size(labels); i++) {
        const int length = (int)json_string_length(json_array_get(choices, i));
        width = length > width ? length : width;
    }
    for (size_t i = 0; i < json_array_size(labels); i++) {
        printf("        %-*s  %s\n", width, json_string_value(json_array_get(choices, i)),
               json_string_value(json_array_get(labels, i)));
    }
}

static void print_parameter(const json_t *parameter) {
    printf("  --%s", text_of(parameter, "id"));
    if (json_array_size(json_object_get(parameter, "choices")) > 0) {
        print_choices(json_object_get(parameter, "choices"));
    } else {
        printf(" <%s>", text_of(parameter, "kind"));
    }
    printf("  %s", text_of(parameter, "label"));
    if (*text_of(parameter, "unit") != '\0') {
        printf(" (%s)", text_of(parameter, "unit"));
    }
    const json_t *min = json_object_get(parameter, "min");
    const json_t *max = json_object_get(parameter, "max");
    if (min != NULL && max != NULL) {
        printf(", %.15g to %.15g", json_number_value(min), json_number_value(max));
    } else if (min != NULL) {
        printf(", at least %.15g", json_number_value(min));
    }
    if (*text_of(parameter, "default") != '\0') {
        printf(" [%s]", text_of(parameter, "default"));
    } else if (json_is_true(json_object_get(parameter, "optional"))) {
        printf(" [optional]");
    }
    printf("\n");
    print_wrapped(text_of(parameter, "help"), 6);
    print_labels(json_object_get(parameter, "choices"), json_object_get(parameter, "labels"));
}

void cli_print_tool(const json_t *description) {
    printf("tilth %s: %s\n\n", text_of(description, "id"), text_of(description, "title"));
    print_wrapped(text_of(description, "help"), 0);
    printf("\nParameters\n");
    const json_t *parameters = json_object_get(description, "parameters");
    for (size_t i = 0; i < json_array_size(parameters); i++) {
        print_parameter(json_array_get(parameters, i));
    }
    printf("\nExample\n  %s\n", text_of(description, "example"));
    printf("\nSource\n");
    print_wrapped(text_of(description, "citation"), 2);
}

static int lower(char letter) {
    return letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter;
}

/* 1 when a text has a word in it, whatever the case of the ASCII letters. */
static int mentions(const char *text, const char *word) {
    for (; *text != '\0'; text++) {
        size_t same = 0;
        while (word[same] != '\0' && lower(text[same]) == lower(word[same])) {
            same++;
        }
        if (word[same] == '\0') {
            return 1;
        }
    }
    return 0;
}

/* The number of parameters of a tool that mention a word; prints them when print is 1. */
static int print_found_parameters(const json_t *tool, const char *word, int print) {
    const json_t *parameters = json_object_get(tool, "parameters");
    int found = 0;
    for (size_t i = 0; i < json_array_size(parameters); i++) {
        const json_t *one = json_array_get(parameters, i);
        if (mentions(text_of(one, "id"), word) || mentions(text_of(one, "label"), word)) {
            found++;
            if (print) {
                printf("      --%s  %s\n", text_of(one, "id"), text_of(one, "label"));
            }
        }
    }
    return found;
}

int cli_print_search(const json_t *description, const char *word) {
    const json_t *all = json_object_get(description, "algorithms");
    int found = 0;
    for (size_t i = 0; *word != '\0' && i < json_array_size(all); i++) {
        const json_t *one = json_array_get(all, i);
        if (mentions(text_of(one, "id"), word) || mentions(text_of(one, "title"), word) ||
            mentions(text_of(one, "summary"), word) || print_found_parameters(one, word, 0) > 0) {
            printf("  %-20s%s\n", text_of(one, "id"), text_of(one, "summary"));
            (void)print_found_parameters(one, word, 1);
            found++;
        }
    }
    return found;
}
