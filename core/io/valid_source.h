/* SPDX-License-Identifier: GPL-2.0-or-later
 * A band of a raster as a source for GDAL's own algorithms, with NaN in every cell that holds no
 * value: those know nothing of values that nothing measures, of NoData that was rounded, or of alpha
 * bands at any position. */
#ifndef TL_IO_VALID_SOURCE_H
#define TL_IO_VALID_SOURCE_H

#include <gdal.h>

#include "io/raster.h"

/* A virtual dataset with the stored values of one band, float32 or float64, and the position of the
 * raster in whatever form that has it. Nothing is read before it is used.
 *
 * returns  to be closed before the raster; NULL on failure, which GDAL has reported */
GDALDatasetH tl_io_valid_source(tl_raster *raster, int band);

#endif
