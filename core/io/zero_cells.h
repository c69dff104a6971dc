/* SPDX-License-Identifier: GPL-2.0-or-later
 * Cells outside a scene. Scenes that were rotated, mosaicked or cut along an orbit have a border of
 * zeros, often without a NoData value: no surface reflects nothing in every band. */
#ifndef TL_IO_ZERO_CELLS_H
#define TL_IO_ZERO_CELLS_H

#include "io/raster.h"

/* Prepares the raster: which bands are compared, and whether its cells of zeros hold values
 * (tl_assumptions_zeros of this thread). Rasters of fewer than three bands with wavelengths are no
 * scenes, and nothing is ever done to them. */
void tl_io_zero_cells_start(tl_raster *raster);

/* Another decision for a raster that is open: 1 = such cells hold values. */
void tl_io_zero_cells_keep(tl_raster *raster, int keep);

/* Sets to NaN the values of cells that are 0 in every band that was read, and in up to eight others
 * from all over the spectrum. Rows and columns are those of the file.
 *
 * out    [n_bands, n_rows * n_cols] stored values, changed in place
 * fails  TL_DATA there is such a cell, and this run refuses assumptions; TL_IO; TL_NOMEM
 * cost   one comparison per cell where no value of the first band is 0; otherwise reads the other
 *        bands of those rows */
tl_code tl_io_zero_cells_apply(tl_raster *raster, const int window[4], const int *band,
                               ptrdiff_t n_bands, float *out, tl_err *err);

/* Before the raster is closed: logs once that it has such cells. */
void tl_io_zero_cells_log(const tl_raster *raster);

#endif
