/* SPDX-License-Identifier: GPL-2.0-or-later
 * Runs a tool and shows its progress, messages and result. */
#ifndef TL_CLI_RUN_H
#define TL_CLI_RUN_H

#include "abi/tilth.h"

typedef enum cli_mode {
    CLI_TEXT,        /* messages and a result for people; progress ticks on a terminal */
    CLI_QUIET,       /* nothing but errors */
    CLI_JSON_RESULT, /* the result object only */
    CLI_JSON_LINES   /* one JSON object a line: progress, messages, result */
} cli_mode;

/* SIGINT and SIGTERM ask the running tool to stop; SIGXFSZ is ignored so that a full disk is an
 * error sentence. */
void cli_catch_signals(void);

/* Runs and returns the exit status; the sentence of a failure goes to standard error. */
int cli_run(tilth_ctx *ctx, const char *id, const char *params_json, cli_mode mode);

/* `tilth run ID`: parameters from standard input, JSON lines to standard output.
 *
 * check_only  1: the parameters are checked and nothing is run, read or written */
int cli_run_from_stdin(tilth_ctx *ctx, const char *id, int check_only);

#endif
