/* SPDX-License-Identifier: GPL-2.0-or-later
 * The pixel function tilth_fuse: one band of the spectra that a fusion model generates. */
#ifndef TILTH_PLUGIN_FUSE_H
#define TILTH_PLUGIN_FUSE_H

#include <gdal.h>

#include "map_args.h"

/* What GDAL is told about the arguments; map_args.h says what they mean. */
#define TILTH_FUSE_ARGUMENTS                                                        \
    "<PixelFunctionArgumentsList>" TILTH_SCENE_ARGUMENTS                            \
    "<Argument name='band' type='string' description='band of the model, from 1'/>" \
    "</PixelFunctionArgumentsList>"

/* The pixel function, as GDAL calls it; everything as tilth_map has it. The bytes are those of
 * fusescene.
 *
 * fails  CE_Failure, after one sentence to CPLError */
CPLErr tilth_fuse(void **sources, int n_sources, void *out, int n_cols, int n_rows,
                  GDALDataType source_type, GDALDataType out_type, int pixel_space, int line_space,
                  CSLConstList args);

#endif
