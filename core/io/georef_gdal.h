/* SPDX-License-Identifier: GPL-2.0-or-later
 * Georeferences between GDAL and tilth: transform, coordinate reference system, ellipsoid. */
#ifndef TL_IO_GEOREF_GDAL_H
#define TL_IO_GEOREF_GDAL_H

#include <gdal.h>
#include <ogr_srs_api.h>
#include <stddef.h>

#include "base/georef.h"

/* Fills the CRS part of geo. The text is that of the EPSG register where the CRS is registered, so
 * that the same CRS read from different formats has the same text.
 *
 * crs    NULL = unknown
 * fails  TL_NOMEM */
tl_code tl_io_set_crs(tl_georef *geo, OGRSpatialReferenceH crs, tl_err *err);

/* The spatial reference of geo, east or longitude first.
 *
 * returns a new one, to be freed with OSRDestroySpatialReference; NULL when geo has no CRS or GDAL
 *         cannot read it */
OGRSpatialReferenceH tl_io_crs(const tl_georef *geo);

/* The georeference of an open raster with row 0 in the north. A raster without georeference gets
 * cells of side 1.
 *
 * geo    initialised here
 * flip   out: 1 when the file's rows run from south to north
 * fails  TL_DATA numbers of the transform are not finite, or in degrees although the CRS is in metres; TL_NOMEM */
tl_code tl_io_read_georef(GDALDatasetH dataset, tl_georef *geo, int *flip, tl_err *err);

/* Writes geo into a dataset that is being created; a raster without georeference gets none. */
void tl_io_write_georef(GDALDatasetH dataset, const tl_georef *geo);

#endif
