/* SPDX-License-Identifier: GPL-2.0-or-later
 * The memory that a DEM needs; see memory_plan.h. */
#include "tools/terrain/memory_plan.h"

#include <stdio.h>

#include "base/minmax.h"

/* "640 MiB" or "3.2 GiB". */
static void write_size(double bytes, char out[32]) {
    const double mib = bytes / 1048576.0;
    (void)snprintf(out, 32, mib < 4096.0 ? "%.0f MiB" : "%.1f GiB",
                   mib < 4096.0 ? tl_max_double(mib, 1.0) : mib / 1024.0);
}

tl_code tl_memory_plan_make(const tl_job *job, double bytes_per_cell, const char *whole,
                            tl_memory_plan *plan, tl_err *err) {
    const tl_store *store = tl_job_store(job);
    tl_raster *raster = NULL;
    TL_TRY(store->open_raster(tl_job_text(job, "dem"), "dem", &raster, err));
    const tl_raster_info *info = store->raster_info(raster);
    *plan = (tl_memory_plan){.nrow = info->nrow, .ncol = info->ncol};
    store->close_raster(raster);
    const double need = bytes_per_cell * (double)plan->nrow * (double)plan->ncol;
    char needed[32];
    char allowed[32];
    write_size(need, needed);
    write_size(tl_job_memory_bytes(job), allowed);
    plan->too_large = need > tl_job_memory_bytes(job);
    if (!plan->too_large) {
        tl_job_log(job, TL_INFO, "dem: %td x %td cells need about %s; memory allows %s", plan->nrow,
                   plan->ncol, needed, allowed);
    } else if (whole == NULL) {
        tl_job_log(job, TL_INFO,
                   "dem: %td x %td cells need about %s at once; memory allows %s, so it works "
                   "in tiles through a scratch file",
                   plan->nrow, plan->ncol, needed, allowed);
    } else {
        tl_job_log(job, TL_WARNING,
                   "dem: %td x %td cells need about %s at once, more than the %s that memory "
                   "allows; %s",
                   plan->nrow, plan->ncol, needed, allowed, whole);
    }
    return TL_OK;
}
