/* SPDX-License-Identifier: GPL-2.0-or-later
 * Pixel functions that are one formula over ready layers: wetness index, LS-factor and spectral
 * angle. As GDAL calls them:
 *
 * sources      [n_sources] blocks [n_rows, n_cols] of stored values, in the order told below
 * source_type  must be GDT_Float32: the VRT band's <SourceTransferType>
 * out          block of out_type with the given strides in bytes
 * args         source_args.h and formula_args.h
 * NaN          pixels without answer get the NoData of the arguments
 * fails        CE_Failure, after one sentence to CPLError */
#ifndef TILTH_PLUGIN_FORMULAS_H
#define TILTH_PLUGIN_FORMULAS_H

#include <gdal.h>

#include "source_args.h"

/* What GDAL is told about the arguments. NoData is delivered by GDAL itself from the band's
 * <NoDataValue>, which must therefore be there. */
#define TILTH_WETNESS_ARGUMENTS \
    "<PixelFunctionArgumentsList>" TILTH_SOURCE_ARGUMENTS "</PixelFunctionArgumentsList>"

#define TILTH_LSFACTOR_ARGUMENTS                                                         \
    "<PixelFunctionArgumentsList>"                                                       \
    "<Argument name='method' type='string' optional='true' "                             \
    "description='moore, desmet_govers or boehner_selige'/>"                             \
    "<Argument name='cell' type='string' optional='true' "                               \
    "description='side of a cell in metres, for desmet_govers'/>" TILTH_SOURCE_ARGUMENTS \
    "</PixelFunctionArgumentsList>"

#define TILTH_ANGLE_ARGUMENTS                                                          \
    "<PixelFunctionArgumentsList>"                                                     \
    "<Argument name='reference' type='string' "                                        \
    "description='reference spectrum, one number per source'/>" TILTH_SOURCE_ARGUMENTS \
    "</PixelFunctionArgumentsList>"

/* Topographic wetness index, tl_hydro_twi_of. Sources: specific catchment area (m), slope (radians). */
CPLErr tilth_wetness(void **sources, int n_sources, void *out, int n_cols, int n_rows,
                     GDALDataType source_type, GDALDataType out_type, int pixel_space,
                     int line_space, CSLConstList args);

/* LS-factor, tl_ls_*. Sources: specific catchment area (m), slope (radians), and for desmet_govers
 * perhaps the direction of descent (radians). With it the formula is the published one: the area
 * that flows in and the flow width of a square cell follow from area and direction. Without it the
 * specific area stands for the area that flows in and there is no flow width, TL_LS_SAGA. */
CPLErr tilth_lsfactor(void **sources, int n_sources, void *out, int n_cols, int n_rows,
                      GDALDataType source_type, GDALDataType out_type, int pixel_space,
                      int line_space, CSLConstList args);

/* Spectral angle to the reference in radians, tl_spectra_angle. Sources: the bands. A spectrum
 * of zeros has no answer. */
CPLErr tilth_angle(void **sources, int n_sources, void *out, int n_cols, int n_rows,
                   GDALDataType source_type, GDALDataType out_type, int pixel_space, int line_space,
                   CSLConstList args);

#endif
