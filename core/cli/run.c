/* SPDX-License-Identifier: GPL-2.0-or-later
 * Runs a tool from the command line; see run.h. */
#include "cli/run.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "cli/watch.h"
#include "json/json.h"

void cli_catch_signals(void) {
    struct sigaction action = {0};
    cli_watch_signals();
    action.sa_handler = SIG_IGN;
    (void)sigaction(SIGXFSZ, &action, NULL);
    (void)sigaction(SIGPIPE, &action, NULL);
}

void cli_guard_standard_files(void) {
    for (int descriptor = 0; descriptor < 3; descriptor++) {
        if (fcntl(descriptor, F_GETFD) < 0) {
            /* The lowest free number is the closed one. Open for reading only, so that what is
             * printed is not lost in silence. */
            (void)open("/dev/null", O_RDONLY);
        }
    }
}

typedef struct view {
    cli_mode mode;
    int on_terminal;
    int shown_percent;
} view;

static void print_line(json_t *object) {
    char *text = tl_json_print(object, JSON_COMPACT);
    json_decref(object);
    if (text != NULL) {
        puts(text);
        (void)fflush(stdout);
        tl_release(text);
    }
}

int cli_finish_output(int status) {
    if (fflush(stdout) == 0 && ferror(stdout) == 0) {
        return status;
    }
    fprintf(stderr,
            "tilth: standard output could not be written, so messages or the result are lost\n");
    return status == TILTH_OK ? TILTH_FAILED : status;
}

static void show_progress(view *v, double fraction) {
    const int percent = (int)(fraction * 100.0);
    if (percent <= v->shown_percent) {
        return;
    }
    v->shown_percent = percent;
    if (v->mode == CLI_JSON_LINES) {
        print_line(tl_json_pack("{s:f}", "progress", fraction));
    } else if (v->mode == CLI_TEXT && v->on_terminal) {
        fprintf(stderr, "\r%3d %%", percent);
    }
}

static void show_message(view *v, int level, const char *message) {
    if (v->mode == CLI_JSON_LINES) {
        print_line(tl_json_pack("{s:i, s:s}", "level", level, "message", message));
    } else if (v->mode == CLI_TEXT) {
        if (v->on_terminal && v->shown_percent >= 0) {
            fprintf(stderr, "\r");
        }
        printf("%s%s\n", level > 0 ? "warning: " : "", message);
        (void)fflush(stdout);
    }
}

static int on_progress(double fraction, int level, const char *message, void *user) {
    view *v = user;
    if (message != NULL) {
        show_message(v, level, message);
    }
    if (fraction >= 0.0) {
        show_progress(v, fraction);
    }
    return !cli_watch_stop_asked() && tl_json_status("a message", NULL) == TL_OK;
}

/* Single values of the result as "key: value" lines; nested values are printed only with --json. */
static void print_result(const char *text) {
    json_t *result = NULL;
    if (tl_json_parse(text, strlen(text), 0, &result, NULL) != TL_OK) {
        fprintf(
            stderr,
            "tilth: out of memory for the result on standard output; the outputs of the run are "
            "complete\n");
    }
    const char *key;
    json_t *value;
    json_object_foreach(result, key, value) {
        if (json_is_string(value)) {
            printf("%s: %s\n", key, json_string_value(value));
        } else if (json_is_number(value)) {
            printf("%s: %.6g\n", key, json_number_value(value));
        }
    }
    json_decref(result);
}

static void show_result(const view *v, const char *text) {
    switch (v->mode) {
        case CLI_JSON_LINES:
            printf("{\"result\":%s}\n", text);
            break;
        case CLI_JSON_RESULT:
            puts(text);
            break;
        case CLI_TEXT:
            print_result(text);
            break;
        case CLI_QUIET:
            break;
    }
    (void)fflush(stdout);
}

int cli_run(tilth_ctx *ctx, const char *id, const char *params_json, cli_mode mode) {
    view v = {.mode = mode, .on_terminal = isatty(STDERR_FILENO), .shown_percent = -1};
    char *result = NULL;
    tilth_set_progress(ctx, on_progress, &v);
    int status = tilth_run(ctx, id, params_json, &result);
    tilth_set_progress(ctx, NULL, NULL);
    if (v.mode == CLI_TEXT && v.on_terminal && v.shown_percent >= 0) {
        fprintf(stderr, "\r     \r");
    }
    tl_err lost;
    if (tl_json_status("the messages of the run", &lost) != TL_OK) {
        fprintf(stderr, "tilth: %s\n", lost.text);
        status = TILTH_FAILED;
    } else if (status != TILTH_OK) {
        fprintf(stderr, "tilth: %s\n", tilth_error(ctx));
    } else {
        show_result(&v, result);
    }
    tilth_free(result);
    return status;
}

/* The whole of standard input, to be freed with tl_release; NULL after printing the reason. */
static char *read_all_input(void) {
    static const ptrdiff_t limit = (ptrdiff_t)1 << 28;
    ptrdiff_t capacity = 65536;
    ptrdiff_t used = 0;
    char *text = tl_acquire(capacity, 1);
    while (text != NULL) {
        used += (ptrdiff_t)fread(text + used, 1, (size_t)(capacity - used - 1), stdin);
        if (used + 1 < capacity) {
            text[used] = '\0';
            return text;
        }
        if (2 * capacity > limit) {
            fprintf(stderr,
                    "tilth: the parameters on standard input are longer than 256 MiB; wanted one "
                    "JSON object\n");
            tl_release(text);
            return NULL;
        }
        char *grown = tl_grow(text, capacity, 2 * capacity, 1);
        if (grown == NULL) {
            tl_release(text);
        }
        text = grown;
        capacity *= 2;
    }
    fprintf(stderr, "tilth: out of memory for the parameters on standard input\n");
    return NULL;
}

static int check(tilth_ctx *ctx, const char *id, const char *params_json) {
    const int status = tilth_check(ctx, id, params_json);
    if (status != TILTH_OK) {
        fprintf(stderr, "tilth: %s\n", tilth_error(ctx));
    }
    return status;
}

int cli_run_from_stdin(tilth_ctx *ctx, const char *id, int check_only) {
    char *params = read_all_input();
    if (params == NULL) {
        return TILTH_USAGE;
    }
    const int status =
        check_only ? check(ctx, id, params) : cli_run(ctx, id, params, CLI_JSON_LINES);
    tl_release(params);
    return status;
}
