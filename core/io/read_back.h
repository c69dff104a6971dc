/* SPDX-License-Identifier: GPL-2.0-or-later
 * Finished rasters opened again: GDAL 3.6 reports nothing when its last write to a full disk fails,
 * and only warns when a sidecar with metadata cannot be written. */
#ifndef TL_IO_READ_BACK_H
#define TL_IO_READ_BACK_H

#include <stddef.h>

/* What a raster must contain. */
typedef struct tl_io_expected {
    ptrdiff_t nrow;
    ptrdiff_t ncol;
    ptrdiff_t n_bands;
    int has_crs;        /* 1: it was given a CRS and a place */
    const char *record; /* run record, or NULL */
} tl_io_expected;

/* 1 when a raster has its shape, CRS, place and run record, and its last value can be read. */
int tl_io_reads_back(const char *path, const tl_io_expected *expected);

#endif
