/* SPDX-License-Identifier: GPL-2.0-or-later
 * What tilth_map and tilth_fuse have in common: a block that GDAL requests is computed for all
 * layers at once from the scene itself, and the layers are kept for the following requests. */
#ifndef TL_GDAL_SCENE_BLOCK_H
#define TL_GDAL_SCENE_BLOCK_H

#include <stdint.h>

#include "map_args.h"
#include "target.h"

/* Computes layers from the bands of pixels. */
typedef struct tl_gdal_block_producer {
    void *self;
    uint64_t model;   /* serial of the model */
    ptrdiff_t layers; /* that one computation produces */
    int alone;        /* 1: one layer alone costs much less than all of them */

    /* Computes n pixels.
     *
     * band   [p] pointers to [n] physical values
     * layer  [layers] pointers to [n] values; NULL = not requested */
    tl_code (*produce)(void *self, const float *const *band, ptrdiff_t n, float *const *layer,
                       tl_err *err);
} tl_gdal_block_producer;

/* The path of the model and of the scene on this machine. Owner; zeroed = empty. */
typedef struct tl_gdal_block_paths {
    char *model;
    char *scene;
} tl_gdal_block_paths;

/* Finds both paths. The three sources of a virtual raster are the two index rasters and the middle
 * pixel of the first band of the scene.
 *
 * paths  uninitialised; empty after a failure
 * fails  TL_ARG other sources; TL_IO the scene is not found; TL_NOMEM */
tl_code tl_gdal_block_paths_find(const tl_gdal_map_args *a, void *const *sources, int n_sources,
                                 GDALDataType source_type, tl_gdal_block_paths *paths, tl_err *err);

/* Frees; zeroed and already freed owners are fine. */
void tl_gdal_block_paths_free(tl_gdal_block_paths *paths);

/* Fills the block that GDAL requests with the layer a->wanted.
 *
 * sources  the index rasters
 * fails    TL_SHAPE, TL_DATA the scene is not the one that the VRT was made for; TL_IO, TL_ARG,
 *          TL_NOMEM */
tl_code tl_gdal_fill_block(const tl_gdal_map_args *a, const char *scene_path,
                           const tl_gdal_block_producer *producer, void *const *sources,
                           const tl_gdal_target *t, tl_err *err);

#endif
