/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fixed-block parallel loop; see parfor.h. */
#include "base/parfor.h"

#include <omp.h>
#include <stdatomic.h>
#include <stdint.h>

#include "base/stop.h"

typedef struct failure {
    ptrdiff_t block;
    tl_err err;
} failure;

static void keep_lowest(failure *lowest, ptrdiff_t block, tl_code code, const tl_err *err,
                        atomic_ptrdiff_t *limit) {
#pragma omp critical(tl_parfor_failure)
    {
        if (block < lowest->block) {
            lowest->block = block;
            lowest->err = *err;
            lowest->err.code = code;
            atomic_store(limit, block);
        }
    }
}

tl_code tl_parfor(int threads, ptrdiff_t n_blocks, tl_block_body body, void *arg,
                  const tl_progress *progress, tl_err *err) {
    failure lowest = {.block = PTRDIFF_MAX};
    /* Blocks above the lowest failure are skipped. Those below it still run, because one of them
     * may fail, too: so the failure that is reported does not depend on which thread was faster. */
    atomic_ptrdiff_t limit = PTRDIFF_MAX;
    atomic_ptrdiff_t finished = 0;
    tl_stop *stop = tl_stop_current();
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads < 1 ? 1 : threads)
    for (ptrdiff_t block = 0; block < n_blocks; block++) {
        if (block > atomic_load(&limit)) {
            continue;
        }
        tl_err local = {0};
        tl_stop *before = tl_stop_join(stop);
        tl_code code = tl_stop_check(&local);
        if (code == TL_OK) {
            code = body(arg, block, &local);
        }
        tl_stop_leave(before);
        const ptrdiff_t count = atomic_fetch_add(&finished, 1) + 1;
        if (code == TL_OK && omp_get_thread_num() == 0) {
            code = tl_progress_at(progress, (double)count / (double)n_blocks, &local);
        }
        if (code != TL_OK) {
            keep_lowest(&lowest, block, code, &local, &limit);
        }
    }
    if (lowest.block == PTRDIFF_MAX) {
        return TL_OK;
    }
    if (err != NULL) {
        *err = lowest.err;
    }
    return lowest.err.code;
}
