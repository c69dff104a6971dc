/* SPDX-License-Identifier: GPL-2.0-or-later
 * The columns and rows of the scene that GDAL requests, read from the two index rasters. */
#ifndef TL_GDAL_PIXEL_INDEX_H
#define TL_GDAL_PIXEL_INDEX_H

#include "target.h"

/* Owner; zeroed = empty. A resampled request skips positions or repeats them; they never
 * decrease. */
typedef struct tl_gdal_pixel_index {
    ptrdiff_t n_cols;
    ptrdiff_t n_rows;
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
