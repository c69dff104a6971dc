/* SPDX-License-Identifier: GPL-2.0-or-later
 * Position of a raster: affine geotransform, coordinate reference system, true cell sizes. */
#ifndef TL_BASE_GEOREF_H
#define TL_BASE_GEOREF_H

#include <stddef.h>

#include "base/status.h"

/* True metres per metre of a map whose scale is not 1, on points from the first row of the raster to
 * the last, in the middle of its columns. */
enum { TL_MAP_SCALE_POINTS = 33 };
typedef struct tl_map_scale {
    int is_set; /* 0: the scale is 1, or so near to it that map metres serve */
    double y;   /* map coordinate of the first point */
    double step;
    double across[TL_MAP_SCALE_POINTS]; /* along the rows */
    double along[TL_MAP_SCALE_POINTS];  /* along the columns */
    double spread; /* maximum relative difference between the ends of a row and its middle */
} tl_map_scale;

/* How a raster is placed on the Earth. */
typedef enum tl_placement {
    TL_PLACED_BY_TRANSFORM = 0,
    TL_PLACED_BY_POINTS, /* ground control points, or the model of a camera */
    TL_NOT_PLACED
} tl_placement;

typedef struct tl_georef {
    double transform[6];       /* x = t[0] + col t[1] + row t[2], y = t[3] + col t[4] + row t[5] */
    char *crs_wkt;             /* owner; NULL = unknown */
    int is_geographic;         /* 1: transform is in degrees */
    double metres_per_unit;    /* horizontal map unit in metres when projected; 1 when unknown */
    double semi_major_m;       /* ellipsoid of the CRS; 0 when unknown */
    double inverse_flattening; /* 0 for a sphere */
    double degrees_per_unit;   /* of the map unit when geographic: 0.9 for grads; 0 means 1 */
    tl_map_scale scale;
    double height_origin_m; /* of a grid of elevations: to be added to its values; 0 as a rule */
    tl_placement placement; /* when it is not the transform, that has cells of side 1 */
    int utm_epsg;           /* of the UTM zone of TL_PLACED_BY_POINTS; 0 = unknown */
} tl_georef;

/* Deep copy into the uninitialised to.
 *
 * fails  TL_NOMEM */
tl_code tl_georef_copy(tl_georef *to, const tl_georef *from, tl_err *err);

/* Frees the text; NULL and zeroed are fine. */
void tl_georef_free(tl_georef *g);

/* Map coordinates of a position in (fractional) cells; cell centres are at +0.5. */
void tl_georef_to_map(const tl_georef *g, double col, double row, double *x, double *y);

/* The position in (fractional) cells of map coordinates: inverse of tl_georef_to_map.
 *
 * fails  TL_DATA the transform is singular */
tl_code tl_georef_to_cell(const tl_georef *g, double x, double y, double *col, double *row,
                          tl_err *err);

/* True cell size in metres at the centre of a row.
 *
 * For projected grids |t[1]| and |t[5]| times the metres per unit, and times the scale of the map
 * where that is set. For geographic grids the arc lengths on the ellipsoid, with the latitude phi and
 * W = sqrt(1 - e^2 sin^2 phi):
 *   dx = dlon a cos(phi) / W,   dy = dlat a (1 - e^2) / W^3.
 *
 * fails  TL_DATA the grid is rotated, a cell size is zero, or a geographic CRS has no ellipsoid
 * source Snyder 1987, USGS Prof. Paper 1395, eq. 4-18 and 4-20 */
tl_code tl_georef_cell_m(const tl_georef *g, ptrdiff_t row, double *dx_m, double *dy_m,
                         tl_err *err);

/* 1 when both have the same transform (within 1e-6 of a cell) and the same CRS text, or the CRS of
 * one is unknown. */
int tl_georef_same(const tl_georef *a, const tl_georef *b);

#endif
