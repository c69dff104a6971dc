/* SPDX-License-Identifier: GPL-2.0-or-later
 * Pixel functions that are one formula over existing layers: wetness index, LS-factor and spectral
 * angle. As GDAL calls them:
 *
 * sources      [n_sources] blocks [n_rows, n_cols] of stored values, in the order described below
 * source_type  must be GDT_Float32: the VRT band's <SourceTransferType>
 * out          block of out_type with the given strides in bytes
 * args         source_args.h and formula_args.h
 * NaN          pixels without a result get the NoData of the arguments
 * fails        CE_Failure, after one sentence to CPLError */
#ifndef TL_GDAL_FORMULAS_H
#define TL_GDAL_FORMULAS_H

#include <gdal.h>

#include "source_args.h"

/* The description of the arguments for GDAL. GDAL itself passes NoData from the band's
 * <NoDataValue>, which must therefore be present. */
#define TL_GDAL_WETNESS_ARGUMENTS \
    "<PixelFunctionArgumentsList>" TL_GDAL_SOURCE_ARGUMENTS "</PixelFunctionArgumentsList>"

#define TL_GDAL_LSFACTOR_ARGUMENTS                                                         \
    "<PixelFunctionArgumentsList>"                                                         \
    "<Argument name='method' type='string' optional='true' "                               \
    "description='moore, desmet_govers or boehner_selige'/>"                               \
    "<Argument name='cell' type='string' optional='true' "                                 \
    "description='side of a cell in metres, for desmet_govers'/>" TL_GDAL_SOURCE_ARGUMENTS \
    "</PixelFunctionArgumentsList>"

#define TL_GDAL_ANGLE_ARGUMENTS                                                          \
    "<PixelFunctionArgumentsList>"                                                       \
    "<Argument name='reference' type='string' "                                          \
    "description='reference spectrum, one number per source'/>" TL_GDAL_SOURCE_ARGUMENTS \
    "</PixelFunctionArgumentsList>"

/* Topographic wetness index, tl_hydro_twi_of. Sources: specific catchment area (m), slope
 * (radians). */
CPLErr tl_gdal_wetness(void **sources, int n_sources, void *out, int n_cols, int n_rows,
                       GDALDataType source_type, GDALDataType out_type, int pixel_space,
                       int line_space, CSLConstList args);

/* LS-factor, tl_ls_*. Sources: specific catchment area (m), slope (radians), and for desmet_govers
 * optionally the direction of descent (radians). With it the formula is the published one: the area
 * that flows in and the flow width of a square cell follow from area and direction. Without it the
 * specific area is used as the area that flows in and there is no flow width, TL_LS_SAGA. */
CPLErr tl_gdal_lsfactor(void **sources, int n_sources, void *out, int n_cols, int n_rows,
                        GDALDataType source_type, GDALDataType out_type, int pixel_space,
                        int line_space, CSLConstList args);

/* Spectral angle to the reference in radians, tl_spectra_angle. Sources: the bands. A spectrum of
 * zeros has no result. */
CPLErr tl_gdal_angle(void **sources, int n_sources, void *out, int n_cols, int n_rows,
                     GDALDataType source_type, GDALDataType out_type, int pixel_space,
                     int line_space, CSLConstList args);

#endif
