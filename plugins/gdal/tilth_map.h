/* SPDX-License-Identifier: GPL-2.0-or-later
 * The pixel function tilth_map: one layer of the map that a property model makes of a scene. */
#ifndef TILTH_PLUGIN_MAP_H
#define TILTH_PLUGIN_MAP_H

#include <gdal.h>

#include "map_args.h"

/* What GDAL is told about the arguments; map_args.h says what they mean. NoData is delivered by
 * GDAL itself from the band's <NoDataValue>, which must therefore be there. */
#define TILTH_MAP_ARGUMENTS                                 \
    "<PixelFunctionArgumentsList>" TILTH_SCENE_ARGUMENTS    \
    "<Argument name='layer' type='string' optional='true' " \
    "description='value, lower, upper, di or applicable'/>" \
    "</PixelFunctionArgumentsList>"

/* The pixel function, as GDAL calls it.
 *
 * sources      [3] blocks [n_rows, n_cols]: the column and the row of each pixel (base/index_raster_names.h), and
 *              the middle pixel of the first band of the scene, all over
 * source_type  must be GDT_Float32: the VRT band's <SourceTransferType>
 * out          block of out_type with the given strides in bytes
 * args         map_args.h
 * NaN          pixels without answer get the NoData of the arguments
 * fails        CE_Failure, after one sentence to CPLError */
CPLErr tilth_map(void **sources, int n_sources, void *out, int n_cols, int n_rows,
                 GDALDataType source_type, GDALDataType out_type, int pixel_space, int line_space,
                 CSLConstList args);

#endif
