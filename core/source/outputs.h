/* SPDX-License-Identifier: GPL-2.0-or-later
 * The files of a run as a job names them to the store. */
#ifndef TL_SOURCE_OUTPUTS_H
#define TL_SOURCE_OUTPUTS_H

/* A file that a run reads or writes. */
typedef struct tl_file_use {
    const char *path;      /* a path, or any name of a data set that GDAL opens */
    const char *parameter; /* for messages */
    int is_output;
    int is_product; /* 1: a folder named here is read as a whole */
} tl_file_use;

#endif
