/* SPDX-License-Identifier: GPL-2.0-or-later
 * Scratch files on the disk, and the bound of GDAL's block cache; see source/scratch.h and
 * source/store.h for the contracts. */
#ifndef TL_IO_SCRATCH_FILE_H
#define TL_IO_SCRATCH_FILE_H

#include <stddef.h>

#include "source/scratch.h"

tl_code tl_io_open_scratch(const char *near_path, tl_scratch *scratch, tl_err *err);
/* Where scratch files and folders go: TMPDIR, else the folder of a file, else /tmp.
 *
 * folder  [capacity] out: ending in '/' */
void tl_io_choose_scratch_folder(const char *near_path, char *folder, size_t capacity);

double tl_io_limit_cache(double bytes);

#endif
