/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fills the band table of an open raster from all that files store as wavelengths, widths,
 * bad-band lists, scales and NoData. */
#ifndef TL_IO_BAND_TABLE_H
#define TL_IO_BAND_TABLE_H

#include <gdal.h>

#include "base/bands.h"
#include "source/store.h"

/* The table of all bands in file order, completed by tl_bands_complete.
 *
 * Wavelengths come from the first of these that has them: band domain IMAGERY
 * (CENTRAL_WAVELENGTH_UM, always micrometres); ENVI header next to the file or metadata domain
 * ENVI; band items wavelength, Wavelength (also in a domain ENVI or FORCE); band descriptions; a
 * STAC item next to the file; dataset items Band_N. A unit that is missing or not understood is
 * guessed for all bands together (micrometres when every value is below 100), and tl_band.from
 * records the guess.
 *
 * A table of the user next to the file, <path>.bands.csv (see source/band_csv.h), overrides all
 * other sources. Bad bands with their reasons, detectors and the quantity are read where tilth
 * wrote them.
 *
 * path   as given by the user, to find the files next to it
 * bands  initialised here
 * note   out: the message about sources whose wavelengths differ by more than 0.5 nm, else empty
 * fails  TL_FORMAT a broken ENVI header or user table; TL_NOMEM */
tl_code tl_io_band_table(GDALDatasetH dataset, const char *path, tl_bands *bands,
                         char note[TL_BAND_NOTE_CAPACITY], tl_err *err);

#endif
