/* SPDX-License-Identifier: GPL-2.0-or-later
 * Finds a scene that a virtual raster names relative to its own folder. GDAL does not pass the path
 * of the virtual raster to a pixel function, but it has just opened the scene as the third source,
 * and its list of open datasets contains the path. */
#ifndef TL_GDAL_SCENE_PATH_H
#define TL_GDAL_SCENE_PATH_H

#include <stddef.h>

#include "base/status.h"

/* What is known about the scene to find. */
typedef struct tl_gdal_scene_query {
    const char *relative; /* as the virtual raster names it */
    ptrdiff_t n_cols;
    ptrdiff_t n_rows;
    int band; /* the third source is the middle pixel of this band, from 1 */
    float middle;
} tl_gdal_scene_query;

/* The paths of open datasets that end with the relative path and have that size, each file once.
 *
 * path   out: n owned texts, to be freed with tl_release_texts; NULL when there are none
 * fails  TL_NOMEM */
tl_code tl_gdal_scene_path_candidates(const tl_gdal_scene_query *s, char ***path, ptrdiff_t *n,
                                      tl_err *err);

/* The path of the scene as GDAL opened it. Where several open files fit, the value of the third
 * source decides; where it cannot, the call fails instead of guessing.
 *
 * path   out: owned text
 * fails  TL_IO no open dataset, or more than one, is the scene; TL_NOMEM */
tl_code tl_gdal_scene_path_find(const tl_gdal_scene_query *s, char **path, tl_err *err);

/* The folder of the virtual raster, with its slash: the part of path before relative.
 *
 * returns owned text, "" for the current folder; NULL when there is no memory */
char *tl_gdal_scene_path_folder(const char *path, const char *relative);

#endif
