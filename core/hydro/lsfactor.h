/* SPDX-License-Identifier: GPL-2.0-or-later
 * Slope length and steepness factor (LS) of the universal soil loss equation. */
#ifndef TL_HYDRO_LSFACTOR_H
#define TL_HYDRO_LSFACTOR_H

#include "base/grid.h"
#include "base/status.h"

typedef enum tl_ls_method {
    TL_LS_MOORE = 0,     /* Moore, Grayson & Ladson 1991 */
    TL_LS_DESMET_GOVERS, /* Desmet & Govers 1996, steepness of McCool et al. 1987 */
    TL_LS_BOEHNER_SELIGE /* Boehner & Selige 2006 */
} tl_ls_method;

/* LS of one cell.
 *
 * slope_rad  slope in radians, in [0, pi/2)
 * sca_m      specific catchment area, m2 per m
 * gives      1.4 (sca / 22.13)^0.4 (sin(slope) / 0.0896)^1.3, no unit
 * NaN        when either is NaN
 * source     Moore, Grayson & Ladson 1991, Hydrol. Process. 5:3 */
double tl_ls_moore(double slope_rad, double sca_m);

/* LS of one cell: (sca / 22.13)^k (65.41 s^2 + 4.56 s + 0.065) with s = sin(slope), and k = 0.5
 * above 0.0505 rad, 3 slope^0.6 below. Arguments and NaN are those of tl_ls_moore.
 *
 * source  Boehner & Selige 2006, Goettinger Geogr. Abh. 115:13 */
double tl_ls_boehner_selige(double slope_rad, double sca_m);

/* LS of one cell from the area that drains into it.
 *
 * slope_rad  slope in radians, in [0, pi/2)
 * inflow_m2  area that drains into the cell, without its own
 * cell_m     side of the cell in metres
 * x          |sin a| + |cos a| for the direction of descent a
 * gives      no unit
 * NaN        when any argument is NaN
 * source     length: Desmet & Govers 1996, J. Soil Water Conserv. 51:427; its exponent: McCool et
 *            al. 1989, Trans. ASAE 32:1571; steepness: McCool et al. 1987, Trans. ASAE 30:1387 */
double tl_ls_desmet_govers(double slope_rad, double inflow_m2, double cell_m, double x);

/* LS of every cell of a filled surface.
 *
 * surface   [nrow, ncol] metres; gives cell sizes and the direction of flow
 * slope_rad [nrow, ncol] slope of that surface, radians
 * area_m2   [nrow, ncol] catchment area including the cell, m2
 * ls        initialised here, [nrow, ncol], no unit
 * NaN       where any input is NaN
 * fails     TL_SHAPE; TL_DATA; TL_NOMEM */
tl_code tl_hydro_ls(const tl_grid *surface, const tl_grid *slope_rad, const tl_grid *area_m2,
                    tl_ls_method method, tl_grid *ls, tl_err *err);

#endif
