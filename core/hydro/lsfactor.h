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

/* One cell: slope in radians, sca in m2 per m. */
double tl_ls_moore(double slope_rad, double sca_m);
double tl_ls_boehner_selige(double slope_rad, double sca_m);

/* One cell: inflow_m2 is the area draining into the cell (without its own), cell_m the side of the
 * cell, x = |sin a| + |cos a| for the direction of descent a. */
double tl_ls_desmet_govers(double slope_rad, double inflow_m2, double cell_m, double x);

/* LS of every cell of a filled surface.
 *
 * surface   [nrow, ncol] metres; gives cell sizes and the direction of flow
 * slope_rad slope of that surface, radians, same shape
 * area_m2   catchment area including the cell, m2, same shape
 * ls        initialised here, no unit; NaN where any input is
 * fails     TL_SHAPE; TL_DATA; TL_NOMEM */
tl_code tl_hydro_ls(const tl_grid *surface, const tl_grid *slope_rad, const tl_grid *area_m2,
                    tl_ls_method method, tl_grid *ls, tl_err *err);

#endif
