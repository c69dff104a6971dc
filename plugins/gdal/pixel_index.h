/* SPDX-License-Identifier: GPL-2.0-or-later
 * The columns and rows of the scene that GDAL requests, read from the two index rasters. */
#ifndef TL_GDAL_PIXEL_INDEX_H
#define TL_GDAL_PIXEL_INDEX_H

#include "target.h"

/* What a request averages along one direction: its part i reaches from from + i * width to
 * from + (i + 1) * width. */
typedef struct tl_gdal_average {
    double from;
    double
        width; /* pixels of the scene, above 1; 0: nothing is averaged, each position is one pixel */
} tl_gdal_average;

/* Owner; zeroed = empty. A resampled request skips positions or repeats them; they never
 * decrease. Where GDAL was asked for another resampling than nearest, the result is an average over
 * the area of each pixel of the request; the positions are those in their middle. */
typedef struct tl_gdal_pixel_index {
    ptrdiff_t n_cols;
    ptrdiff_t n_rows;
    tl_gdal_average across; /* along the columns of the request */
    tl_gdal_average down;
    int *col; /* [n_cols] from 0, in the order of the file */
    int *row; /* [n_rows] */
} tl_gdal_pixel_index;

/* Reads the columns and rows of a block.
 *
 * columns, rows  [t->n_rows, t->n_cols] values of the two index rasters
 * n_cols, n_rows size of the scene
 * index          uninitialised; empty after a failure
 * fails          TL_ARG the sources are not index rasters over this scene; TL_NOMEM */
tl_code tl_gdal_pixel_index_read(const float *columns, const float *rows, const tl_gdal_target *t,
                                 ptrdiff_t n_cols, ptrdiff_t n_rows, tl_gdal_pixel_index *index,
                                 tl_err *err);

/* Frees; zeroed and already freed owners are fine. */
void tl_gdal_pixel_index_free(tl_gdal_pixel_index *index);

#endif
