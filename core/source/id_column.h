/* SPDX-License-Identifier: GPL-2.0-or-later
 * The column of ids that the user names for tables of spectra. */
#ifndef TL_SOURCE_ID_COLUMN_H
#define TL_SOURCE_ID_COLUMN_H

#include "base/status.h"
#include "source/text_table.h"

/* The names of one run. They belong to the thread that began them, so that a reader deep below needs
 * no further argument. */
typedef struct tl_id_columns {
    const char *list; /* borrowed: names separated by commas; NULL = none */
    struct tl_id_columns *outer;
} tl_id_columns;

/* From now on this thread uses those names.
 *
 * columns  uninitialised; must stay where it is until tl_source_id_column_end */
void tl_source_id_column_begin(tl_id_columns *columns, const char *list);
void tl_source_id_column_end(tl_id_columns *columns);

/* The first column of the table that has one of the names of the run.
 *
 * what    names the table in error sentences
 * column  out: -1 when the run has no names
 * fails   TL_ARG the table has none of these columns; TL_DATA one of them occurs twice */
tl_code tl_source_id_column(const tl_text_table *t, const char *what, ptrdiff_t *column,
                            tl_err *err);

#endif
