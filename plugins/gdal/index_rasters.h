/* SPDX-License-Identifier: GPL-2.0-or-later
 * Puts the rasters of base/index_raster_names.h where virtual rasters find them. */
#ifndef TL_GDAL_INDEX_RASTERS_H
#define TL_GDAL_INDEX_RASTERS_H

/* Makes both files in GDAL's memory (1 MiB each). Needs no driver yet. When the memory is short the
 * files are missing, and GDAL reports that when a virtual raster is read. */
void tl_gdal_make_index_rasters(void);

#endif
