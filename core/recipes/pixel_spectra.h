/* SPDX-License-Identifier: GPL-2.0-or-later
 * The cells that contain given points, and the spectra of cells. */
#ifndef TL_RECIPES_PIXEL_SPECTRA_H
#define TL_RECIPES_PIXEL_SPECTRA_H

#include "source/store.h"

/* The cell that contains a point.
 *
 * x, y   in map units of the raster
 * cell   out: row * ncol + col; -1 when there is none
 * why    out: why there is none, in words for the user; NULL otherwise
 * fails  TL_DATA the transform of the raster is singular */
tl_code tl_recipes_find_cell(const tl_raster_info *info, double x, double y, ptrdiff_t *cell,
                             const char **why, tl_err *err);

/* Why such a sample is left out, in words for the user. */
#define TL_RECIPES_NEGATIVE "below 0 in every band, as fill values are"

/* 1 when all values of a spectrum are below 0, as fill values that were scaled band by band are.
 *
 * spectrum  [p] NaN = no value; at least three are needed */
int tl_recipes_is_negative(const double *spectrum, ptrdiff_t p);

/* The spectrum of a cell, or the mean of the valid values around it.
 *
 * reach     0: the cell alone; 1: the 3 x 3 cells around it that are on the raster
 * number    [p] file numbers of the bands
 * spectrum  [p] physical values; NaN where no cell has one
 * fails     as read_window of the store; TL_NOMEM */
tl_code tl_recipes_read_spectrum(const tl_store *store, tl_raster *raster, ptrdiff_t cell,
                                 ptrdiff_t reach, const int *number, ptrdiff_t p, double *spectrum,
                                 tl_err *err);

#endif
