/* SPDX-License-Identifier: GPL-2.0-or-later
 * Slope, specific catchment area, wetness index and LS-factor of a drained surface, row by row in
 * one pass. */
#ifndef TL_HYDRO_FACTORS_H
#define TL_HYDRO_FACTORS_H

#include <stddef.h>

#include "base/grid.h"
#include "base/status.h"
#include "hydro/ls_factor.h"
#include "terrain/cells.h"
#include "terrain/gradient.h"

/* Smallest slope of the field based LS-factor, radians. */
#define TL_LS_FIELD_MIN_SLOPE 0.001

typedef enum tl_factor {
    TL_FACTOR_SLOPE = 0, /* in slope_unit */
    TL_FACTOR_ASPECT,    /* direction of descent, radians; NaN where flat */
    TL_FACTOR_AREA,      /* area_m2 itself */
    TL_FACTOR_SCA,       /* specific catchment area, m2 per m: area / flow width of the cell */
    TL_FACTOR_TWI,       /* ln(sca / max(tan slope, TL_TWI_MIN_TAN)) */
    TL_FACTOR_LS,        /* LS-factor, no unit */
    TL_FACTORS
} tl_factor;

/* Inputs of the rows; borrowed. */
typedef struct tl_factor_source {
    const tl_grid *surface; /* metres */
    const tl_grid *area_m2; /* catchment area including the cell; NULL: only slope and aspect */
    const tl_cells *cells;  /* of surface */
    tl_slope_method slope_method; /* of slope and aspect; the others are Zevenbergen & Thorne's */
    tl_slope_unit slope_unit;
    int cell_width; /* 1: the flow width is the side of the cell, whatever its aspect */
    tl_ls_method ls_method;
    tl_ls_form ls_form;
    /* 1: the rules of SAGA's field based LS-factor: the slope is at least TL_LS_FIELD_MIN_SLOPE,
     * and TL_LS_SAGA keeps the flow width. */
    int field_based;
} tl_factor_source;

/* Computes rows of the requested factors. Rows do not depend on each other, so blocks of them may
 * be computed on several threads.
 *
 * out    [TL_FACTORS] each NULL (not wanted) or [n_rows, ncol]
 * NaN    where surface or, except slope and aspect, area_m2 is NaN; TWI also where the area is 0
 * fails  TL_NOMEM
 * cost   O(cells), 16 bytes per column
 * source as tl_hydro_sca, tl_hydro_twi, tl_hydro_ls */
tl_code tl_hydro_factor_rows(const tl_factor_source *source, ptrdiff_t row0, ptrdiff_t n_rows,
                             float *const out[TL_FACTORS], tl_err *err);

/* One factor as a grid, on several threads.
 *
 * grid   initialised here, [nrow, ncol]; empty on failure
 * threads maximum number of threads; the result does not depend on it
 * fails  TL_SHAPE area_m2 has another shape; TL_NOMEM; TL_CANCELLED */
tl_code tl_hydro_factor(const tl_factor_source *source, tl_factor factor, int threads,
                        tl_grid *grid, tl_err *err);

#endif
