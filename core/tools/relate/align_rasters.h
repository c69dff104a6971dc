/* SPDX-License-Identifier: GPL-2.0-or-later
 * Rasters of different sources, resampled to a common grid. */
#ifndef TL_TOOLS_RELATE_ALIGN_RASTERS_H
#define TL_TOOLS_RELATE_ALIGN_RASTERS_H

#include "base/grid.h"
#include "job/algorithm.h"

/* One raster on the common grid. */
typedef struct tl_aligned {
    char *name;             /* file name without folder and extension */
    const char *resampling; /* "none", "average" or "bilinear" */
    tl_grid grid;
} tl_aligned;

/* The name and the grid of a raster, without reading its values: all cells are zero.
 *
 * out    initialised here; to be freed also after a failure
 * fails  as the reader; TL_NOMEM */
tl_code tl_align_rasters_shape(const tl_job *job, const char *id, const char *path, tl_aligned *out,
                               tl_err *err);

/* Reads band 1 of a raster on the grid of like: as it is when both have the same grid, by area
 * average when its cells are clearly finer, bilinearly otherwise.
 *
 * id     the parameter of the path
 * like   NULL: on its own grid
 * out    initialised here; to be freed also after a failure
 * fails  TL_DATA it does not overlap like; as the reader */
tl_code tl_align_rasters(const tl_job *job, const char *id, const char *path, const tl_grid *like,
                         tl_aligned *out, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_align_rasters_free(tl_aligned *a);

#endif
