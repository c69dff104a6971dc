/* SPDX-License-Identifier: GPL-2.0-or-later
 * The two small rasters from which a pixel function reads the columns and rows that it computes.
 * The GDAL plugin keeps them in the memory of the process that loaded it; makevrt names them as
 * sources. */
#ifndef TL_BASE_INDEX_RASTER_NAMES_H
#define TL_BASE_INDEX_RASTER_NAMES_H

/* One row whose values are those of tl_index_raster_value for 0, 1, 2, ..., and one column of the
 * same. */
#define TL_INDEX_RASTER_COLUMNS "/vsimem/tilth/columns.tif"
#define TL_INDEX_RASTER_ROWS "/vsimem/tilth/rows.tif"

/* Values of each: the maximum number of columns and rows of a scene behind a virtual raster. */
enum { TL_INDEX_RASTER_LENGTH = 1 << 18 };

/* Odd numbers have a small fraction, so that a request for which GDAL mixes neighbouring values,
 * instead of choosing one, is recognised. Float32 holds all of them exactly. */
static const float tl_index_raster_mark = 1.0F / 16.0F;

static inline float tl_index_raster_value(int k) {
    return (float)k + (k % 2 == 1 ? tl_index_raster_mark : 0.0F);
}

#endif
