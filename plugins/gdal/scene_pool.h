/* SPDX-License-Identifier: GPL-2.0-or-later
 * Open scenes. A dataset of GDAL is used by one thread at a time, so whoever reads takes one out of
 * the pool and gives it back; the next one finds it open. */
#ifndef TILTH_PLUGIN_SCENE_POOL_H
#define TILTH_PLUGIN_SCENE_POOL_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "io/raster.h"

/* Files whose change makes another scene of it: the raster, its header, its band table, its
 * metadata of GDAL. */
enum { SCENE_FILES = 4 };

/* When they were written and how large they are; zeros where there is none. No padding. */
typedef struct scene_state {
    int64_t seconds[SCENE_FILES];
    int64_t nanoseconds[SCENE_FILES];
    uint64_t size[SCENE_FILES];
    uint64_t inode[SCENE_FILES];
} scene_state;

/* An open scene, held by one thread. */
typedef struct scene scene;

/* The scene at that path in its present state.
 *
 * opened  out: to be given back; NULL on failure
 * fails   TL_IO it cannot be opened; TL_NOMEM */
tl_code scene_take(const char *path, scene **opened, tl_err *err);

/* Gives a scene back; NULL is fine. A few stay open, the others are closed. */
void scene_give(scene *s);

/* What was opened; both live as long as the scene is held. */
tl_raster *scene_raster(scene *s);
const scene_state *scene_state_of(const scene *s);

/* The tile that was read last, by whatever number its reader gives it; -1: none. */
ptrdiff_t *scene_last_tile(scene *s);

/* The stored value of one pixel.
 *
 * col, row  as the file has them, from 0
 * band      from 1
 * fails     TL_SHAPE, TL_ARG there is no such place; TL_IO */
tl_code scene_stored_pixel(scene *s, ptrdiff_t col, ptrdiff_t row, int band, float *value,
                           tl_err *err);

#endif
