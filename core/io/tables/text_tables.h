/* SPDX-License-Identifier: GPL-2.0-or-later
 * Any table that a user may have, as a table of texts: the one place where delimited texts of any
 * encoding, sheets of workbooks and attribute tables of vector layers are read. Spectra, samples,
 * band tables and response tables are made from it. */
#ifndef TL_IO_TABLES_TEXT_TABLES_H
#define TL_IO_TABLES_TEXT_TABLES_H

#include "io/tables/vector_layer.h"
#include "source/text_table.h"

/* Reads a table.
 *
 * path       a delimited text in any encoding (see text_encoding.h and source/csv.h); a workbook
 *            (.xlsx, .xlsm, .ods, .xls), whose sheet "|layername=NAME" chooses, else the first one
 *            with rows and columns; anything else that OGR opens, with "|layername=" alike
 * parameter  names the tool's parameter in error sentences
 * table      uninitialised; empty on failure
 * fails      TL_IO missing, a folder, empty, or nothing that is known; TL_ARG no such sheet or layer
 *            (the sentence lists those that exist); TL_FORMAT, TL_DATA see source/csv.h and
 *            tl_source_text_table_settle; TL_NOMEM */
tl_code tl_io_tables_read_texts(const char *path, const char *parameter, tl_text_table *table,
                                tl_err *err);

/* A delimited text of any encoding from memory. */
tl_code tl_io_tables_texts_of_bytes(const char *bytes, size_t length, const char *what,
                                    tl_text_table *table, tl_err *err);

/* The attribute table of an open layer, without its geometries. The first column is the key of the
 * layer under its own name ("fid" when it has none), except for layers that have a field of that
 * name; the row numbers are those of the features, from 1. Numbers are written so that they read
 * back as the same double. */
tl_code tl_io_tables_texts_of_layer(const tl_vector *vector, const char *what, tl_text_table *table,
                                    tl_err *err);

/* 1 when the extension is one of workbooks, or of delimited texts; "|..." behind the path is not
 * looked at. */
int tl_io_tables_is_workbook(const char *path);
int tl_io_tables_is_text(const char *path);

#endif
