/* SPDX-License-Identifier: GPL-2.0-or-later
 * Archives of products whose large images are read in pieces: reading them packed would unpack the
 * same bytes again and again, so that they are unpacked once. */
#ifndef TL_PRODUCTS_UNPACK_H
#define TL_PRODUCTS_UNPACK_H

#include "base/status.h"
#include "io/outputs/work_folder.h"

enum { tl_products_folder_capacity = 4096 };

/* Copies members of an archive, without their folders, into a new hidden folder in TMPDIR or else next
 * to the archive. Folders of that kind that killed runs left there are removed.
 *
 * extensions  comma-separated; other members are not copied
 * folder      initialised here; to be removed with tl_io_outputs_close_work, after which data sets
 *             that are open can still be read; zeroed on failure, when nothing is left
 * fails       TL_IO no archive, or no space; TL_FORMAT two members have the same name; TL_NOMEM
 * cost        the unpacked size on the disk */
tl_code tl_products_unpack(const char *archive, const char *parameter, const char *extensions,
                           tl_work_folder *folder, tl_err *err);

/* 1 when the name is that of a tar archive, also packed with gzip. */
int tl_products_is_tar(const char *path);

#endif
