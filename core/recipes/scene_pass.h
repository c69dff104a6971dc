/* SPDX-License-Identifier: GPL-2.0-or-later
 * One pass over a scene in blocks of rows, with all bands of a block in memory. The next block is
 * read and the previous one is written while the threads work on the current one. */
#ifndef TL_RECIPES_SCENE_PASS_H
#define TL_RECIPES_SCENE_PASS_H

#include "job/algorithm.h"

/* Works on one band of one block, in place. The bands of a block run in parallel, the blocks one after
 * the other.
 *
 * band  position in the list of bands
 * rows  [n_rows, ncol] physical values, NaN = NoData */
typedef tl_code (*tl_scene_body)(void *arg, ptrdiff_t band, ptrdiff_t row0, ptrdiff_t n_rows,
                                 float *rows, tl_err *err);

typedef struct tl_scene_pass {
    const tl_job *job; /* for the store, the threads and the memory */
    tl_raster *raster;
    const tl_bands *bands; /* the bands that are read: file numbers, scales and NoData */
    tl_sink *sink;         /* for the same bands; NULL = nothing is written */
    ptrdiff_t first_row;   /* the pass visits the rows first_row .. end_row - 1 */
    ptrdiff_t end_row;
    tl_scene_body body;
    void *arg;
} tl_scene_pass;

/* Runs the pass. The size of the blocks depends on the memory limit. The results of body must not, so
 * it should keep its sums row by row.
 *
 * fails  as body, reading and writing; TL_NOMEM; TL_CANCELLED */
tl_code tl_recipes_scene_pass(const tl_scene_pass *pass, const tl_progress *progress, tl_err *err);

#endif
