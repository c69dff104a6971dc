/* SPDX-License-Identifier: GPL-2.0-or-later
 * Factors of a drained surface row by row; see factors.h. */
#include "hydro/factors.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/parfor.h"
#include "base/wide.h"
#include "hydro/twi.h"
#include "num/exponential.h"
#include "num/rowmath.h"

/* A flat cell counts as facing -1 rad, as in SAGA: |cos| and |sin| of it. */
static const double flat_cos = 0.54030230586813971740;
static const double flat_sin = 0.84147098480789650665;

/* One cell: values that several factors use. */
typedef struct cell {
    double dx, dy;
    double tangent; /* of the slope */
    double along;   /* |cos| and |sin| of the direction of descent; of a flat cell as above */
    double across;
    double sca;
    double log_sca;
    double area;
} cell;

static double ls_of(const tl_factor_source *source, const cell *c) {
    double tangent = c->tangent;
    double slope = atan(tangent);
    if (source->field_based && slope < TL_LS_FIELD_MIN_SLOPE) {
        slope = TL_LS_FIELD_MIN_SLOPE;
        tangent = tan(slope);
    }
    if (source->ls_method == TL_LS_MOORE) {
        /* log sin = log tan - log(1 + tan^2) / 2 */
        return tl_hydro_ls_moore_of_logs(log(tangent) - 0.5 * log1p(tangent * tangent), c->log_sca);
    }
    if (source->ls_method == TL_LS_BOEHNER_SELIGE) {
        return tl_hydro_ls_boehner_selige(slope, c->sca);
    }
    const double side = sqrt(c->dx * c->dy);
    const double x = c->tangent > 0.0 ? c->along + c->across : 1.0;
    if (source->ls_form == TL_LS_SAGA) {
        return tl_hydro_ls_desmet_govers(slope, c->sca, side, source->field_based ? x : 1.0);
    }
    return tl_hydro_ls_desmet_govers(slope, fmax(c->area - c->dx * c->dy, 0.0), side, x);
}

/* The columns of one row that need the area. at: index of the first cell; to: index in the output
 * rows. */
static void area_factors(const tl_factor_source *source, ptrdiff_t row, ptrdiff_t col, double north,
                         double east, ptrdiff_t to, float *const out[TL_FACTORS]) {
    cell c = {.dx = source->cells->dx_m[row], .dy = source->cells->dy_m[row]};
    c.area = (double)source->area_m2->data[tl_grid_at(source->area_m2, row, col)];
    c.tangent = sqrt(north * north + east * east);
    const int slopes = c.tangent > 0.0;
    c.along = slopes ? fabs(north) / c.tangent : flat_cos;
    c.across = slopes ? fabs(east) / c.tangent : flat_sin;
    const double width = source->cell_width ? sqrt(c.dx * c.dy) : c.along * c.dx + c.across * c.dy;
    c.sca = c.area / width;
    if (out[TL_FACTOR_SCA] != NULL) {
        out[TL_FACTOR_SCA][to] = isnan(north) ? NAN : (float)c.sca;
    }
    if (isnan(north) || isnan(c.area)) {
        c.log_sca = (double)NAN;
    } else {
        c.log_sca = log(c.sca);
    }
    if (out[TL_FACTOR_TWI] != NULL) {
        const double steep = tl_max_double(c.tangent, TL_TWI_MIN_TAN);
        out[TL_FACTOR_TWI][to] = c.sca > 0.0 ? (float)(c.log_sca - log(steep)) : NAN;
    }
    if (out[TL_FACTOR_LS] != NULL) {
        out[TL_FACTOR_LS][to] = isnan(c.log_sca) ? NAN : (float)ls_of(source, &c);
    }
}

enum { PART = 256 }; /* cells that are computed together */

/* The values of area_factors for some cells at once, in the lanes of the processor. */
typedef struct part {
    double tangent[PART];
    double sca[PART];
    double log_sca[PART];
    double steep[PART]; /* tangent, but no less than TL_TWI_MIN_TAN */
    double log[PART];
    double value[PART];
    double other[PART];
    unsigned char unknown[PART]; /* 1: a result is not known to the last bit of its float */
} part;

