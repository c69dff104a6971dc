/* SPDX-License-Identifier: GPL-2.0-or-later
 * What tilth_map and tilth_fuse have in common: a block that GDAL asks for is computed for all
 * layers at once from the scene itself, and the layers are kept for the requests that follow. */
#ifndef TILTH_PLUGIN_SCENE_BLOCK_H
#define TILTH_PLUGIN_SCENE_BLOCK_H

#include <stdint.h>

#include "map_args.h"
#include "target.h"

/* What turns the bands of pixels into layers. */
typedef struct maker {
    void *self;
    uint64_t model;   /* serial of the model */
    ptrdiff_t layers; /* that one computation gives */
    int alone;        /* 1: one layer alone costs much less than all of them */

    /* Computes n pixels.
     *
     * band   [p] pointers to [n] physical values
     * layer  [layers] pointers to [n] values; NULL = not wanted */
    tl_code (*make)(void *self, const float *const *band, ptrdiff_t n, float *const *layer,
                    tl_err *err);
} maker;

/* The path of the model and of the scene on this machine. Owner; zeroed = empty. */
typedef struct block_paths {
    char *model;
    char *scene;
} block_paths;

/* Finds both. The three sources of a virtual raster are the two ramps and the middle pixel of the
 * first band of the scene.
 *
 * paths  uninitialised; empty after a failure
 * fails  TL_ARG other sources; TL_IO the scene is not found; TL_NOMEM */
tl_code block_paths_find(const map_args *a, void *const *sources, int n_sources,
                         GDALDataType source_type, block_paths *paths, tl_err *err);

/* Frees; zeroed and already freed owners are fine. */
void block_paths_free(block_paths *paths);

/* Fills the target with the layer that is wanted.
 *
 * sources  the ramps
 * fails    TL_SHAPE, TL_DATA the scene is another one than the VRT was made for; TL_IO, TL_ARG,
 *          TL_NOMEM */
tl_code block_answer(const map_args *a, const char *scene_path, const maker *m,
                     void *const *sources, const target *t, tl_err *err);

#endif
