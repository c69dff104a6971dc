/* SPDX-License-Identifier: GPL-2.0-or-later
 * The arguments of tilth_map and tilth_fuse, which come as texts from the attributes of a VRT that
 * anyone may have written:
 *
 *   model          path of a property model, or of a fusion model
 *   scene          path of the scene
 *   relative       1: the scene, and the model unless its path is absolute, lie relative to the
 *                  folder of the VRT
 *   size           "columns,rows" of the scene
 *   bands          number in the scene of each band of the model, from 1
 *   scene_nm       band centres of the scene in that order when the VRT was made
 *   wavelength_nm  band centres of the model when the VRT was made
 *   layer          tilth_map: value (default), lower, upper, di or applicable
 *   band           tilth_fuse: number of the model's band that is wanted, from 1
 *   NoData         given by GDAL: what to write where there is no answer (NaN when absent) */
#ifndef TILTH_PLUGIN_MAP_ARGS_H
#define TILTH_PLUGIN_MAP_ARGS_H

#include <cpl_string.h>

#include "base/status.h"
#include "source/store.h"

/* What GDAL is told about those that both have, inside a <PixelFunctionArgumentsList>. */
#define TILTH_SCENE_ARGUMENTS                                                                   \
    "<Argument name='model' type='string' description='path of the model'/>"                    \
    "<Argument name='scene' type='string' description='path of the scene'/>"                    \
    "<Argument name='relative' type='string' optional='true' "                                  \
    "description='1: paths are relative to the VRT'/>"                                          \
    "<Argument name='size' type='string' description='columns,rows of the scene'/>"             \
    "<Argument name='bands' type='string' description='scene band of each band of the model'/>" \
    "<Argument name='scene_nm' type='string' description='band centres of the scene'/>"         \
    "<Argument name='wavelength_nm' type='string' description='band centres of the model'/>"    \
    "<Argument type='builtin' value='NoData' optional='true'/>"

/* In the order of tl_prediction. */
typedef enum map_layer { MAP_VALUE, MAP_LOWER, MAP_UPPER, MAP_DI, MAP_APPLICABLE } map_layer;

typedef struct map_args {
    const char *model; /* borrowed from the arguments, as scene */
    const char *scene;
    int relative;
    ptrdiff_t n_cols; /* of the scene */
    ptrdiff_t n_rows;
    ptrdiff_t p;           /* bands of the model */
    int *band;             /* [p] owned: numbers in the scene, from 1 */
    double *scene_nm;      /* [p] owned */
    double *wavelength_nm; /* [p] owned */
    ptrdiff_t wanted;      /* the map_layer, or the band of the fusion model from 0 */
    float nodata;
} map_args;

/* Reads and checks the arguments, without layer and band.
 *
 * texts  "name=value" each; must outlive a
 * a      uninitialised; empty after a failure
 * fails  TL_ARG the sentence says which argument; TL_NOMEM */
tl_code map_args_read(CSLConstList texts, map_args *a, tl_err *err);

/* Reads layer, or band, into wanted.
 *
 * fails  TL_ARG */
tl_code map_args_read_layer(CSLConstList texts, map_args *a, tl_err *err);
tl_code map_args_read_band(CSLConstList texts, map_args *a, tl_err *err);

/* The model must have the bands that it had when the VRT was made.
 *
 * wavelength_nm  [p] of the model
 * fails          TL_SHAPE, TL_DATA */
tl_code map_args_check_model(const map_args *a, ptrdiff_t p, const double *wavelength_nm,
                             tl_err *err);

/* The scene must have the size and the bands that it had when the VRT was made.
 *
 * fails  TL_SHAPE, TL_DATA */
tl_code map_args_check_scene(const map_args *a, const tl_raster_info *info, tl_err *err);

/* Frees; zeroed and already freed owners are fine. */
void map_args_free(map_args *a);

#endif
