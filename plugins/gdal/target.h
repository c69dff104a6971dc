/* SPDX-License-Identifier: GPL-2.0-or-later
 * The block that GDAL asks a pixel function for. */
#ifndef TILTH_PLUGIN_TARGET_H
#define TILTH_PLUGIN_TARGET_H

#include <gdal.h>
#include <stddef.h>

#include "base/status.h"

/* Where GDAL wants the answer. */
typedef struct target {
    char *data;
    ptrdiff_t n_cols; /* at least 1, as n_rows */
    ptrdiff_t n_rows;
    GDALDataType type;
    int pixel_space; /* strides in bytes */
    ptrdiff_t line_space;
} target;

/* Rows to be worked on at once; only memory depends on it. */
ptrdiff_t target_piece_rows(const target *t);

/* Writes rows of results in the type and spacing that GDAL asked for.
 *
 * nodata  takes the place of NaN
 * result  [n_rows, t->n_cols] changed */
void target_write(const target *t, float nodata, ptrdiff_t row0, ptrdiff_t n_rows, float *result);

/* Writes all rows of a result that must stay as it is.
 *
 * nodata  takes the place of NaN
 * result  [t->n_rows, t->n_cols] */
void target_write_all(const target *t, float nodata, const float *result);

/* Sources must come as Float32.
 *
 * fails  TL_ARG */
tl_code target_check_sources(GDALDataType source_type, tl_err *err);

#endif
