/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fourier transform of real rasters, for sums over all pairs of cells with the same lag. */
#ifndef TL_MAPSTAT_FOURIER_H
#define TL_MAPSTAT_FOURIER_H

#include <stddef.h>

#include "base/status.h"

/* A real raster with a margin, or its spectrum in place.
 *
 * Space: rows of ncol doubles, then two unused ones. Spectrum: rows of ncol / 2 + 1 pairs
 * (real, imaginary). */
typedef struct tl_plane {
    ptrdiff_t nrow;
    ptrdiff_t ncol;  /* even */
    ptrdiff_t pitch; /* doubles from one row to the next: ncol + 2 */
    double *data;    /* [nrow, pitch] */
} tl_plane;

/* A zero plane in which shifts of less than a whole raster do not overlap: at least
 * 2 nrow - 1 rows and 2 ncol - 1 columns, a little more where that transforms faster.
 *
 * p      uninitialised; empty on failure
 * fails  TL_NOMEM */
tl_code tl_mapstat_fourier_init(tl_plane *p, ptrdiff_t nrow, ptrdiff_t ncol, tl_err *err);

/* Frees; NULL, zeroed and already freed planes are fine. */
void tl_mapstat_fourier_free(tl_plane *p);

/* Space to spectrum, in place.
 *
 * n_filled  rows from here on are zero
 * fails     TL_NOMEM
 * cost      O(cells log cells), one thread; same input, same bytes */
tl_code tl_mapstat_fourier_forward(tl_plane *p, ptrdiff_t n_filled, tl_err *err);

/* Spectrum to space, in place, scaled so that forward and back restore the raster.
 *
 * n_wanted  only these first rows are valid afterwards
 * fails     TL_NOMEM */
tl_code tl_mapstat_fourier_back(tl_plane *p, ptrdiff_t n_wanted, tl_err *err);

#endif
