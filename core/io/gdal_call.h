/* SPDX-License-Identifier: GPL-2.0-or-later
 * How this module calls GDAL: errors are caught per call and become part of tilth's own message;
 * they are never printed. */
#ifndef TL_IO_GDAL_CALL_H
#define TL_IO_GDAL_CALL_H

#include <gdal.h>

#include "base/status.h"

/* The errors of GDAL between tl_io_begin and tl_io_end. Used by one thread. */
typedef struct tl_io_call {
    int failed;      /* 1: at least one error (warnings do not count) */
    char text[400];  /* text of the first error, in one line; empty when there was none */
    int no_notes;    /* 1: this call made GDAL write no files next to compressed inputs */
    int lost_before; /* what the call around this one has noted of lost reads */
} tl_io_call;

/* Registers GDAL's drivers once and catches errors of this thread until tl_io_end. Calls nest.
 * Until then GDAL writes no .properties files next to gzip inputs, because those folders belong to
 * the user. */
void tl_io_begin(tl_io_call *call);

/* Stops catching; to be called once for every tl_io_begin. */
void tl_io_end(const tl_io_call *call);

/* Notes that the system failed to deliver a part of a file.
 *
 * number  errno of the failure */
void tl_io_note_lost_read(int number);

/* What GDAL answered to a read, corrected: of raw files it fills what it did not get with zeros and
 * reports no failure. To be called right after the read.
 *
 * returns  CE_Failure, with the error noted, when a read was lost since tl_io_begin; else status */
CPLErr tl_io_read_status(tl_io_call *call, CPLErr status);

/* How many reads of this process were lost. A run during which the number grew may have taken zeros
 * for data, or missed a file next to an input. */
long tl_io_lost_reads(void);

/* ": <GDAL's words>" or "" for the end of a message; the text belongs to call. */
const char *tl_io_words(const tl_io_call *call);

/* A path or message as the user knows it: without the hidden folders ".tilth-<random>/<number>/" of
 * outputs that are being written.
 *
 * shown   at least 4096 bytes
 * returns shown */
const char *tl_io_shown(const char *path, char *shown);

/* Closes a dataset that could not be written, or is not wanted. Its file is taken away first: GDAL writes
 * what is missing when it closes the file, and on a full disk libtiff searches a file that lacks its
 * directory for ever.
 *
 * dataset  NULL is fine
 * path     of the file */
void tl_io_close_failed(GDALDatasetH dataset, const char *path);

#endif
