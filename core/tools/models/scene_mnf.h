/* SPDX-License-Identifier: GPL-2.0-or-later
 * The minimum noise fraction of an open scene. */
#ifndef TL_TOOLS_MODELS_SCENE_MNF_H
#define TL_TOOLS_MODELS_SCENE_MNF_H

#include <stddef.h>

#include "base/progress.h"
#include "pipeline/linear.h"
#include "source/store.h"
#include "spectra/mnf.h"

/* The part of a scene that was used. */
typedef struct tl_scene_mnf {
    ptrdiff_t rows;   /* rows that were read */
    ptrdiff_t pixels; /* pixels with a value in every band */
    ptrdiff_t pairs;  /* pairs of diagonal neighbours that both have a value in every band */
} tl_scene_mnf;

/* Reads a scene and fits the transform. All pixels are used up to 400 000; of a larger scene, groups of
 * 16 rows with about that many pixels are read, spread evenly. Pixels without a value in one of the
 * bands are not used. The memory is at most 64 MB and 80 p^2 bytes, whatever the size of the scene.
 *
 * number    [p] file numbers of the bands, for example of tl_band_list
 * k         number of components, 1 .. p
 * threads   the result does not depend on their number
 * progress  NULL = silent
 * mnf       uninitialised; empty on failure
 * seen      out; may be NULL
 * fails     TL_DATA fewer than 2 p pairs of pixels; TL_ARG k; as read_window of the store;
 *           TL_NOMEM; TL_CANCELLED
 * cost      p^2 multiply-adds per pixel and per pair */
tl_code tl_scene_mnf_collect(const tl_store *store, tl_raster *raster, const int *number,
                             ptrdiff_t p, ptrdiff_t k, int threads, const tl_progress *progress,
                             tl_mnf *mnf, tl_scene_mnf *seen, tl_err *err);

/* The same for a scene by its path, as a linear function: component = shift + weight x.
 *
 * path   of the parameter "scene"
 * out    uninitialised; empty on failure
 * fails  as tl_scene_mnf_collect; as open_raster of the store */
tl_code tl_scene_mnf_projection(const tl_store *store, const char *path, const int *number,
                                ptrdiff_t p, ptrdiff_t k, int threads, const tl_progress *progress,
                                tl_linear *out, tl_scene_mnf *seen, tl_err *err);

#endif
