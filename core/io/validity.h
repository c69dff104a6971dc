/* SPDX-License-Identifier: GPL-2.0-or-later
 * Which cells of a raster hold a value. NoData values, values that nothing measures and infinities
 * are recognised by the value alone (tl_band_value); this file adds what a dataset states apart from
 * the values: mask bands inside the file, in a .msk file or in a virtual raster, one for all bands
 * or one for each, and alpha bands. */
#ifndef TL_IO_VALIDITY_H
#define TL_IO_VALIDITY_H

#include <gdal.h>
#include <stddef.h>

#include "base/bands.h"

typedef struct tl_validity tl_validity;

/* Finds how the cells of a dataset are marked as missing, and checks that its values are real
 * numbers. A band declared as alpha is one only where no wavelength is known of it; as the last
 * band it is taken off the table then, elsewhere it is marked as bad.
 *
 * bands     of the dataset; changed where there is an alpha band
 * validity  out: owned; NULL when the values alone decide, so that nothing further is read
 * fails     TL_DATA a band holds complex numbers; a NoData value that no cell can hold, where
 *           assumptions are refused; TL_NOMEM
 * cost      no cell is read */
tl_code tl_io_validity_find(GDALDatasetH dataset, const char *path, const char *parameter,
                            tl_bands *bands, tl_validity **validity, tl_err *err);

/* Sets the values of masked cells to NaN. Rows and columns are those of the file.
 *
 * validity  NULL: nothing happens
 * band      [n_bands] 1-based numbers in the file
 * out       [n_bands, n_rows * n_cols] stored values, changed in place
 * fails     TL_IO a mask cannot be read; TL_NOMEM
 * cost      reads a mask once for all bands where it is that of the whole dataset */
tl_code tl_io_validity_apply(tl_validity *validity, GDALDatasetH dataset, const int window[4],
                             const int *band, ptrdiff_t n_bands, float *out, tl_err *err);

/* The bands that mask a band, each 0 where a cell is missing: k = 0, 1; NULL = there is none. They
 * belong to the dataset. */
GDALRasterBandH tl_io_validity_band(const tl_validity *validity, GDALDatasetH dataset, int band,
                                    int k);

/* Frees; NULL is fine. */
void tl_io_validity_free(tl_validity *validity);

#endif
