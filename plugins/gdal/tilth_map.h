/* SPDX-License-Identifier: GPL-2.0-or-later
 * The pixel function tilth_map: one layer of the map that a property model makes of a scene. */
#ifndef TL_GDAL_MAP_H
#define TL_GDAL_MAP_H

#include <gdal.h>

#include "map_args.h"

/* The description of the arguments for GDAL; map_args.h explains them. GDAL itself passes NoData
 * from the band's <NoDataValue>, which must therefore be present. */
#define TL_GDAL_MAP_ARGUMENTS                               \
    "<PixelFunctionArgumentsList>" TL_GDAL_SCENE_ARGUMENTS  \
    "<Argument name='layer' type='string' optional='true' " \
    "description='value, lower, upper, di or applicable'/>" \
    "</PixelFunctionArgumentsList>"

/* The pixel function, as GDAL calls it.
 *
 * sources      [3] blocks [n_rows, n_cols]: the column and the row of each pixel
 *              (base/index_raster_names.h), and the middle pixel of the first band of the scene,
 *              in every pixel
 * source_type  must be GDT_Float32: the VRT band's <SourceTransferType>
 * out          block of out_type with the given strides in bytes
 * args         map_args.h
 * NaN          pixels without a result get the NoData of the arguments
 * fails        CE_Failure, after one sentence to CPLError */
CPLErr tl_gdal_map(void **sources, int n_sources, void *out, int n_cols, int n_rows,
                   GDALDataType source_type, GDALDataType out_type, int pixel_space, int line_space,
                   CSLConstList args);

#endif
