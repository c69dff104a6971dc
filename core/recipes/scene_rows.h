/* SPDX-License-Identifier: GPL-2.0-or-later
 * How tools divide a scene into blocks of rows, so that their buffers and the cached tiles of the file
 * fit into the memory limit of the job. */
#ifndef TL_RECIPES_SCENE_ROWS_H
#define TL_RECIPES_SCENE_ROWS_H

#include "job/algorithm.h"

/* The number of rows of one block. Also sets the matching limit of the cache of file blocks, which the
 * job resets when it ends. Blocks are whole rows of the file's tiles where those fit. Otherwise the
 * tiles of one row are cached until the last block that cuts through them; where the memory is too
 * small for that, they are decoded once per block, and a warning is logged.
 *
 * n_bands    number of bands that are read
 * n_buffers  number of blocks of n_bands that the tool holds at once
 * returns    1 .. info->nrow */
ptrdiff_t tl_recipes_scene_rows(const tl_job *job, const tl_raster_info *info, ptrdiff_t n_bands,
                                int n_buffers);

#endif
