/* SPDX-License-Identifier: GPL-2.0-or-later
 * The block that GDAL requests from a pixel function. */
#ifndef TL_GDAL_TARGET_H
#define TL_GDAL_TARGET_H

#include <gdal.h>
#include <stddef.h>

#include "base/status.h"

/* Where GDAL wants the result. */
typedef struct tl_gdal_target {
    char *data;
    ptrdiff_t n_cols; /* at least 1, as n_rows */
    ptrdiff_t n_rows;
    GDALDataType type;
    int pixel_space; /* strides in bytes */
    ptrdiff_t line_space;
} tl_gdal_target;

/* Rows to compute at once; only the memory use depends on it. */
ptrdiff_t tl_gdal_target_piece_rows(const tl_gdal_target *t);

/* Writes rows of results in the type and spacing that GDAL requested.
 *
 * nodata  replaces NaN
 * result  [n_rows, t->n_cols] changed */
void tl_gdal_target_write(const tl_gdal_target *t, float nodata, ptrdiff_t row0, ptrdiff_t n_rows,
                          float *result);

/* Writes all rows of a result that must not be changed.
 *
 * nodata  replaces NaN
 * result  [t->n_rows, t->n_cols] */
void tl_gdal_target_write_all(const tl_gdal_target *t, float nodata, const float *result);

/* Checks that the sources are Float32.
 *
 * fails  TL_ARG */
tl_code tl_gdal_target_check_sources(GDALDataType source_type, tl_err *err);

#endif
