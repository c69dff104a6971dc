/* SPDX-License-Identifier: GPL-2.0-or-later
 * How this room talks to GDAL: errors are caught per call and folded into tilth's one sentence,
 * never printed. */
#ifndef TL_IO_GDAL_CALL_H
#define TL_IO_GDAL_CALL_H

#include "base/status.h"

/* What GDAL complained about between tl_io_begin and tl_io_end. Used by one thread. */
typedef struct tl_io_call {
    int failed;     /* 1: at least one error (warnings do not count) */
    char said[400]; /* text of the first error, in one line; empty when there was none */
    int no_notes;   /* 1: this call told GDAL to leave no notes beside compressed inputs */
} tl_io_call;

/* Registers GDAL's drivers once and catches errors of this thread until tl_io_end. Calls nest.
 * Until then GDAL writes no .properties files beside gzip inputs, which belong to the user. */
void tl_io_begin(tl_io_call *call);

/* Stops catching; to be called once for every tl_io_begin. */
void tl_io_end(const tl_io_call *call);

/* ": <GDAL's words>" or "" for the end of a sentence; the text belongs to call. */
const char *tl_io_words(const tl_io_call *call);

/* The path as the user knows it: temporary siblings ".tilth-<process>-<run>-name" become "name".
 *
 * shown   room for 4096 bytes
 * returns shown */
const char *tl_io_shown(const char *path, char *shown);

#endif
