/* SPDX-License-Identifier: GPL-2.0-or-later
 * The parameter that tools which write scenes share. */
#ifndef TL_RECIPES_SCENE_ARGS_H
#define TL_RECIPES_SCENE_ARGS_H

#include "job/algorithm.h"

/* The choices are in the order of tl_interleave. */
#define TL_SCENE_ARG_INTERLEAVE                                                         \
    {                                                                                   \
        .id = "interleave", .kind = TL_ARG_CHOICE, .label = "Interleave",               \
        .help =                                                                         \
            "Order of the values in the file: band after band, or all bands of a line " \
            "or of a pixel together. GeoTIFF has only band and pixel.",                 \
        .fallback = "band", .advanced = 1, .choices = "band,line,pixel",                \
        .labels = "By band (BSQ)|By line (BIL)|By pixel (BIP)"                          \
    }

#endif
