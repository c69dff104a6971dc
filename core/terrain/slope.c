/* SPDX-License-Identifier: GPL-2.0-or-later
 * Slope and aspect from the 3 x 3 window; see slope.h. */
#include "terrain/slope.h"

#include <math.h>

#include "terrain/cells.h"
#include "terrain/neighbours.h"

static const double pi = 3.14159265358979323846;

/* Height differences to the neighbours with missing ones mirrored through the centre. */
static void differences(const tl_grid *dem, ptrdiff_t row, ptrdiff_t col, double d[TL_NEIGHBOURS]) {
    const double z = (double)dem->data[tl_grid_at(dem, row, col)];
    ptrdiff_t at[TL_NEIGHBOURS];
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        at[i] = tl_neighbour(dem, row, col, i);
        d[i] = at[i] >= 0 ? (double)dem->data[at[i]] - z : 0.0;
    }
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        const int opposite = (i + 4) % TL_NEIGHBOURS;
        if (at[i] < 0 && at[opposite] >= 0) {
            d[i] = -d[opposite];
        }
    }
}

void tl_terrain_gradient(const tl_grid *dem, ptrdiff_t row, ptrdiff_t col, double dx_m, double dy_m,
                         tl_slope_method method, double *north, double *east) {
    double d[TL_NEIGHBOURS];
    differences(dem, row, col, d);
    enum { N, NE, E, SE, S, SW, W, NW };
    /* Weight of the middle pair; 0 diagonals for the 9-parameter polynomial. */
    const double middle = method == TL_SLOPE_HORN ? 2.0 : 1.0;
    if (method == TL_SLOPE_ZEVENBERGEN_THORNE) {
        *north = (d[N] - d[S]) / (2.0 * dy_m);
        *east = (d[E] - d[W]) / (2.0 * dx_m);
        return;
    }
    const double pairs = 2.0 * (middle + 2.0);
    *north = (d[NW] + middle * d[N] + d[NE] - d[SW] - middle * d[S] - d[SE]) / (pairs * dy_m);
    *east = (d[NE] + middle * d[E] + d[SE] - d[NW] - middle * d[W] - d[SW]) / (pairs * dx_m);
}

double tl_terrain_aspect(double north, double east) {
    const int rises_north = north < 0.0 || north > 0.0;
    const int rises_east = east < 0.0 || east > 0.0;
    if (!rises_north && !rises_east) {
        return (double)NAN;
    }
    if (!rises_north) {
        return east > 0.0 ? 1.5 * pi : 0.5 * pi;
    }
    const double aspect = pi + atan2(east, north);
    return aspect < 2.0 * pi ? aspect : 0.0;
}

static double slope_in(tl_slope_unit unit, double north, double east) {
    const double tangent = sqrt(north * north + east * east);
    if (unit == TL_SLOPE_PERCENT) {
        return 100.0 * tangent;
    }
    return unit == TL_SLOPE_DEGREE ? atan(tangent) * 180.0 / pi : atan(tangent);
}

static void one_row(const tl_grid *dem, ptrdiff_t row, const tl_cells *cells,
                    tl_slope_method method, tl_slope_unit unit, tl_grid *slope, tl_grid *aspect) {
    for (ptrdiff_t col = 0; col < dem->ncol; col++) {
        const ptrdiff_t at = tl_grid_at(dem, row, col);
        double angle = (double)NAN;
        double direction = (double)NAN;
        if (!isnan(dem->data[at])) {
            double north;
            double east;
            tl_terrain_gradient(dem, row, col, cells->dx_m[row], cells->dy_m[row], method, &north,
                                &east);
            angle = slope_in(unit, north, east);
            direction = tl_terrain_aspect(north, east);
        }
        if (slope != NULL) {
            slope->data[at] = (float)angle;
        }
        if (aspect != NULL) {
            /* The largest angles round up to a full circle in float; north is 0. */
            const float value = (float)direction;
            aspect->data[at] = value >= (float)(2.0 * pi) ? 0.0F : value;
        }
    }
}

tl_code tl_terrain_slope(const tl_grid *dem, tl_slope_method method, tl_slope_unit unit,
                         tl_grid *slope, tl_grid *aspect, const tl_progress *p, tl_err *err) {
    if (slope != NULL) {
        *slope = (tl_grid){0};
    }
    if (aspect != NULL) {
        *aspect = (tl_grid){0};
    }
    tl_cells cells;
    TL_TRY(tl_cells_init(&cells, dem, "slope", err));
    tl_code code = TL_OK;
    if (slope != NULL) {
        TL_CHECK(tl_grid_init(slope, dem->nrow, dem->ncol, &dem->geo, err));
    }
    if (aspect != NULL) {
        TL_CHECK(tl_grid_init(aspect, dem->nrow, dem->ncol, &dem->geo, err));
    }
    for (ptrdiff_t row = 0; row < dem->nrow; row++) {
        if (row % 64 == 0) {
            TL_CHECK(tl_progress_at(p, (double)row / (double)dem->nrow, err));
        }
        one_row(dem, row, &cells, method, unit, slope, aspect);
    }
    code = tl_progress_at(p, 1.0, err);
done:
    tl_cells_free(&cells);
    if (code != TL_OK) {
        tl_grid_free(slope);
        tl_grid_free(aspect);
    }
    return code;
}
