/* SPDX-License-Identifier: GPL-2.0-or-later
 * Turns `--name value` words into a JSON object of parameters. */
#ifndef TL_CLI_ARGUMENTS_H
#define TL_CLI_ARGUMENTS_H

#include <jansson.h>

typedef struct cli_options {
    int help;  /* --help or -h was among the words */
    int quiet; /* --quiet or -q */
    int json;  /* --json: progress off, the result as one JSON object */
} cli_options;

/* Reads the words of a command line. A parameter that accepts a list may be repeated or followed by
 * several values; a flag needs no value; any other parameter has one value and occurs once.
 *
 * description  of the tool, from tilth_describe
 * argc, argv   the words after the tool's name
 * params       an object; filled. When memory runs out it is incomplete, which tl_json_status reports
 * options      filled
 * returns      1, or 0 after one message on standard error */
int cli_read_arguments(const json_t *description, int argc, char **argv, json_t *params,
                       cli_options *options);

#endif
