/* SPDX-License-Identifier: GPL-2.0-or-later
 * The arguments of tilth_map and tilth_fuse, which come as texts from the attributes of a VRT that
 * anyone may have written:
 *
 *   model          absolute path of a property model, or of a fusion model (required)
 *   layer          tilth_map: value (default), lower, upper, di or applicable
 *   band           tilth_fuse: number of the model's band that is wanted, from 1 (required)
 *   wavelength_nm  comma-separated band centres of the model when the VRT was made; when given they
 *                  must still be those of the model, because source i feeds band i without looking
 *                  at wavelengths
 *
 * and those of source_args.h. */
#ifndef TILTH_PLUGIN_MAP_ARGS_H
#define TILTH_PLUGIN_MAP_ARGS_H

#include <cpl_string.h>

#include "base/bands.h"
#include "base/status.h"

/* In the order of tl_prediction. */
typedef enum map_layer { MAP_VALUE, MAP_LOWER, MAP_UPPER, MAP_DI, MAP_APPLICABLE } map_layer;

typedef struct map_args {
    const char *model; /* borrowed from the arguments */
    map_layer layer;   /* of tilth_map */
    ptrdiff_t number;  /* of tilth_fuse: the band wanted, from 0 */
    tl_band *band;     /* [n] owned: scale, offset and NoData of each source */
    ptrdiff_t n;
    double *wavelength_nm; /* [n] owned; NULL when not given */
    float nodata;
} map_args;

/* Reads and checks the arguments.
 *
 * fuse   1: those of tilth_fuse; 0: those of tilth_map
 * texts  "name=value" each; must outlive a
 * a      uninitialised; empty after a failure
 * fails  TL_ARG the sentence says which argument; TL_NOMEM */
tl_code map_args_read(CSLConstList texts, ptrdiff_t n_sources, int fuse, map_args *a, tl_err *err);

/* The model must have as many bands as there are sources, and the same ones as when the VRT was
 * made.
 *
 * wavelength_nm  [p] of the model
 * fails          TL_SHAPE, TL_DATA */
tl_code map_args_check(const map_args *a, ptrdiff_t p, const double *wavelength_nm, tl_err *err);

/* Frees; zeroed and already freed owners are fine. */
void map_args_free(map_args *a);

#endif
