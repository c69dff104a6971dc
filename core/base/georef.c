/* SPDX-License-Identifier: GPL-2.0-or-later
 * Affine georeference and true cell sizes; see georef.h. */
#include "base/georef.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/angle_units.h"

tl_code tl_georef_copy(tl_georef *to, const tl_georef *from, tl_err *err) {
    *to = *from;
    to->crs_wkt = NULL;
    if (from->crs_wkt != NULL) {
        to->crs_wkt = tl_copy_text(from->crs_wkt);
        if (to->crs_wkt == NULL) {
            return tl_no_memory(err, "a coordinate reference system");
        }
    }
    return TL_OK;
}

void tl_georef_free(tl_georef *g) {
    if (g != NULL) {
        tl_release(g->crs_wkt);
        *g = (tl_georef){0};
    }
}

void tl_georef_to_map(const tl_georef *g, double col, double row, double *x, double *y) {
    const double *t = g->transform;
    *x = t[0] + col * t[1] + row * t[2];
    *y = t[3] + col * t[4] + row * t[5];
}

tl_code tl_georef_to_cell(const tl_georef *g, double x, double y, double *col, double *row,
                          tl_err *err) {
    const double *t = g->transform;
    const double det = t[1] * t[5] - t[2] * t[4];
    if (!(fabs(det) > 0.0)) {
        return tl_fail(err, TL_DATA, "the raster has no usable georeference (its cell area is 0)");
    }
    *col = ((x - t[0]) * t[5] - (y - t[3]) * t[2]) / det;
    *row = ((y - t[3]) * t[1] - (x - t[0]) * t[4]) / det;
    return TL_OK;
}

/* The cubic through the four points around the position (Lagrange). */
static double interpolate(const double *value, double at) {
    int first = (int)floor(at) - 1;
    first = first < 0 ? 0 : first;
    first = first > TL_MAP_SCALE_POINTS - 4 ? TL_MAP_SCALE_POINTS - 4 : first;
    const double u = at - (double)first;
    const double *v = value + first;
    return v[0] * (u - 1.0) * (u - 2.0) * (u - 3.0) / -6.0 +
           v[1] * u * (u - 2.0) * (u - 3.0) / 2.0 - v[2] * u * (u - 1.0) * (u - 3.0) / 2.0 +
           v[3] * u * (u - 1.0) * (u - 2.0) / 6.0;
}

static void apply_scale(const tl_map_scale *scale, double y, double *dx_m, double *dy_m) {
    const double at = (y - scale->y) / scale->step;
    const double inside = fmin(fmax(at, 0.0), (double)(TL_MAP_SCALE_POINTS - 1));
    *dx_m *= interpolate(scale->across, inside);
    *dy_m *= interpolate(scale->along, inside);
}

tl_code tl_georef_cell_m(const tl_georef *g, ptrdiff_t row, double *dx_m, double *dy_m,
                         tl_err *err) {
    const double *t = g->transform;
    if (fabs(t[2]) > 0.0 || fabs(t[4]) > 0.0) {
        return tl_fail(err, TL_DATA, "the raster is rotated; warp it to a north-up grid first");
    }
    const double dx = fabs(t[1]);
    const double dy = fabs(t[5]);
    if (!(dx > 0.0) || !(dy > 0.0)) {
        return tl_fail(err, TL_DATA, "the raster has a cell size of %g x %g; wanted above 0", dx,
                       dy);
    }
    if (!g->is_geographic) {
        *dx_m = dx * g->metres_per_unit;
        *dy_m = dy * g->metres_per_unit;
        if (g->scale.is_set) {
            apply_scale(&g->scale, t[3] + ((double)row + 0.5) * t[5], dx_m, dy_m);
        }
        return TL_OK;
    }
    if (!(g->semi_major_m > 0.0)) {
        return tl_fail(err, TL_DATA, "the geographic CRS of the raster names no ellipsoid");
    }
    const double f = g->inverse_flattening > 0.0 ? 1.0 / g->inverse_flattening : 0.0;
    const double e2 = f * (2.0 - f);
    const double unit_rad =
        (g->degrees_per_unit > 0.0 ? g->degrees_per_unit : 1.0) * TL_RADIANS_PER_DEGREE;
    const double latitude_rad = (t[3] + ((double)row + 0.5) * t[5]) * unit_rad;
    const double sine = sin(latitude_rad);
    const double w2 = 1.0 - e2 * sine * sine;
    *dx_m = dx * unit_rad * g->semi_major_m * cos(latitude_rad) / sqrt(w2);
    *dy_m = dy * unit_rad * g->semi_major_m * (1.0 - e2) / (w2 * sqrt(w2));
    return TL_OK;
}

int tl_georef_same(const tl_georef *a, const tl_georef *b) {
    const double cell = fmax(fabs(a->transform[1]), fabs(a->transform[5]));
    for (int i = 0; i < 6; i++) {
        if (!(fabs(a->transform[i] - b->transform[i]) <= 1e-6 * cell)) {
            return 0;
        }
    }
    return a->crs_wkt == NULL || b->crs_wkt == NULL || strcmp(a->crs_wkt, b->crs_wkt) == 0;
}
