/* SPDX-License-Identifier: GPL-2.0-or-later
 * The command line: `tilth <tool> --name value`. It knows no tool by name: everything comes from
 * their descriptions. */
#include <stdio.h>
#include <string.h>

#include "abi/tilth.h"
#include "base/alloc.h"
#include "cli/arguments.h"
#include "cli/help.h"
#include "cli/run.h"
#include "json/json.h"

static int fail(const tilth_ctx *ctx, int status) {
    fprintf(stderr, "tilth: %s\n", tilth_error(ctx));
    return status;
}

/* The description of one tool, or NULL after printing the reason. */
static json_t *describe(tilth_ctx *ctx, const char *id) {
    char *text = tilth_describe(ctx, id);
    if (text == NULL) {
        (void)fail(ctx, TILTH_USAGE);
        return NULL;
    }
    json_t *description = NULL;
    if (tl_json_parse(text, strlen(text), 0, &description, NULL) != TL_OK) {
        fprintf(stderr, "tilth: out of memory for the description of the tools\n");
    }
    tilth_free(text);
    return description;
}

static int print_description(tilth_ctx *ctx, const char *id) {
    char *text = tilth_describe(ctx, id);
    if (text == NULL) {
        return fail(ctx, TILTH_USAGE);
    }
    puts(text);
    tilth_free(text);
    return TILTH_OK;
}

/* 1 when the full description has a tool of this id. */
static int has_tool(const json_t *description, const char *id) {
    const json_t *all = json_object_get(description, "algorithms");
    for (size_t i = 0; i < json_array_size(all); i++) {
        if (strcmp(json_string_value(json_object_get(json_array_get(all, i), "id")), id) == 0) {
            return 1;
        }
    }
    return 0;
}

/* `tilth help flow`: 1 when the word is no tool and the tools that mention it were printed. */
static int searched(tilth_ctx *ctx, const char *word) {
    json_t *description = describe(ctx, NULL);
    const int found = description != NULL && !has_tool(description, word) &&
                      cli_print_search(description, word) > 0;
    json_decref(description);
    return found;
}

static int help(tilth_ctx *ctx, const char *id) {
    if (id != NULL && searched(ctx, id)) {
        return TILTH_OK;
    }
    json_t *description = describe(ctx, id);
    if (description == NULL) {
        return TILTH_USAGE;
    }
    if (id == NULL) {
        cli_print_overview(description);
    } else {
        cli_print_tool(description);
    }
    json_decref(description);
    return TILTH_OK;
}

static int run_parameters(tilth_ctx *ctx, const char *id, const json_t *params,
                          const cli_options *options) {
    char *text = tl_json_print(params, JSON_COMPACT);
    if (text == NULL) {
        fprintf(stderr, "tilth: out of memory for the parameters of %s\n", id);
        return TILTH_FAILED;
    }
    const int status = cli_run(ctx, id, text,
                               options->json    ? CLI_JSON_RESULT
                               : options->quiet ? CLI_QUIET
                                                : CLI_TEXT);
    tl_release(text);
    return status;
}

/* `tilth slope --dem dem.tif --output slope.tif` */
static int run_with_arguments(tilth_ctx *ctx, const char *id, int argc, char **argv) {
    json_t *description = describe(ctx, id);
    if (description == NULL) {
        return TILTH_USAGE;
    }
    cli_options options = {0};
    json_t *params = tl_json_object();
    int status = TILTH_USAGE;
    if (cli_read_arguments(description, argc, argv, params, &options)) {
        if (options.help) {
            cli_print_tool(description);
            status = TILTH_OK;
        } else {
            status = run_parameters(ctx, id, params, &options);
        }
    }
    json_decref(params);
    json_decref(description);
    return status;
}

static int is(const char *word, const char *a, const char *b) {
    return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

static int dispatch(tilth_ctx *ctx, int argc, char **argv) {
    const char *word = argc > 1 ? argv[1] : "help";
    if (is(word, "help", "--help") || is(word, "list", "-h")) {
        return help(ctx, argc > 2 ? argv[2] : NULL);
    }
    if (is(word, "version", "--version")) {
        printf("tilth %s\n", tilth_version());
        return TILTH_OK;
    }
    if (strcmp(word, "describe") == 0) {
        const int named = argc > 2 && strcmp(argv[2], "--json") != 0;
        return print_description(ctx, named ? argv[2] : NULL);
    }
    if (strcmp(word, "run") == 0) {
        const int check_only = argc == 4 && strcmp(argv[3], "--check") == 0;
        if (argc != 3 && !check_only) {
            fprintf(
                stderr,
                "tilth: run needs one tool id, such as `tilth run slope < parameters.json`, and "
                "after it at most --check, which only checks the parameters\n");
            return TILTH_USAGE;
        }
        return cli_run_from_stdin(ctx, argv[2], check_only);
    }
    return run_with_arguments(ctx, word, argc - 2, argv + 2);
}

int main(int argc, char **argv) {
    cli_guard_standard_files();
    const char *refusal = tilth_abi_refusal(TILTH_ABI_VERSION, TILTH_ABI_MINOR);
    if (refusal != NULL) {
        fprintf(stderr, "tilth: %s\n", refusal);
        return TILTH_FAILED;
    }
    tilth_ctx *ctx = tilth_open();
    if (ctx == NULL) {
        fprintf(stderr, "tilth: out of memory\n");
        return TILTH_FAILED;
    }
    tl_json_be_guest();
    cli_catch_signals();
    const int status = dispatch(ctx, argc, argv);
    tilth_close(ctx);
    return cli_finish_output(status);
}
