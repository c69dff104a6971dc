/* SPDX-License-Identifier: GPL-2.0-or-later
 * What grids of square metric cells are made of: the UTM zone of a position, cells around a box. */
#ifndef TL_IO_METRIC_GRID_H
#define TL_IO_METRIC_GRID_H

#include <ogr_srs_api.h>
#include <stddef.h>

#include "base/georef.h"

typedef struct tl_box {
    double west, south, east, north;
} tl_box;

/* The EPSG code of the UTM zone (WGS 84) of a position in degrees. */
int tl_io_utm_epsg(double longitude, double latitude);

/* The UTM zone (WGS 84, east first) of a position in degrees; to be freed with
 * OSRDestroySpatialReference. */
OGRSpatialReferenceH tl_io_utm_zone(double longitude, double latitude);

/* The cells that cover a box. Corners are multiples of the cell, so that grids of one area from
 * different runs are aligned.
 *
 * geo  its transform is set */
void tl_io_lay_cells(tl_box b, double cell_m, ptrdiff_t *nrow, ptrdiff_t *ncol, tl_georef *geo);

#endif
