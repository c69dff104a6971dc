/* SPDX-License-Identifier: GPL-2.0-or-later
 * Slope and aspect of an elevation model. */
#ifndef TL_TERRAIN_SLOPE_H
#define TL_TERRAIN_SLOPE_H

#include <stddef.h>

#include "base/grid.h"
#include "base/progress.h"
#include "base/status.h"

typedef enum tl_slope_method {
    TL_SLOPE_ZEVENBERGEN_THORNE = 0, /* four orthogonal neighbours (Zevenbergen & Thorne 1987) */
    TL_SLOPE_HORN,                   /* eight neighbours weighted 1, 2, 1 (Horn 1981) */
    TL_SLOPE_EVANS                   /* eight neighbours weighted 1, 1, 1 (Evans 1980) */
} tl_slope_method;

typedef enum tl_slope_unit {
    TL_SLOPE_RADIAN = 0,
    TL_SLOPE_DEGREE,
    TL_SLOPE_PERCENT /* 100 tan(slope) */
} tl_slope_unit;

/* Gradient at one valid cell. A missing neighbour (outside or NoData) takes the mirrored height of
 * the opposite one, z_i = 2 z - z_(i+4); where both are missing the difference is 0.
 *
 * dem     metres; the cell itself must not be NaN
 * dx_m    width of the cells of that row, metres
 * dy_m    their height, metres
 * north   out: rise in metres per metre towards north
 * east    out: the same towards east
 * source  as tl_terrain_slope */
void tl_terrain_gradient(const tl_grid *dem, ptrdiff_t row, ptrdiff_t col, double dx_m, double dy_m,
                         tl_slope_method method, double *north, double *east);

/* Direction of descent of a gradient: radians in [0, 2 pi), 0 = north, clockwise; NaN when flat. */
double tl_terrain_aspect(double north, double east);

/* Slope and aspect of every cell; true cell sizes per row, so degrees and non-square cells are
 * right.
 *
 * dem    [nrow, ncol] metres, NaN = NoData, row 0 north; read only
 * slope  initialised here, [nrow, ncol] in the unit asked for; 0 where flat; NULL = not wanted
 * aspect initialised here, [nrow, ncol] direction of descent, always in radians: [0, 2 pi),
 *        0 = north, clockwise; NaN where flat; NULL = not wanted
 * NaN    exactly where dem is NaN (and the flat cells of aspect); no border is lost
 * fails  TL_DATA all NoData, infinite heights, no usable cell size; TL_NOMEM; TL_CANCELLED;
 *        slope and aspect hold nothing then
 * cost   O(nrow ncol), memory of the outputs
 * source Zevenbergen & Thorne 1987 ESPL 12:47; Horn 1981 Proc. IEEE 69:14;
 *        Evans 1980 Z. Geomorph. 36:274 */
tl_code tl_terrain_slope(const tl_grid *dem, tl_slope_method method, tl_slope_unit unit,
                         tl_grid *slope, tl_grid *aspect, const tl_progress *p, tl_err *err);

#endif