/* side: width of a cell wherever it faces; 0: computed from the aspect. */
TL_AVX2_CLONES static void areas_of(part *restrict p, const float *restrict area,
                                    const double *restrict north, const double *restrict east,
                                    double dx, double dy, double side, ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < n; i++) {
        const double tangent = sqrt(north[i] * north[i] + east[i] * east[i]);
        const double along = fabs(north[i]) / tangent;
        const double across = fabs(east[i]) / tangent;
        p->tangent[i] = tangent;
        p->value[i] = along * dx + across * dy;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        p->sca[i] = (double)area[i] / (side > 0.0 ? side : p->value[i]);
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        /* Flat cells (0 / 0 above), NoData and values outside the range of tl_num_row_log. */
        p->unknown[i] = !(p->tangent[i] > 1e-100) || !(p->sca[i] > 1e-100) || !(p->sca[i] < 1e100);
        p->steep[i] = tl_max_double(p->tangent[i], TL_TWI_MIN_TAN);
    }
}

/* Rounds values that are known to some absolute error. */
TL_WIDE_CLONES static void round_part(part *restrict p, const double *restrict error,
                                      float *restrict out, ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < n; i++) {
        const float low = (float)(p->value[i] - error[i]);
        const float high = (float)(p->value[i] + error[i]);
        out[i] = low;
        p->unknown[i] = (unsigned char)(p->unknown[i] | !(low >= high));
    }
}

static void twi_part(part *p, float *out, ptrdiff_t n) {
    tl_num_row_log(p->steep, p->log, n);
    for (ptrdiff_t i = 0; i < n; i++) {
        /* The logarithms of n values were computed above. */
        /* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult) */
        p->value[i] = p->log_sca[i] - p->log[i];
        p->other[i] = TL_ROW_ERROR * (fabs(p->log_sca[i]) + fabs(p->log[i]));
    }
    round_part(p, p->other, out, n);
}

/* Logarithms as large as a hundred and errors of logarithms grow into those of their powers. */
static void moore_part(part *p, float *out, ptrdiff_t n) {
    tl_num_row_log(p->tangent, p->log, n);
    for (ptrdiff_t i = 0; i < n; i++) {
        p->value[i] = 1.0 + p->tangent[i] * p->tangent[i];
    }
    tl_num_row_log(p->value, p->other, n);
    for (ptrdiff_t i = 0; i < n; i++) {
        /* As above. */
        /* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult) */
        p->log[i] = tl_hydro_ls_moore_log(p->log[i] - 0.5 * p->other[i], p->log_sca[i]);
    }
    tl_num_exp(n, p->log, p->other);
    for (ptrdiff_t i = 0; i < n; i++) {
        p->value[i] = 1.4 * p->other[i];
        p->other[i] = 1000.0 * TL_ROW_ERROR * p->value[i];
        p->unknown[i] |= !(fabs(p->log[i]) < 600.0);
    }
    round_part(p, p->other, out, n);
}

static void area_row(const tl_factor_source *source, ptrdiff_t row, const double *north,
                     const double *east, ptrdiff_t to, float *const out[TL_FACTORS]) {
    const ptrdiff_t ncol = source->surface->ncol;
    const int cell_by_cell =
        out[TL_FACTOR_LS] != NULL && (source->ls_method != TL_LS_MOORE || source->field_based);
    const double dx = source->cells->dx_m[row];
    const double dy = source->cells->dy_m[row];
    const double side = source->cell_width ? sqrt(dx * dy) : 0.0;
    for (ptrdiff_t col = 0; cell_by_cell && col < ncol; col++) {
        area_factors(source, row, col, north[col], east[col], to + col, out);
    }
    for (ptrdiff_t col0 = 0; !cell_by_cell && col0 < ncol; col0 += PART) {
        const ptrdiff_t n = tl_min(ncol - col0, PART);
        part p;
        areas_of(&p, source->area_m2->data + row * ncol + col0, north + col0, east + col0, dx, dy,
                 side, n);
        for (ptrdiff_t i = 0; out[TL_FACTOR_SCA] != NULL && i < n; i++) {
            out[TL_FACTOR_SCA][to + col0 + i] = (float)p.sca[i];
        }
        tl_num_row_log(p.sca, p.log_sca, n);
        if (out[TL_FACTOR_TWI] != NULL) {
            twi_part(&p, out[TL_FACTOR_TWI] + to + col0, n);
        }
        if (out[TL_FACTOR_LS] != NULL) {
            moore_part(&p, out[TL_FACTOR_LS] + to + col0, n);
        }
        for (ptrdiff_t i = 0; i < n; i++) {
            if (p.unknown[i]) {
                area_factors(source, row, col0 + i, north[col0 + i], east[col0 + i], to + col0 + i,
                             out);
            }
        }
    }
}

