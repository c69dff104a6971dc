/* SPDX-License-Identifier: GPL-2.0-or-later
 * How much memory a terrain tool needs for its DEM, and whether the memory limit allows it. */
#ifndef TL_TOOLS_TERRAIN_MEMORY_PLAN_H
#define TL_TOOLS_TERRAIN_MEMORY_PLAN_H

#include "job/algorithm.h"

typedef struct tl_memory_plan {
    ptrdiff_t nrow; /* of the DEM */
    ptrdiff_t ncol;
    int too_large; /* 1: all at once does not fit into the memory limit */
} tl_memory_plan;

/* Reads the size of the parameter dem and logs, before any work, how much memory the run needs and
 * whether the limit allows it.
 *
 * bytes_per_cell  of the whole tool when it holds all at once
 * whole           why the tool needs all at once, the end of a sentence; NULL: it can work in tiles
 * plan            out
 * fails           as open_raster of source/store.h */
tl_code tl_memory_plan_make(const tl_job *job, double bytes_per_cell, const char *whole,
                            tl_memory_plan *plan, tl_err *err);

#endif
