/* SPDX-License-Identifier: GPL-2.0-or-later
 * Steps between the detectors of a scene, from pixels spread over it. */
#ifndef TL_TOOLS_SCENES_SEAM_STEPS_H
#define TL_TOOLS_SCENES_SEAM_STEPS_H

#include "imagery/seam.h"
#include "source/store.h"

enum { TL_MAX_SEAMS = 8 };

typedef struct tl_seam_steps {
    ptrdiff_t n;
    tl_seam seam[TL_MAX_SEAMS];
    double step[TL_MAX_SEAMS];  /* median, see tl_imagery_seam_step; NaN without pixels */
    double level[TL_MAX_SEAMS]; /* mean level of both sides, to judge the step by */
} tl_seam_steps;

/* The steps of all seams of an open scene, from at most 64 rows spread over it.
 *
 * bands    of the scene, perhaps flagged; bad bands are left out
 * as_gain  1: first / second; 0: first - second
 * steps    n is 0 when the scene has one detector
 * fails    TL_NOMEM; TL_IO */
tl_code tl_seam_steps_find(const tl_store *store, tl_raster *raster, const tl_bands *bands,
                           int as_gain, tl_seam_steps *steps, tl_err *err);

#endif
