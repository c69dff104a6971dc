/* SPDX-License-Identifier: GPL-2.0-or-later
 * A table of texts: what every reader of tables works on, wherever the table comes from (a delimited
 * text, a sheet of a workbook, the attributes of a vector layer). Which texts are numbers, and with
 * which decimal sign, is decided here once per column. */
#ifndef TL_SOURCE_TEXT_TABLE_H
#define TL_SOURCE_TEXT_TABLE_H

#include <stddef.h>

#include "base/status.h"

/* How the numbers of a column are written. */
typedef enum tl_number_style {
    TL_NUMBER_POINT = 0, /* 1234.5; groups of thousands may have commas */
    TL_NUMBER_COMMA,     /* 1234,5; groups of thousands may have points */
    TL_NUMBER_MIXED      /* both occur, and every cell can be read in one way only */
} tl_number_style;

/* Owner; zeroed = empty. Rows without any text are not part of it. */
typedef struct tl_text_table {
    ptrdiff_t nrow; /* rows below the header */
    ptrdiff_t ncol;
    char **header;        /* [ncol] column names without blanks around them */
    char **cell;          /* [nrow, ncol] texts without blanks around them, never NULL */
    ptrdiff_t *line;      /* [nrow] line of the text, or row of the sheet, that the row begins in */
    unsigned char *style; /* [ncol] tl_number_style */
    char delimiter;       /* ',', ';', '|', tab or ' ' for runs of blanks; '\0' for no text file */
    char *bytes;          /* the texts themselves */
} tl_text_table;

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_source_text_table_free(tl_text_table *t);

/* Text of a cell. */
static inline const char *tl_source_text_table_at(const tl_text_table *t, ptrdiff_t row,
                                                  ptrdiff_t col) {
    return t->cell[row * t->ncol + col];
}

/* The first column of that name whatever its ASCII case, or -1. An empty name is none. */
ptrdiff_t tl_source_text_table_column(const tl_text_table *t, const char *name);

/* As tl_source_text_table_column, for a column whose content matters.
 *
 * what    names the table in error sentences
 * column  out: -1 when there is none
 * fails   TL_DATA two columns have that name and differ in their cells */
tl_code tl_source_text_table_pick(const tl_text_table *t, const char *name, const char *what,
                                  ptrdiff_t *column, tl_err *err);

/* A number of a cell, by the style of its column: decimal commas, groups of thousands, full-width
 * digits and the minus sign of typesetters are understood.
 *
 * returns 1 on success; 0 and value untouched for a text, an empty cell and anything not finite */
int tl_source_text_table_number(const tl_text_table *t, ptrdiff_t row, ptrdiff_t col,
                                double *value);

/* The same for a text that is in no table. */
int tl_source_text_number(const char *text, tl_number_style style, double *value);

/* Removes the rows whose cells are all empty and decides the style of every column, from cells that
 * can be read in one way only; a table without such a cell has decimal points, except where only
 * decimal commas make sense of it. The readers of this module call it once.
 *
 * fails  TL_DATA a column holds decimal points, decimal commas and a number that can be read in both
 *        ways; TL_NOMEM; a strict run refuses what had to be assumed */
tl_code tl_source_text_table_settle(tl_text_table *t, const char *what, tl_err *err);

/* --- building a table cell by cell --- */

/* Start from a zeroed struct. */
typedef struct tl_text_table_builder {
    char *bytes;
    ptrdiff_t length;
    ptrdiff_t capacity;
    ptrdiff_t *at; /* [n] where the texts begin */
    ptrdiff_t n;
    ptrdiff_t n_capacity;
} tl_text_table_builder;

/* Appends a text; the header comes first, then the rows from left to right.
 *
 * fails  TL_NOMEM */
tl_code tl_source_text_table_add(tl_text_table_builder *b, const char *text, tl_err *err);

/* Turns n columns of texts into a table, trims them and settles it; frees the builder in any case.
 *
 * line0  line of the first row below the header
 * table  uninitialised; empty on failure */
tl_code tl_source_text_table_build(tl_text_table_builder *b, ptrdiff_t ncol, ptrdiff_t line0,
                                   const char *what, tl_text_table *table, tl_err *err);

/* Frees a builder that did not become a table; zeroed is fine. */
void tl_source_text_table_builder_free(tl_text_table_builder *b);

/* Removes blanks around a text in place: spaces, tabs, line ends, no-break spaces and full-width
 * spaces, byte order marks.
 *
 * from, to  the text; *to must be writable
 * returns   where it begins now; NUL-terminated */
char *tl_source_text_trim(char *from, char *to);

#endif
