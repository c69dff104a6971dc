/* SPDX-License-Identifier: GPL-2.0-or-later
 * Entries of tar archives with names of any length. GDAL's own file system cuts names after 100 bytes
 * before version 3.9, and those of satellite scenes with their folders are longer. */
#ifndef TL_PRODUCTS_TAR_FILE_H
#define TL_PRODUCTS_TAR_FILE_H

#include <cpl_vsi.h>

#include "base/status.h"

enum { tl_products_tar_name_capacity = 4096 };

typedef struct tl_tar_entry {
    char name[tl_products_tar_name_capacity]; /* with folders; cut when longer */
    double size;                              /* bytes that follow, without padding */
    int is_file;                              /* 0: a folder, a link, a device */
} tl_tar_entry;

/* Reads the next header. The file is at a header before, and at the content of the entry after it.
 *
 * entry    out; zeroed at the end of the archive
 * found    out: 1, or 0 at the end of the archive
 * fails    TL_FORMAT no tar archive, damaged, or cut off
 * source   POSIX.1-2008, pax interchange format; GNU tar manual, long names */
tl_code tl_products_tar_next(VSILFILE *file, tl_tar_entry *entry, int *found, tl_err *err);

/* Leaves the content of an entry behind, with its padding.
 *
 * done   bytes of it that have been read
 * fails  TL_FORMAT the archive is cut off */
tl_code tl_products_tar_skip(VSILFILE *file, const tl_tar_entry *entry, double done, tl_err *err);

#endif
