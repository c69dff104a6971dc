/* SPDX-License-Identifier: GPL-2.0-or-later
 * The arguments of tilth_map, which come as texts from the attributes of a VRT that anyone may have
 * written:
 *
 *   model          absolute path of a property model (required)
 *   layer          value (default), lower, upper, di or applicable
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
    map_layer layer;
    tl_band *band; /* [n] owned: scale, offset and NoData of each source */
    ptrdiff_t n;
    double *wavelength_nm; /* [n] owned; NULL when not given */
    float nodata;
} map_args;

/* Reads and checks the arguments.
 *
 * texts  "name=value" each; must outlive a
 * a      uninitialised; empty after a failure
 * fails  TL_ARG the sentence says which argument; TL_NOMEM */
tl_code map_args_read(CSLConstList texts, ptrdiff_t n_sources, map_args *a, tl_err *err);

/* Frees; zeroed and already freed owners are fine. */
void map_args_free(map_args *a);

#endif
