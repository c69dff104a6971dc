/* SPDX-License-Identifier: GPL-2.0-or-later
 * Help texts of the command line, from the descriptions of the tools. */
#ifndef TL_CLI_HELP_H
#define TL_CLI_HELP_H

#include <jansson.h>

/* All tools by group, from the full description. */
void cli_print_overview(const json_t *description);

/* One tool: purpose, parameters with units, ranges and defaults, example, source. */
void cli_print_tool(const json_t *description);

/* The tools whose id, title, summary or parameters (id, label) contain a word, whatever the case,
 * each with the parameters that do, from the full description. Returns the number of tools; 0
 * prints nothing. An empty word is in no tool. */
int cli_print_search(const json_t *description, const char *word);

#endif
