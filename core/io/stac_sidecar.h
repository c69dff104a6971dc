/* SPDX-License-Identifier: GPL-2.0-or-later
 * Wavelengths from the STAC item next to a raster. */
#ifndef TL_IO_STAC_SIDECAR_H
#define TL_IO_STAC_SIDECAR_H

#include <stddef.h>

/* Reads eo:bands of name.stac.json or name.ext.stac.json next to a raster. An item that cannot be
 * read, or has another number of bands, is ignored.
 *
 * centre_um  [n] micrometres; NaN = not given
 * fwhm_um    [n] as above
 * returns    1 when there is such an item, else 0 and nothing is changed
 * source     STAC extension eo 1.1 */
int tl_io_read_stac(const char *path, ptrdiff_t n, double *centre_um, double *fwhm_um);

#endif
