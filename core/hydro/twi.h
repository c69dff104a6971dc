/* SPDX-License-Identifier: GPL-2.0-or-later
 * Topographic wetness index. */
#ifndef TL_HYDRO_TWI_H
#define TL_HYDRO_TWI_H

#include "base/grid.h"
#include "base/status.h"

/* Smallest tan(slope) that enters the index, so that flat cells stay finite. */
#define TL_TWI_MIN_TAN 0.001

/* TWI of one cell: ln(sca_m / max(tan(slope_rad), TL_TWI_MIN_TAN)).
 *
 * NaN  when either is NaN, the slope is negative, or sca_m is not above 0 */
double tl_hydro_twi_of(double slope_rad, double sca_m);

/* TWI of every cell: ln(sca / max(tan(slope), TL_TWI_MIN_TAN)).
 *
 * slope_rad [nrow, ncol] radians in [0, pi/2)
 * sca       [nrow, ncol] specific catchment area, m2 per m
 * twi       initialised here, [nrow, ncol], no unit
 * NaN       where an input is NaN, and where sca is not above 0
 * fails     TL_SHAPE; TL_NOMEM
 * source    Beven & Kirkby 1979 Hydrol. Sci. Bull. 24:43 */
tl_code tl_hydro_twi(const tl_grid *slope_rad, const tl_grid *sca, tl_grid *twi, tl_err *err);

/* Smallest transmissivity that enters the index. */
#define TL_TWI_MIN_TRANSMISSIVITY 0.001

/* The reference of the index of TOPMODEL. */
typedef enum tl_topmodel_form {
    TL_TOPMODEL_MEANS = 0, /* the means over the area */
    /* the means as SAGA 8.5 computes them: divided once more by the area of a cell in m2, and with 1 as
     * the sum of ln(transmissivity) per cell without one */
    TL_TOPMODEL_SAGA
} tl_topmodel_form;

/* Subtracts ln(max(T, TL_TWI_MIN_TRANSMISSIVITY)) from the index: ln(a / (T tan(slope))).
 *
 * twi            [nrow, ncol] changed in place
 * transmissivity [nrow, ncol] T, any unit of length squared per time
 * NaN            where an input is NaN
 * fails          TL_SHAPE */
tl_code tl_hydro_twi_transmit(tl_grid *twi, const tl_grid *transmissivity, tl_err *err);

/* Turns the index into that of TOPMODEL, the wetness of a cell minus that of the whole area:
 * (ln(a/tan(slope)) - mean of it) - (ln T - mean of it). Means are weighted by the area of cells.
 *
 * twi            [nrow, ncol] ln(a / tan(slope)); changed in place
 * transmissivity [nrow, ncol] as above; NULL = the same everywhere
 * cell_m2        [nrow] area of the cells of a row
 * NaN            where an input is NaN
 * fails          TL_SHAPE
 * source         Beven & Kirkby 1979 Hydrol. Sci. Bull. 24:43 */
tl_code tl_hydro_topmodel(tl_grid *twi, const tl_grid *transmissivity, const double *cell_m2,
                          tl_topmodel_form form, tl_err *err);

#endif
