/* SPDX-License-Identifier: GPL-2.0-or-later
 * Archives of products whose large images are read in pieces: reading them packed would unpack the
 * same bytes again and again, so that they are unpacked once. */
#ifndef TL_PRODUCTS_UNPACK_H
#define TL_PRODUCTS_UNPACK_H

#include "base/status.h"

enum { tl_products_folder_capacity = 4096 };

/* Copies members of an archive, without their folders, into a new folder in TMPDIR or else next to the
 * archive.
 *
 * extensions  comma-separated; other members are not copied
 * folder      [tl_products_folder_capacity] out: to be removed with tl_products_remove_folder; ""
 *             on failure, when nothing is left
 * fails       TL_IO no archive, or no space; TL_FORMAT two members have the same name; TL_NOMEM
 * cost        the unpacked size on the disk */
tl_code tl_products_unpack(const char *archive, const char *parameter, const char *extensions,
                           char *folder, tl_err *err);

/* 1 when the name is that of a tar archive, also packed with gzip. */
int tl_products_is_tar(const char *path);

/* Removes the folder and its files. Data sets that are open can still be read. "" is fine. */
void tl_products_remove_folder(const char *folder);

#endif
