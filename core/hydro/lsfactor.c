/* SPDX-License-Identifier: GPL-2.0-or-later
 * LS-factor, three published forms; see lsfactor.h. */
#include "hydro/lsfactor.h"

#include <math.h>

#include "hydro/flow.h"
#include "terrain/cells.h"
#include "terrain/slope.h"

/* Length in metres and sine of the slope (9 %) of the unit plot of the equation. */
static const double plot_m = 22.13;
static const double plot_sine = 0.0896;

double tl_ls_moore(double slope_rad, double sca_m) {
    return 1.4 * pow(sca_m / plot_m, 0.4) * pow(sin(slope_rad) / plot_sine, 1.3);
}

double tl_ls_boehner_selige(double slope_rad, double sca_m) {
    const double s = sin(slope_rad);
    const double exponent = slope_rad > 0.0505 ? 0.5 : 3.0 * pow(slope_rad, 0.6);
    return pow(sca_m / plot_m, exponent) * (65.41 * s * s + 4.56 * s + 0.065);
}

double tl_ls_desmet_govers(double slope_rad, double inflow_m2, double cell_m, double x) {
    const double s = sin(slope_rad);
    /* Ratio of rill to interrill erosion, and the exponent it gives (McCool et al. 1989). */
    const double ratio = (s / plot_sine) / (3.0 * pow(s, 0.8) + 0.56);
    const double m = ratio / (1.0 + ratio);
    const double length = (pow(inflow_m2 + cell_m * cell_m, m + 1.0) - pow(inflow_m2, m + 1.0)) /
                          (pow(cell_m, m + 2.0) * pow(x, m) * pow(plot_m, m));
    /* 9 % is the steepness where McCool's two lines meet. */
    const double steepness = slope_rad < atan(0.09) ? 10.8 * s + 0.03 : 16.8 * s - 0.5;
    return length * steepness;
}

static double ls_of_cell(const tl_grid *surface, ptrdiff_t row, ptrdiff_t col, double dx, double dy,
                         double slope, double area, double sca, tl_ls_method method) {
    if (method == TL_LS_MOORE) {
        return tl_ls_moore(slope, sca);
    }
    if (method == TL_LS_BOEHNER_SELIGE) {
        return tl_ls_boehner_selige(slope, sca);
    }
    double north;
    double east;
    tl_terrain_gradient(surface, row, col, dx, dy, TL_SLOPE_ZEVENBERGEN_THORNE, &north, &east);
    const double aspect = tl_terrain_aspect(north, east);
    const double x = isnan(aspect) ? 1.0 : fabs(sin(aspect)) + fabs(cos(aspect));
    return tl_ls_desmet_govers(slope, fmax(area - dx * dy, 0.0), sqrt(dx * dy), x);
}

tl_code tl_hydro_ls(const tl_grid *surface, const tl_grid *slope_rad, const tl_grid *area_m2,
                    tl_ls_method method, tl_grid *ls, tl_err *err) {
    *ls = (tl_grid){0};
    if (slope_rad->nrow != surface->nrow || slope_rad->ncol != surface->ncol) {
        return tl_fail(err, TL_SHAPE,
                       "LS-factor: slope has %td x %td cells, the elevation %td x %td",
                       slope_rad->nrow, slope_rad->ncol, surface->nrow, surface->ncol);
    }
    tl_cells cells = {0};
    tl_grid sca = {0};
    tl_code code = TL_OK;
    TL_CHECK(tl_hydro_sca(surface, area_m2, &sca, err));
    TL_CHECK(tl_cells_init(&cells, surface, "LS-factor", err));
    TL_CHECK(tl_grid_init(ls, surface->nrow, surface->ncol, &surface->geo, err));
    for (ptrdiff_t row = 0; row < surface->nrow; row++) {
        for (ptrdiff_t col = 0; col < surface->ncol; col++) {
            const ptrdiff_t at = tl_grid_at(surface, row, col);
            const double slope = (double)slope_rad->data[at];
            ls->data[at] = NAN;
            if (!isnan(slope) && !isnan(sca.data[at])) {
                ls->data[at] =
                    (float)ls_of_cell(surface, row, col, cells.dx_m[row], cells.dy_m[row], slope,
                                      (double)area_m2->data[at], (double)sca.data[at], method);
            }
        }
    }
done:
    tl_grid_free(&sca);
    tl_cells_free(&cells);
    if (code != TL_OK) {
        tl_grid_free(ls);
    }
    return code;
}
