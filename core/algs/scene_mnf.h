/* SPDX-License-Identifier: GPL-2.0-or-later
 * The minimum noise fraction of an open scene. */
#ifndef TL_ALGS_SCENE_MNF_H
#define TL_ALGS_SCENE_MNF_H

#include <stddef.h>

#include "base/progress.h"
#include "source/store.h"
#include "spectra/mnf.h"

/* What was looked at. */
typedef struct tl_scene_mnf {
    ptrdiff_t pixels;    /* with a value in every band */
    ptrdiff_t pairs;     /* of diagonal neighbours, both whole */
    ptrdiff_t row_pairs; /* pairs of rows that were read */
    ptrdiff_t every_row; /* a pair of rows begins at every s-th row; 1 = all rows */
} tl_scene_mnf;

/* Reads pairs of neighbouring rows of a scene and fits the transform. All pixels count as long as
 * the scene has no more than 400 000; a larger one is read by pairs of rows that are spread evenly
 * over it and hold about as many. Pixels without a value in any of the bands do not count.
 *
 * number        [p] file numbers of the bands, for example of tl_band_list
 * k             scores, 1 .. p
 * threads       the answer does not depend on their number
 * memory_bytes  what the buffers may take together; at least two rows per thread are taken in
 *               any case
 * mnf           uninitialised; empty on failure
 * seen          out; NULL = not wanted
 * fails         TL_DATA fewer than 2 p whole pixel pairs, or a scene of one row or column; TL_ARG
 *               k; as read_window of the store; TL_NOMEM; TL_CANCELLED
 * cost          p^2 multiply-adds per pixel and per pair */
tl_code tl_algs_scene_mnf(const tl_store *store, tl_raster *raster, const int *number, ptrdiff_t p,
                          ptrdiff_t k, int threads, double memory_bytes,
                          const tl_progress *progress, tl_mnf *mnf, tl_scene_mnf *seen,
                          tl_err *err);

#endif
