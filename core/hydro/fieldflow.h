/* SPDX-License-Identifier: GPL-2.0-or-later
 * Flow accumulation that stays inside agricultural fields. */
#ifndef TL_HYDRO_FIELDFLOW_H
#define TL_HYDRO_FIELDFLOW_H

#include "base/grid.h"
#include "base/progress.h"
#include "base/status.h"

typedef struct tl_fieldflow_options {
    double convergence; /* exponent of the shares of lower neighbours, in (0, 20] */
    int keep_flats;     /* 1: water that enters a flat stays there, as in SAGA */
    /* 1: the share of lower cells of another field leaves; 0: all goes to the lower cells of the same
     * field */
    int lose_at_border;
} tl_fieldflow_options;

/* Area in m2 that drains through each cell from the cells of its own field, the cell itself
 * included. Water goes to all lower neighbours of the same field (Freeman 1991, nothing mirrored);
 * every field is a DEM of its own whose border is an edge.
 *
 * surface [nrow, ncol] metres, NaN = NoData
 * field   [nrow ncol] number of the field from 1 to n_field; 0 = none
 * area_m2 initialised here, [nrow, ncol]; empty on failure
 * NaN     where surface is NaN, and outside the fields
 * fails   TL_ARG convergence; TL_DATA as tl_terrain_cells_init; TL_NOMEM; TL_CANCELLED
 * cost    O(sum of the rectangles around the fields); 15 bytes per cell of the largest rectangle
 * source  Freeman 1991 Comput. Geosci. 17:413; Desmet & Govers 1996 J. Soil Water Conserv.
 *         51:427 */
tl_code tl_hydro_accumulate_fields(const tl_grid *surface, const int *field, ptrdiff_t n_field,
                                   const tl_fieldflow_options *options, tl_grid *area_m2,
                                   const tl_progress *p, tl_err *err);

#endif
