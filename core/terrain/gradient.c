/* SPDX-License-Identifier: GPL-2.0-or-later
 * Slope, aspect and curvatures from the 3 x 3 window; see gradient.h. */
#include "terrain/gradient.h"

#include <math.h>

#include "base/alloc.h"
#include "base/angle_units.h"
#include "base/minmax.h"
#include "base/parfor.h"
#include "base/wide.h"
#include "num/rowmath.h"
#include "terrain/cells.h"
#include "terrain/neighbours.h"

/* Height differences to the neighbours; a missing one is mirrored through the centre. */
static void differences(const tl_grid *dem, ptrdiff_t row, ptrdiff_t col, double d[TL_NEIGHBOURS]) {
    const double z = (double)dem->data[tl_grid_at(dem, row, col)];
    ptrdiff_t at[TL_NEIGHBOURS];
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        at[i] = tl_terrain_neighbour(dem, row, col, i);
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
        return (double)NAN; /* flat, or NaN in both */
    }
    if (!rises_north) {
        return east > 0.0 ? 1.5 * TL_PI : 0.5 * TL_PI;
    }
    const double aspect = TL_PI + atan2(east, north);
    return aspect < 2.0 * TL_PI ? aspect : 0.0;
}

float tl_terrain_aspect_stored(double north, double east) {
    /* The largest angles round up to a full circle in float; north is 0. */
    const float value = (float)tl_terrain_aspect(north, east);
    return value >= (float)(2.0 * TL_PI) ? 0.0F : value;
}

double tl_terrain_steepness(tl_slope_unit unit, double north, double east) {
    const double tangent = sqrt(north * north + east * east);
    if (unit == TL_SLOPE_PERCENT) {
        return 100.0 * tangent;
    }
    return unit == TL_SLOPE_DEGREE ? atan(tangent) * 180.0 / TL_PI : atan(tangent);
}

enum { PART = 256 }; /* cells that are computed side by side */

/* Gradients of the cells 1 .. ncol - 2 of a row from the four neighbours. One that is missing makes
 * the gradient NaN; heights are never infinite, so there is no other cause. */
TL_AVX2_CLONES static void inner_gradients(const float *restrict z, ptrdiff_t ncol, double dx,
                                           double dy, double *restrict north,
                                           double *restrict east) {
    const double two_dx = 2.0 * dx;
    const double two_dy = 2.0 * dy;
    for (ptrdiff_t col = 1; col < ncol - 1; col++) {
        const double own = (double)z[col];
        const double up = (double)z[col - ncol] - own;
        const double down = (double)z[col + ncol] - own;
        const double right = (double)z[col + 1] - own;
        const double left = (double)z[col - 1] - own;
        north[col] = (up - down) / two_dy;
        east[col] = (right - left) / two_dx;
    }
}

void tl_terrain_gradient_row(const tl_grid *dem, ptrdiff_t row, const tl_cells *cells,
                             tl_slope_method method, double *north, double *east) {
    const double dx = cells->dx_m[row];
    const double dy = cells->dy_m[row];
    const float *z = dem->data + row * dem->ncol;
    const int has_fast_part =
        method == TL_SLOPE_ZEVENBERGEN_THORNE && row > 0 && row + 1 < dem->nrow;
    const ptrdiff_t last = dem->ncol - 1;
    if (has_fast_part) {
        inner_gradients(z, dem->ncol, dx, dy, north, east);
    }
    for (ptrdiff_t col = 0; col < dem->ncol; col++) {
        const int is_done =
            has_fast_part && col > 0 && col < last && !isnan(north[col] + east[col]);
        if (is_done) {
            continue;
        }
        if (isnan(z[col])) {
            north[col] = (double)NAN;
            east[col] = (double)NAN;
        } else {
            tl_terrain_gradient(dem, row, col, dx, dy, method, &north[col], &east[col]);
        }
    }
}

TL_AVX2_CLONES static void tangents_of(const double *restrict north, const double *restrict east,
                                       double factor, double *restrict tangent, ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < n; i++) {
        tangent[i] = factor * sqrt(north[i] * north[i] + east[i] * east[i]);
    }
}

/* Rounds values that are known to TL_ROW_ERROR.
 *
 * returns how many of them are so close to a rounding limit that their float is not certain */
