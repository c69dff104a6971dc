/* SPDX-License-Identifier: GPL-2.0-or-later
 * The word that a user who mistyped probably meant. */
#ifndef TL_CLI_NEAREST_H
#define TL_CLI_NEAREST_H

#include <jansson.h>

/* The id of the object in a list of objects that is nearest to a word: at most a third of the
 * letters of the word (at least one) are inserted, removed or changed.
 *
 * returns borrowed from the list; NULL when none is near
 * source Levenshtein 1966, Soviet Physics Doklady 10:707 */
const char *cli_nearest_id(const json_t *list, const char *word);

#endif
