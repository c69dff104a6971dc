/* SPDX-License-Identifier: GPL-2.0-or-later
 * The arguments of tilth_map and tilth_fuse, which come as texts from the attributes of a VRT that
 * anyone may have written:
 *
 *   model          path of a property model, or of a fusion model
 *   scene          path of the scene
 *   relative       1: the scene, and the model unless its path is absolute, are relative to the
 *                  folder of the VRT
 *   size           "columns,rows" of the scene
 *   bands          number in the scene of each band of the model, from 1
 *   scene_nm       band centres of the scene in that order when the VRT was made
 *   wavelength_nm  band centres of the model when the VRT was made
 *   scene_scale    by which the values of the scene are multiplied; 1 when absent
 *   zeros          values: cells that are 0 in every band of the scene are measurements
 *   layer          tilth_map: value (default), lower, upper, di or applicable
 *   band           tilth_fuse: number of the requested band of the model, from 1
 *   NoData         passed by GDAL: the value to write where there is no result (NaN when absent) */
#ifndef TL_GDAL_MAP_ARGS_H
#define TL_GDAL_MAP_ARGS_H

#include <cpl_string.h>

#include "base/status.h"
#include "source/store.h"

/* The description for GDAL of the arguments that both have, inside a
 * <PixelFunctionArgumentsList>. */
#define TL_GDAL_SCENE_ARGUMENTS                                                                 \
    "<Argument name='model' type='string' description='path of the model'/>"                    \
    "<Argument name='scene' type='string' description='path of the scene'/>"                    \
    "<Argument name='relative' type='string' optional='true' "                                  \
    "description='1: paths are relative to the VRT'/>"                                          \
    "<Argument name='size' type='string' description='columns,rows of the scene'/>"             \
    "<Argument name='scene_scale' type='string' optional='true' "                               \
    "description='factor of the values of the scene'/>"                                         \
    "<Argument name='bands' type='string' description='scene band of each band of the model'/>" \
    "<Argument name='scene_nm' type='string' description='band centres of the scene'/>"         \
    "<Argument name='wavelength_nm' type='string' description='band centres of the model'/>"    \
    "<Argument name='zeros' type='string' optional='true' "                                     \
    "description='values: cells of zeros are measurements'/>"                                   \
    "<Argument type='builtin' value='NoData' optional='true'/>"

/* In the order of tl_prediction. */
typedef enum tl_gdal_map_layer {
    TL_GDAL_MAP_VALUE,
    TL_GDAL_MAP_LOWER,
    TL_GDAL_MAP_UPPER,
    TL_GDAL_MAP_DI,
    TL_GDAL_MAP_APPLICABLE
} tl_gdal_map_layer;

typedef struct tl_gdal_map_args {
    const char *model; /* borrowed from the arguments, as scene */
    const char *scene;
    int relative;
    ptrdiff_t n_cols; /* of the scene */
    ptrdiff_t n_rows;
    ptrdiff_t p;           /* bands of the model */
    int *band;             /* [p] owned: numbers in the scene, from 1 */
    double *scene_nm;      /* [p] owned */
    double *wavelength_nm; /* [p] owned */
    ptrdiff_t wanted;      /* the tl_gdal_map_layer, or the band of the fusion model from 0 */
    double scene_scale;
    int keep_zeros; /* 1: cells that are 0 in every band are measurements */
    float nodata;
} tl_gdal_map_args;

/* Reads and checks the arguments, without layer and band.
 *
 * texts  "name=value" each; must outlive a
 * a      uninitialised; empty after a failure
 * fails  TL_ARG the sentence names the argument; TL_NOMEM */
tl_code tl_gdal_map_args_read(CSLConstList texts, tl_gdal_map_args *a, tl_err *err);

/* Reads the argument layer, or band, into a->wanted.
 *
 * fails  TL_ARG */
tl_code tl_gdal_map_args_read_layer(CSLConstList texts, tl_gdal_map_args *a, tl_err *err);
tl_code tl_gdal_map_args_read_band(CSLConstList texts, tl_gdal_map_args *a, tl_err *err);

/* Checks that the model has the bands that it had when the VRT was made.
 *
 * wavelength_nm  [p] of the model
 * fails          TL_SHAPE, TL_DATA */
tl_code tl_gdal_map_args_check_model(const tl_gdal_map_args *a, ptrdiff_t p,
                                     const double *wavelength_nm, tl_err *err);

/* Checks that the scene has the size and the bands that it had when the VRT was made.
 *
 * fails  TL_SHAPE, TL_DATA */
tl_code tl_gdal_map_args_check_scene(const tl_gdal_map_args *a, const tl_raster_info *info,
                                     tl_err *err);

/* Frees; zeroed and already freed owners are fine. */
void tl_gdal_map_args_free(tl_gdal_map_args *a);

#endif
