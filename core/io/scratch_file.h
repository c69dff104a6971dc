/* SPDX-License-Identifier: GPL-2.0-or-later
 * Scratch files on the disk, and the bound of GDAL's block cache; see source/scratch.h and
 * source/store.h for the contracts. */
#ifndef TL_IO_SCRATCH_FILE_H
#define TL_IO_SCRATCH_FILE_H

#include <stddef.h>

#include "source/scratch.h"

tl_code tl_io_open_scratch(const char *near_path, tl_scratch *scratch, tl_err *err);
/* Makes a new folder for scratch files, in TMPDIR or else next to a file; its name is that of scratch
 * files, and nobody else may read it.
 *
 * folder  [capacity] out
 * fails   TL_IO */
tl_code tl_io_make_scratch_folder(const char *near_path, char *folder, size_t capacity,
                                  tl_err *err);

double tl_io_limit_cache(double bytes);

#endif
