/* SPDX-License-Identifier: GPL-2.0-or-later
 * Parameters that list fields of a table. */
#ifndef TL_RECIPES_FIELD_LIST_H
#define TL_RECIPES_FIELD_LIST_H

#include "job/algorithm.h"

/* Owner; zeroed = empty. */
typedef struct tl_field_list {
    ptrdiff_t n;
    char **name; /* [n] without blanks around them */
} tl_field_list;

/* Divides the text of a parameter at its commas. A comma within double quotes, or within a name that
 * the table has ("SOM, g/kg"), divides nothing.
 *
 * parameter  of the list
 * samples    parameter of the table, which is read when there is a comma
 * list       uninitialised; empty on failure
 * fails      TL_ARG an empty name; TL_NOMEM */
tl_code tl_recipes_field_list(const tl_job *job, const char *parameter, const char *samples,
                              tl_field_list *list, tl_err *err);

/* Frees; zeroed and already freed owners are fine. */
void tl_recipes_field_list_free(tl_field_list *list);

#endif
