/* SPDX-License-Identifier: GPL-2.0-or-later
 * Writes band tables into files that are being created: band items that GDAL, QGIS plugins and
 * tilth's own reader understand, and ENVI headers. */
#ifndef TL_IO_BAND_WRITE_H
#define TL_IO_BAND_WRITE_H

#include <gdal.h>

#include "base/bands.h"
#include "base/text.h"
#include "source/store.h"

/* Puts centres and widths of spectral layers into a raster that is being created, as band items
 * wavelength, fwhm and wavelength_units. */
void tl_io_write_wavelengths(GDALDatasetH dataset, const tl_layer *layer, ptrdiff_t n_layers);

/* Puts a whole band table into a raster that is being created: the items above, CENTRAL_WAVELENGTH_UM
 * and FWHM_UM in the domain IMAGERY, and bbl (1 good, 0 bad), bad_band_reason, detector and
 * fwhm_assumed. Copies of the raster by GDAL keep those of the default domain. */
void tl_io_write_band_items(GDALDatasetH dataset, const tl_bands *bands);

/* Appends to an ENVI header what GDAL does not write: wavelength, fwhm, bbl, and the reasons and
 * detectors under tilth's own keys. */
void tl_io_add_band_lines(tl_text *header, const tl_bands *bands);

/* Appends wavelengths and widths to an ENVI header, where all are known.
 *
 * centre_nm  [n] nm; NaN = no spectral band
 * fwhm_nm    [n] nm; NaN = unknown */
void tl_io_add_wavelength_lines(tl_text *header, const double *centre_nm, const double *fwhm_nm,
                                ptrdiff_t n);

/* Appends lines to the ENVI header of a raster that has just been closed, and replaces its
 * description, which contains the name of a temporary file.
 *
 * lines  each ends with a line break
 * fails  TL_IO; TL_NOMEM, also when lines failed */
tl_code tl_io_finish_envi_header(const char *path, const char *parameter, const tl_text *lines,
                                 tl_err *err);

#endif
