/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reads exactly the places of a scene that were asked for, all bands of a piece at once, in the
 * order in which the file lies. */
#ifndef TILTH_PLUGIN_SCENE_READER_H
#define TILTH_PLUGIN_SCENE_READER_H

#include "pixel_index.h"
#include "scene_pool.h"

/* A rectangle of the places that were asked for: positions in places->row and places->col. */
typedef struct scene_piece {
    ptrdiff_t row0;
    ptrdiff_t n_rows;
    ptrdiff_t col0;
    ptrdiff_t n_cols;
} scene_piece;

/* Takes over the values of a piece.
 *
 * band  [bands] pointers to [n_rows, n_cols] physical values, NaN = NoData */
typedef tl_code (*scene_taker)(void *arg, const scene_piece *piece, const float *const *band,
                               tl_err *err);

/* Hands all places to the taker, piece by piece.
 *
 * p        rows and columns inside the scene
 * band     [n_bands] numbers in the file, from 1; their order is that of the pointers
 * fails    TL_IO, TL_ARG, TL_NOMEM, and whatever the taker fails with
 * memory   about 100 MiB, more only where one row or one tile of all bands is larger */
tl_code scene_read(scene *s, const places *p, const int *band, ptrdiff_t n_bands, scene_taker taker,
                   void *arg, tl_err *err);

/* Most pixels of a piece, so that the taker can get its memory once. */
ptrdiff_t scene_piece_pixels(scene *s, const places *p, ptrdiff_t n_bands);

#endif