TL_WIDE_CLONES static int round_known(const double *restrict value, float *restrict out,
                                      ptrdiff_t n) {
    int unknown = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        const float low = (float)(value[i] * (1.0 - TL_ROW_ERROR));
        const float high = (float)(value[i] * (1.0 + TL_ROW_ERROR));
        out[i] = low;
        unknown += low == high ? 0 : 1;
    }
    return unknown;
}

static int is_known(double value) {
    return (float)(value * (1.0 - TL_ROW_ERROR)) >= (float)(value * (1.0 + TL_ROW_ERROR));
}

void tl_terrain_steepness_row(tl_slope_unit unit, const double *north, const double *east,
                              ptrdiff_t n, float *out) {
    double tangent[PART];
    double angle[PART];
    for (ptrdiff_t i0 = 0; i0 < n; i0 += PART) {
        const ptrdiff_t m = tl_min(n - i0, PART);
        if (unit == TL_SLOPE_PERCENT) {
            tangents_of(north + i0, east + i0, 100.0, tangent, m);
            for (ptrdiff_t i = 0; i < m; i++) {
                out[i0 + i] = (float)tangent[i];
            }
            continue;
        }
        tangents_of(north + i0, east + i0, 1.0, tangent, m);
        tl_num_row_atan(tangent, angle, m);
        for (ptrdiff_t i = 0; unit == TL_SLOPE_DEGREE && i < m; i++) {
            angle[i] = angle[i] * 180.0 / TL_PI;
        }
        if (round_known(angle, out + i0, m) == 0) {
            continue;
        }
        for (ptrdiff_t i = 0; i < m; i++) {
            if (!is_known(angle[i])) {
                out[i0 + i] = (float)tl_terrain_steepness(unit, north[i0 + i], east[i0 + i]);
            }
        }
    }
}

/* One block of rows. */
typedef struct shaping {
    const tl_grid *dem;
    const tl_cells *cells;
    tl_slope_method method;
    tl_slope_unit unit;
    const tl_shape *out;
} shaping;

enum { ROWS_PER_BLOCK = 64 };

static void curve_cell(const shaping *s, ptrdiff_t row, ptrdiff_t col, double p, double q) {
    enum { N, NE, E, SE, S, SW, W, NW };
    const ptrdiff_t at = tl_grid_at(s->dem, row, col);
    tl_grid *c = s->out->curvature;
    const double k = p * p + q * q;
    if (!(k > 0.0)) {
        for (int i = 0; i < TL_CURVATURES; i++) {
            c[i].data[at] = isnan(k) ? NAN : 0.0F;
        }
        return;
    }
    double d[TL_NEIGHBOURS];
    differences(s->dem, row, col, d);
    const double dx = s->cells->dx_m[row];
    const double dy = s->cells->dy_m[row];
    const double r = (d[S] + d[N]) / (2.0 * dy * dy);
    const double t = (d[W] + d[E]) / (2.0 * dx * dx);
    const double m = (d[SW] - d[NW] - d[SE] + d[NE]) / (4.0 * dx * dy);
    const double along = r * p * p + t * q * q;
    const double across = t * p * p + r * q * q;
    const double mixed = m * p * q;
    const double spread = sqrt(0.5 * (r - t) * (r - t) + m * m);
    c[TL_CURVATURE_GENERAL].data[at] = (float)(-2.0 * (r + t));
    c[TL_CURVATURE_PROFILE].data[at] = (float)(-(along + 2.0 * mixed) / (k * pow(1.0 + k, 1.5)));
    c[TL_CURVATURE_PLAN].data[at] = (float)(-(across - 2.0 * mixed) / pow(k, 1.5));
    c[TL_CURVATURE_TANGENTIAL].data[at] = (float)(-(across - 2.0 * mixed) / (k * sqrt(1.0 + k)));
    c[TL_CURVATURE_LONGITUDINAL].data[at] = (float)(-2.0 * (along + mixed) / k);
    c[TL_CURVATURE_CROSS_SECTIONAL].data[at] = (float)(-2.0 * (across - mixed) / k);
    c[TL_CURVATURE_MINIMAL].data[at] = (float)(-0.5 * (r + t) - spread);
    c[TL_CURVATURE_MAXIMAL].data[at] = (float)(-0.5 * (r + t) + spread);
    c[TL_CURVATURE_TOTAL].data[at] = (float)(r * r + 2.0 * m * m + t * t);
    c[TL_CURVATURE_FLOW_LINE].data[at] = (float)((p * p - q * q) * m - p * q * (r - t));
}

