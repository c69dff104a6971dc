/* SPDX-License-Identifier: GPL-2.0-or-later
 * The parameter that tools which write scenes share. */
#ifndef TL_RECIPES_SCENE_ARGS_H
#define TL_RECIPES_SCENE_ARGS_H

#include "job/algorithm.h"

/* Its choices are in the order of tl_interleave. */
#define TL_SCENE_ARG_INTERLEAVE                                                        \
    {                                                                                  \
        .id = "interleave", .kind = TL_ARG_CHOICE, .label = "Interleave",              \
        .help =                                                                        \
            "Band after band, or all bands of a line or of a pixel together. GeoTIFF " \
            "knows band and pixel only.",                                              \
        .fallback = "band", .advanced = 1, .choices = "band,line,pixel"                \
    }

#endif
