/* SPDX-License-Identifier: GPL-2.0-or-later
 * Puts the rasters of base/index_raster_names.h where virtual rasters find them. */
#ifndef TILTH_PLUGIN_RAMPS_H
#define TILTH_PLUGIN_RAMPS_H

/* Makes both files in GDAL's memory (1 MiB each). Needs no driver yet. When the memory is short the
 * files are missing, and GDAL says so when a virtual raster is read. */
void ramps_make(void);

#endif
