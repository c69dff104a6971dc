/* SPDX-License-Identifier: GPL-2.0-or-later
 * Minimum, mean and maximum of every band over a part of a scene that is read quickly. */
#ifndef TL_TOOLS_SCENES_SCENE_STATISTICS_H
#define TL_TOOLS_SCENES_SCENE_STATISTICS_H

#include <stddef.h>

#include "base/progress.h"
#include "source/store.h"

typedef struct tl_band_statistics {
    ptrdiff_t n;   /* valid values */
    double lowest; /* NaN without valid value */
    double mean;
    double highest;
} tl_band_statistics;

/* Physical values of all bands in at most eight evenly spread groups of rows (all rows of a small
 * scene), read as the file stores them.
 *
 * bands    scales and NoData to apply; scene order
 * out      [bands->n]
 * n_rows   rows that were read
 * NaN      values that are NoData do not count
 * fails    TL_NOMEM; TL_IO; TL_CANCELLED */
tl_code tl_scene_statistics(const tl_store *store, tl_raster *raster, const tl_bands *bands,
                            const tl_progress *progress, tl_band_statistics *out, ptrdiff_t *n_rows,
                            tl_err *err);

#endif
