/* SPDX-License-Identifier: GPL-2.0-or-later
 * Open scenes. One thread at a time may use a dataset of GDAL, so a reader borrows one from the
 * pool and returns it; the next reader finds it open. */
#ifndef TL_GDAL_SCENE_POOL_H
#define TL_GDAL_SCENE_POOL_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "io/raster.h"

/* Files that define a scene: the raster, its header, its band table, its metadata of GDAL. When one
 * changes, the scene is opened again. */
enum { TL_GDAL_SCENE_FILES = 4 };

/* When they were written and how large they are; zeros for a missing file. No padding. */
typedef struct tl_gdal_scene_state {
    int64_t seconds[TL_GDAL_SCENE_FILES];
    int64_t nanoseconds[TL_GDAL_SCENE_FILES];
    uint64_t size[TL_GDAL_SCENE_FILES];
    uint64_t inode[TL_GDAL_SCENE_FILES];
} tl_gdal_scene_state;

/* An open scene, held by one thread. */
typedef struct tl_gdal_scene tl_gdal_scene;

/* The scene at that path in its present state.
 *
 * opened  out: to be returned by the caller; NULL on failure
 * fails   TL_IO it cannot be opened; TL_NOMEM */
tl_code tl_gdal_scene_borrow(const char *path, tl_gdal_scene **opened, tl_err *err);

/* Returns a scene to the pool; NULL is fine. A few stay open, the others are closed. */
void tl_gdal_scene_return(tl_gdal_scene *s);

/* What was opened; both live as long as the scene is held. */
tl_raster *tl_gdal_scene_raster(tl_gdal_scene *s);
const tl_gdal_scene_state *tl_gdal_scene_state_of(const tl_gdal_scene *s);

/* The tile that was read last, numbered by its reader; -1: none. */
ptrdiff_t *tl_gdal_scene_last_tile(tl_gdal_scene *s);

/* The stored value of one pixel, whether it is masked or not.
 *
 * col, row  in the order of the file, from 0
 * band      from 1
 * fails     TL_SHAPE, TL_ARG there is no such pixel; TL_IO */
tl_code tl_gdal_scene_stored_pixel(tl_gdal_scene *s, ptrdiff_t col, ptrdiff_t row, int band,
                                   float *value, tl_err *err);

#endif
