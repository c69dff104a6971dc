/* SPDX-License-Identifier: GPL-2.0-or-later
 * Averages of results over the pixels of a reduced request: GDAL resamples the sources of a pixel
 * function, which would be a result of averaged columns and rows instead of averaged results. */
#ifndef TL_GDAL_BLOCK_AVERAGE_H
#define TL_GDAL_BLOCK_AVERAGE_H

#include "pixel_index.h"

/* Computes results of single pixels.
 *
 * values  [layers, index->n_rows, index->n_cols] out, NaN = none */
typedef tl_code (*tl_gdal_pixel_computer)(void *arg, const tl_gdal_pixel_index *index,
                                          float *values, tl_err *err);

typedef struct tl_gdal_average_job {
    const tl_gdal_pixel_index *index; /* with an average along one direction at least */
    ptrdiff_t n_cols;                 /* of the scene */
    ptrdiff_t n_rows;
    ptrdiff_t layers;
    tl_gdal_pixel_computer compute;
    void *arg;
} tl_gdal_average_job;

/* The mean of the results in the area of every pixel of the request, weighted by the shares of the
 * pixels of the scene that are in it; pixels without result do not count.
 *
 * values  [layers, index->n_rows, index->n_cols] out; NaN where no pixel has a result
 * fails   as compute; TL_NOMEM
 * cost    computes every pixel of the area once, a few rows at a time */
tl_code tl_gdal_average_block(const tl_gdal_average_job *job, float *values, tl_err *err);

#endif
