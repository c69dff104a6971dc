/* SPDX-License-Identifier: GPL-2.0-or-later
 * Runs a tool and shows its progress, messages and result. */
#ifndef TL_CLI_RUN_H
#define TL_CLI_RUN_H

#include "abi/tilth.h"

typedef enum cli_mode {
    CLI_TEXT,        /* messages and a result for people; progress ticks on a terminal */
    CLI_QUIET,       /* only errors */
    CLI_JSON_RESULT, /* the result object only */
    CLI_JSON_LINES   /* one JSON object per line: progress, messages, result */
} cli_mode;

/* SIGINT and SIGTERM ask the running tool to stop; SIGXFSZ is ignored so that a full disk becomes
 * an error message. */
void cli_catch_signals(void);

/* To be called at the end: writes what standard output still holds.
 *
 * returns  status; TILTH_FAILED instead of TILTH_OK, after a message, when a part of the output was
 *          lost, as on a full disk or a closed pipe */
int cli_finish_output(int status);

/* Opens closed standard descriptors on /dev/null, so that no file of a run gets their numbers. Writing
 * to one that was closed fails. To be called before anything is opened. */
void cli_guard_standard_files(void);

/* Runs and returns the exit status; the message of a failure goes to standard error. */
int cli_run(tilth_ctx *ctx, const char *id, const char *params_json, cli_mode mode);

/* `tilth run ID`: parameters from standard input, JSON lines to standard output.
 *
 * check_only  1: the parameters are only checked; nothing is run, read or written */
int cli_run_from_stdin(tilth_ctx *ctx, const char *id, int check_only);

#endif
