/* SPDX-License-Identifier: GPL-2.0-or-later
 * The units of an elevation model: of its heights and of its map. */
#ifndef TL_RECIPES_DEM_UNITS_H
#define TL_RECIPES_DEM_UNITS_H

#include "job/algorithm.h"

/* Descriptor of the parameter, which every tool with an elevation model `dem` has. */
#define TL_HEIGHTS_ARG_FACTOR                                                                      \
    {                                                                                              \
        .id = "z_factor", .kind = TL_ARG_NUMBER, .label = "Metres per unit of height", .unit = "", \
        .help =                                                                                    \
            "Factor that turns the elevations into metres, for example 0.3048 for feet. 0 uses "   \
            "the unit that the file names, or metres when it names none.",                         \
        .fallback = "0", .advanced = 1, .min = 0, .max = 1e6                                       \
    }

/* Metres per unit of height of dem: the parameter z_factor, else by the unit of the band, else by the
 * height unit of its CRS, else 1. A factor other than 1 that the file decides is logged.
 *
 * fails  TL_DATA the unit is unknown */
tl_code tl_recipes_height_factor(const tl_job *job, double *factor, tl_err *err);

/* Refuses a dem that is rotated or has no grid on the ground. Treats degrees and the metres of any
 * map as metres on the Earth, with a warning, where the parameter compatible, if the tool has it, asks
 * for SAGA's numbers.
 *
 * geo    in and out: of dem
 * fails  TL_DATA the raster is rotated, not georeferenced, or placed by control points only */
tl_code tl_recipes_settle_position(const tl_job *job, tl_georef *geo, tl_err *err);

#endif
