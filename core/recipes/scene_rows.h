/* SPDX-License-Identifier: GPL-2.0-or-later
 * How tools cut a scene into blocks of rows, so that neither their own buffers nor the tiles of the
 * file that are kept for the next block outgrow the memory of the job. */
#ifndef TL_RECIPES_SCENE_ROWS_H
#define TL_RECIPES_SCENE_ROWS_H

#include "job/algorithm.h"

/* Rows of one block, and the bound of the cache of file blocks that belongs to it; the job takes
 * the bound back when it ends. Blocks are whole rows of the file's tiles where those fit. Else the
 * tiles of one row are kept until the last block that cuts through them, if the memory allows it;
 * where it does not, they are decoded once per block.
 *
 * n_bands    bands that are read
 * n_buffers  blocks of n_bands that the tool holds at once
 * returns    1 .. info->nrow */
ptrdiff_t tl_recipes_scene_rows(const tl_job *job, const tl_raster_info *info, ptrdiff_t n_bands,
                                int n_buffers);

#endif
