/* SPDX-License-Identifier: GPL-2.0-or-later
 * A file of bytes for what does not fit into memory; it is removed at the end of the run. */
#ifndef TL_SOURCE_SCRATCH_H
#define TL_SOURCE_SCRATCH_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* Opened by open_scratch of source/store.h; tests use their own. Used by one thread at a time.
 *
 * fails  TL_IO the disk is full or broken; the sentence names the folder and a remedy */
typedef struct tl_scratch {
    void *file; /* NULL: there is no scratch file */

    /* Bytes that were written before. */
    tl_code (*read_at)(void *file, int64_t offset, void *bytes, size_t n, tl_err *err);
    tl_code (*write_at)(void *file, int64_t offset, const void *bytes, size_t n, tl_err *err);
    void (*close)(void *file); /* removes the file */
} tl_scratch;

#endif
