/* SPDX-License-Identifier: GPL-2.0-or-later
 * Finds a scene that a virtual raster names relative to its own folder. GDAL does not tell a pixel
 * function where the virtual raster lies, but it has just resolved and opened the scene as the
 * third source, and its list of open datasets has the path. */
#ifndef TILTH_PLUGIN_SCENE_PATH_H
#define TILTH_PLUGIN_SCENE_PATH_H

#include <stddef.h>

#include "base/status.h"

/* What is known of the scene that is looked for. */
typedef struct scene_sought {
    const char *relative; /* as the virtual raster names it */
    ptrdiff_t n_cols;
    ptrdiff_t n_rows;
    int band; /* the third source is the middle pixel of this band, from 1 */
    float middle;
} scene_sought;

/* The paths of open datasets that end with the relative path and have that size, each file once.
 *
 * path   out: owned array of n owned texts; NULL when there are none
 * fails  TL_NOMEM */
tl_code scene_path_candidates(const scene_sought *s, char ***path, ptrdiff_t *n, tl_err *err);

/* The path of the scene as GDAL opened it. Where several open files fit, the value of the third
 * source decides; where that does not, it is a failure and no guess.
 *
 * path   out: owned text
 * fails  TL_IO no open dataset, or more than one, is the scene; TL_NOMEM */
tl_code scene_path_find(const scene_sought *s, char **path, tl_err *err);

/* The folder of the virtual raster, with its slash: what stands in front of relative in path.
 *
 * returns owned text, "" for the current folder; NULL when memory is short */
char *scene_path_folder(const char *path, const char *relative);

/* Frees what scene_path_candidates gave. */
void scene_path_release(char **path, ptrdiff_t n);

#endif
