/* SPDX-License-Identifier: GPL-2.0-or-later
 * Slope, aspect and curvatures of an elevation model. */
#ifndef TL_TERRAIN_GRADIENT_H
#define TL_TERRAIN_GRADIENT_H

#include <stddef.h>

#include "base/grid.h"
#include "base/progress.h"
#include "base/status.h"
#include "terrain/cells.h"

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

/* Gradient at one valid cell. A missing neighbour (outside or NoData) is replaced by the mirrored
 * height of the opposite one, z_i = 2 z - z_(i+4); where both are missing the difference is 0.
 *
 * dem     metres; the cell itself must not be NaN
 * dx_m    width of the cells of that row, metres
 * dy_m    their height, metres
 * north   out: rise in metres per metre towards north
 * east    out: the same towards east
 * source  as tl_terrain_slope */
void tl_terrain_gradient(const tl_grid *dem, ptrdiff_t row, ptrdiff_t col, double dx_m, double dy_m,
                         tl_slope_method method, double *north, double *east);

/* Slope of a gradient in that unit; NaN when either part is. */
double tl_terrain_steepness(tl_slope_unit unit, double north, double east);

/* Slopes of a row of gradients, the same floats as tl_terrain_steepness returns.
 *
 * north, east  [n]
 * out          [n] */
void tl_terrain_steepness_row(tl_slope_unit unit, const double *north, const double *east,
                              ptrdiff_t n, float *out);

/* Direction of descent of a gradient: radians in [0, 2 pi), 0 = north, clockwise; NaN when flat. */
double tl_terrain_aspect(double north, double east);

/* The same as a float; what would round up to a full circle is 0. */
float tl_terrain_aspect_stored(double north, double east);

/* Gradients of a whole row, the same numbers as tl_terrain_gradient.
 *
 * cells  of dem
 * north  [ncol] out: rise in metres per metre towards north; NaN in NoData cells
 * east   [ncol] out: the same towards east */
void tl_terrain_gradient_row(const tl_grid *dem, ptrdiff_t row, const tl_cells *cells,
                             tl_slope_method method, double *north, double *east);

/* Curvatures of the surface of Zevenbergen and Thorne, named as in SAGA; 1/m, total 1/m2. With p
 * the rise to the north, q to the east, k = p^2 + q^2, and r, t, s half the second derivatives
 * (north-south, east-west, mixed):
 * general -2 (r+t); profile -(r p^2 + t q^2 + 2 s p q) / (k (1+k)^1.5); plan -(t p^2 + r q^2 -
 * 2 s p q) / k^1.5; tangential the same over k (1+k)^0.5; longitudinal -2 (r p^2 + t q^2 + s p q)
 * / k; cross-sectional -2 (t p^2 + r q^2 - s p q) / k; minimal and maximal -(r+t)/2 -+
 * sqrt((r-t)^2/2 + s^2); total r^2 + 2 s^2 + t^2; flow line (p^2 - q^2) s - p q (r-t). */
typedef enum tl_curvature {
    TL_CURVATURE_GENERAL = 0,
    TL_CURVATURE_PROFILE,
    TL_CURVATURE_PLAN,
    TL_CURVATURE_TANGENTIAL,
    TL_CURVATURE_LONGITUDINAL,
    TL_CURVATURE_CROSS_SECTIONAL,
    TL_CURVATURE_MINIMAL,
    TL_CURVATURE_MAXIMAL,
    TL_CURVATURE_TOTAL,
    TL_CURVATURE_FLOW_LINE,
    TL_CURVATURES
} tl_curvature;

/* What tl_terrain_shape computes; NULL = not wanted. The grids are initialised there, [nrow,
 * ncol]. */
typedef struct tl_shape {
    tl_grid *slope;  /* in the unit asked for; 0 where flat */
    tl_grid *aspect; /* direction of descent, radians in [0, 2 pi), 0 = north, clockwise; NaN where
                        flat */
    tl_grid *curvature; /* [TL_CURVATURES]; all 0 where the gradient is 0, as in SAGA */
} tl_shape;

/* Slope, aspect and curvatures of every cell; true cell sizes per row, so degrees and non-square
 * cells are right.
 *
 * dem     [nrow, ncol] metres, NaN = NoData, row 0 north; read only
 * method  surface of slope and aspect; curvatures are always those of Zevenbergen & Thorne
 * threads maximum number of threads; the result does not depend on it
 * NaN     exactly where dem is NaN (and the flat cells of aspect); no border is lost
 * fails   TL_DATA all NoData, infinite heights, no usable cell size; TL_NOMEM; TL_CANCELLED;
 *         the grids are then empty
 * cost    O(nrow ncol), memory of the outputs
 * source  Zevenbergen & Thorne 1987 ESPL 12:47; Horn 1981 Proc. IEEE 69:14;
 *         Evans 1980 Z. Geomorph. 36:274 */
tl_code tl_terrain_shape(const tl_grid *dem, tl_slope_method method, tl_slope_unit unit,
                         const tl_shape *out, int threads, const tl_progress *p, tl_err *err);

/* The slope and the aspect of tl_terrain_shape, on one thread; slope or aspect may be NULL. */
tl_code tl_terrain_slope(const tl_grid *dem, tl_slope_method method, tl_slope_unit unit,
                         tl_grid *slope, tl_grid *aspect, const tl_progress *p, tl_err *err);

#endif
