/* SPDX-License-Identifier: GPL-2.0-or-later
 * Topographic wetness index. */
#ifndef TL_HYDRO_WETNESS_H
#define TL_HYDRO_WETNESS_H

#include "base/grid.h"
#include "base/status.h"

/* Smallest tan(slope) that enters the index, so that flat cells stay finite. */
#define TL_TWI_MIN_TAN 0.001

/* TWI of one cell: ln(sca_m / max(tan(slope_rad), TL_TWI_MIN_TAN)).
 *
 * NaN  when either is NaN, the slope is negative, or sca_m is not above 0 */
double tl_twi(double slope_rad, double sca_m);

/* TWI of every cell: ln(sca / max(tan(slope), TL_TWI_MIN_TAN)).
 *
 * slope_rad [nrow, ncol] radians in [0, pi/2)
 * sca       [nrow, ncol] specific catchment area, m2 per m
 * twi       initialised here, [nrow, ncol], no unit
 * NaN       where an input is NaN, and where sca is not above 0
 * fails     TL_SHAPE; TL_NOMEM
 * source    Beven & Kirkby 1979 Hydrol. Sci. Bull. 24:43 */
tl_code tl_hydro_twi(const tl_grid *slope_rad, const tl_grid *sca, tl_grid *twi, tl_err *err);

#endif
