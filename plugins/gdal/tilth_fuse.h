/* SPDX-License-Identifier: GPL-2.0-or-later
 * The pixel function tilth_fuse: one band of the spectra that a fusion model generates. */
#ifndef TL_GDAL_FUSE_H
#define TL_GDAL_FUSE_H

#include <gdal.h>

#include "map_args.h"

/* The description of the arguments for GDAL; map_args.h explains them. */
#define TL_GDAL_FUSE_ARGUMENTS                                                      \
    "<PixelFunctionArgumentsList>" TL_GDAL_SCENE_ARGUMENTS                          \
    "<Argument name='band' type='string' description='band of the model, from 1'/>" \
    "</PixelFunctionArgumentsList>"

/* The pixel function, as GDAL calls it; everything is as in tilth_map.h. The bytes are those of
 * fusescene.
 *
 * fails  CE_Failure, after one sentence to CPLError */
CPLErr tl_gdal_fuse(void **sources, int n_sources, void *out, int n_cols, int n_rows,
                    GDALDataType source_type, GDALDataType out_type, int pixel_space,
                    int line_space, CSLConstList args);

#endif
