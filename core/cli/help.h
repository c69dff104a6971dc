/* SPDX-License-Identifier: GPL-2.0-or-later
 * Help texts of the command line, from the descriptions of the tools. */
#ifndef TL_CLI_HELP_H
#define TL_CLI_HELP_H

#include <jansson.h>

/* All tools by group, from the full description. */
void cli_print_overview(const json_t *description);

/* One tool: purpose, parameters with units, ranges and defaults, example, source. */
void cli_print_tool(const json_t *description);

#endif
