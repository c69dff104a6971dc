/* SPDX-License-Identifier: GPL-2.0-or-later
 * Options that users of GDAL's programs type by habit. */
#ifndef TL_CLI_HABITS_H
#define TL_CLI_HABITS_H

#include <jansson.h>

/* Reads an option of GDAL's programs at the first word: --config NAME VALUE or NAME=VALUE sets a configuration option of GDAL for this
 * process, -overwrite stands for --overwrite. -of, -co and their long forms are refused with what to do in their place.
 *
 * params   an object; filled
 * returns  how many words it used; 0 when it is another option; -1 after one message on standard error */
int cli_read_habit(int argc, char **argv, json_t *params);

#endif