static void local_factors(const tl_factor_source *source, const double *north, const double *east,
                          ptrdiff_t to, float *const out[TL_FACTORS]) {
    float *slope = out[TL_FACTOR_SLOPE];
    float *aspect = out[TL_FACTOR_ASPECT];
    if (slope != NULL) {
        tl_terrain_steepness_row(source->slope_unit, north, east, source->surface->ncol,
                                 slope + to);
    }
    for (ptrdiff_t col = 0; aspect != NULL && col < source->surface->ncol; col++) {
        aspect[to + col] = tl_terrain_aspect_stored(north[col], east[col]);
    }
}

static void copy_area(const tl_factor_source *source, ptrdiff_t row, float *to) {
    const tl_grid *area = source->area_m2;
    memcpy(to, area->data + row * area->ncol, (size_t)area->ncol * sizeof *to);
}

tl_code tl_hydro_factor_rows(const tl_factor_source *source, ptrdiff_t row0, ptrdiff_t n_rows,
                             float *const out[TL_FACTORS], tl_err *err) {
    const ptrdiff_t ncol = source->surface->ncol;
    double *north = tl_acquire(2 * ncol, sizeof *north);
    if (north == NULL) {
        return tl_no_memory(err, "rows of %td cells", ncol);
    }
    double *east = north + ncol;
    const int wants_area =
        out[TL_FACTOR_SCA] != NULL || out[TL_FACTOR_TWI] != NULL || out[TL_FACTOR_LS] != NULL;
    for (ptrdiff_t r = 0; r < n_rows; r++) {
        tl_terrain_gradient_row(source->surface, row0 + r, source->cells, source->slope_method,
                                north, east);
        local_factors(source, north, east, r * ncol, out);
        if (wants_area && source->slope_method != TL_SLOPE_ZEVENBERGEN_THORNE) {
            tl_terrain_gradient_row(source->surface, row0 + r, source->cells,
                                    TL_SLOPE_ZEVENBERGEN_THORNE, north, east);
        }
        if (out[TL_FACTOR_AREA] != NULL) {
            copy_area(source, row0 + r, out[TL_FACTOR_AREA] + r * ncol);
        }
        if (wants_area) {
            area_row(source, row0 + r, north, east, r * ncol, out);
        }
    }
    tl_release(north);
    return TL_OK;
}

typedef struct making {
    const tl_factor_source *source;
    tl_factor factor;
    tl_grid *grid;
} making;

enum { ROWS_PER_BLOCK = 64 };

static tl_code make_block(void *arg, ptrdiff_t block, tl_err *err) {
    const making *m = arg;
    const ptrdiff_t row0 = block * ROWS_PER_BLOCK;
    const ptrdiff_t left = m->grid->nrow - row0;
    float *out[TL_FACTORS] = {NULL};
    out[m->factor] = m->grid->data + row0 * m->grid->ncol;
    return tl_hydro_factor_rows(m->source, row0, tl_min(left, ROWS_PER_BLOCK), out, err);
}

tl_code tl_hydro_factor(const tl_factor_source *source, tl_factor factor, int threads,
                        tl_grid *grid, tl_err *err) {
    const tl_grid *surface = source->surface;
    const tl_grid *area = source->area_m2;
    *grid = (tl_grid){0};
    if (area != NULL && (area->nrow != surface->nrow || area->ncol != surface->ncol)) {
        return tl_fail(err, TL_SHAPE,
                       "terrain factors: the area has %td x %td cells, the elevation %td x %td",
                       area->nrow, area->ncol, surface->nrow, surface->ncol);
    }
    TL_TRY(tl_grid_init(grid, surface->nrow, surface->ncol, &surface->geo, err));
    making m = {source, factor, grid};
    const tl_code code = tl_parfor(threads, (surface->nrow + ROWS_PER_BLOCK - 1) / ROWS_PER_BLOCK,
                                   make_block, &m, NULL, err);
    if (code != TL_OK) {
        tl_grid_free(grid);
    }
    return code;
}