static void shape_row(const shaping *s, ptrdiff_t row, double *north, double *east) {
    const ptrdiff_t ncol = s->dem->ncol;
    tl_terrain_gradient_row(s->dem, row, s->cells, s->method, north, east);
    if (s->out->slope != NULL) {
        float *slope = s->out->slope->data + row * ncol;
        tl_terrain_steepness_row(s->unit, north, east, ncol, slope);
    }
    if (s->out->aspect != NULL) {
        float *aspect = s->out->aspect->data + row * ncol;
        for (ptrdiff_t col = 0; col < ncol; col++) {
            aspect[col] = tl_terrain_aspect_stored(north[col], east[col]);
        }
    }
    if (s->out->curvature != NULL) {
        if (s->method != TL_SLOPE_ZEVENBERGEN_THORNE) {
            tl_terrain_gradient_row(s->dem, row, s->cells, TL_SLOPE_ZEVENBERGEN_THORNE, north,
                                    east);
        }
        for (ptrdiff_t col = 0; col < ncol; col++) {
            curve_cell(s, row, col, north[col], east[col]);
        }
    }
}

static tl_code shape_block(void *arg, ptrdiff_t block, tl_err *err) {
    const shaping *s = arg;
    const ptrdiff_t ncol = s->dem->ncol;
    double *gradient = tl_acquire(2 * ncol, sizeof *gradient);
    if (gradient == NULL) {
        return tl_no_memory(err, "the slopes of a row of %td cells", ncol);
    }
    for (ptrdiff_t row = block * ROWS_PER_BLOCK;
         row < (block + 1) * ROWS_PER_BLOCK && row < s->dem->nrow; row++) {
        shape_row(s, row, gradient, gradient + ncol);
    }
    tl_release(gradient);
    return TL_OK;
}

static void free_shape(const tl_shape *out) {
    tl_grid_free(out->slope);
    tl_grid_free(out->aspect);
    for (int i = 0; out->curvature != NULL && i < TL_CURVATURES; i++) {
        tl_grid_free(&out->curvature[i]);
    }
}

static tl_code init_shape(const tl_grid *dem, const tl_shape *out, tl_err *err) {
    if (out->slope != NULL) {
        TL_TRY(tl_grid_init(out->slope, dem->nrow, dem->ncol, &dem->geo, err));
    }
    if (out->aspect != NULL) {
        TL_TRY(tl_grid_init(out->aspect, dem->nrow, dem->ncol, &dem->geo, err));
    }
    for (int i = 0; out->curvature != NULL && i < TL_CURVATURES; i++) {
        TL_TRY(tl_grid_init(&out->curvature[i], dem->nrow, dem->ncol, &dem->geo, err));
    }
    return TL_OK;
}

tl_code tl_terrain_shape(const tl_grid *dem, tl_slope_method method, tl_slope_unit unit,
                         const tl_shape *out, int threads, const tl_progress *p, tl_err *err) {
    if (out->slope != NULL) {
        *out->slope = (tl_grid){0};
    }
    if (out->aspect != NULL) {
        *out->aspect = (tl_grid){0};
    }
    for (int i = 0; out->curvature != NULL && i < TL_CURVATURES; i++) {
        out->curvature[i] = (tl_grid){0};
    }
    tl_cells cells;
    TL_TRY(tl_terrain_cells_init(&cells, dem, "slope", err));
    shaping s = {.dem = dem, .cells = &cells, .method = method, .unit = unit, .out = out};
    tl_code code = init_shape(dem, out, err);
    if (code == TL_OK) {
        code = tl_parfor(threads, (dem->nrow + ROWS_PER_BLOCK - 1) / ROWS_PER_BLOCK, shape_block,
                         &s, p, err);
    }
    tl_terrain_cells_free(&cells);
    if (code != TL_OK) {
        free_shape(out);
    }
    return code;
}

tl_code tl_terrain_slope(const tl_grid *dem, tl_slope_method method, tl_slope_unit unit,
                         tl_grid *slope, tl_grid *aspect, const tl_progress *p, tl_err *err) {
    const tl_shape out = {.slope = slope, .aspect = aspect};
    return tl_terrain_shape(dem, method, unit, &out, 1, p, err);
}
