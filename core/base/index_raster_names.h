/* SPDX-License-Identifier: GPL-2.0-or-later
 * The two small rasters from which a pixel function reads the columns and rows that it computes.
 * The GDAL plugin keeps them in the memory of the process that loaded it; makevrt names them as
 * sources. */
#ifndef TL_BASE_INDEX_RASTER_NAMES_H
#define TL_BASE_INDEX_RASTER_NAMES_H

/* One row whose values are 0, 1, 2, ..., and one column of the same. */
#define TL_INDEX_RASTER_COLUMNS "/vsimem/tilth/columns.tif"
#define TL_INDEX_RASTER_ROWS "/vsimem/tilth/rows.tif"

/* Values of each: the maximum number of columns and rows of a scene behind a virtual raster. */
enum { TL_INDEX_RASTER_LENGTH = 1 << 18 };

#endif
