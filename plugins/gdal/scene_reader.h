/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reads exactly the requested pixels of a scene, all bands of a piece at once, in the order in
 * which they are stored in the file. */
#ifndef TL_GDAL_SCENE_READER_H
#define TL_GDAL_SCENE_READER_H

#include "pixel_index.h"
#include "scene_pool.h"

/* A rectangle of the requested pixels: positions in index->row and index->col. */
typedef struct tl_gdal_piece {
    ptrdiff_t row0;
    ptrdiff_t n_rows;
    ptrdiff_t col0;
    ptrdiff_t n_cols;
} tl_gdal_piece;

/* Receives the values of a piece.
 *
 * band  [bands] pointers to [n_rows, n_cols] physical values, NaN = NoData */
typedef tl_code (*tl_gdal_piece_receiver)(void *arg, const tl_gdal_piece *piece,
                                          const float *const *band, tl_err *err);

/* Reads all requested pixels and passes them to receive, piece by piece.
 *
 * index    rows and columns inside the scene
 * band     [n_bands] numbers in the file, from 1; their order is that of the pointers
 * fails    TL_IO, TL_ARG, TL_NOMEM, and every failure of receive
 * memory   about 100 MiB, more only where one row or one tile of all bands is larger */
tl_code tl_gdal_scene_read(tl_gdal_scene *s, const tl_gdal_pixel_index *index, const int *band,
                           ptrdiff_t n_bands, tl_gdal_piece_receiver receive, void *arg,
                           tl_err *err);

/* Maximum number of pixels of a piece, so that a receiver can allocate its memory once. */
ptrdiff_t tl_gdal_scene_piece_pixels(tl_gdal_scene *s, const tl_gdal_pixel_index *index,
                                     ptrdiff_t n_bands);

#endif
