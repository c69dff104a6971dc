/* SPDX-License-Identifier: GPL-2.0-or-later
 * The only way to use several threads: fixed blocks of work, so that the result does not depend on
 * the number of threads. */
#ifndef TL_BASE_PARFOR_H
#define TL_BASE_PARFOR_H

#include <stddef.h>

#include "base/progress.h"
#include "base/status.h"

/* Work on one block. Writes only what belongs to that block; sums go into a slot of the block and
 * are combined in block order by the caller afterwards. */
typedef tl_code (*tl_block_body)(void *arg, ptrdiff_t block, tl_err *err);

/* Runs body for the blocks 0..n_blocks-1. The blocks do not depend on the number of threads.
 *
 * threads   maximum number of threads; below 1 counts as 1
 * progress  reported from the calling thread; NULL = silent
 * fails     with the failure of the lowest failing block, or TL_CANCELLED; the remaining blocks
 *           are skipped */
tl_code tl_parfor(int threads, ptrdiff_t n_blocks, tl_block_body body, void *arg,
                  const tl_progress *progress, tl_err *err);

#endif
