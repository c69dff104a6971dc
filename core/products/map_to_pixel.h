/* SPDX-License-Identifier: GPL-2.0-or-later
 * From map coordinates to pixels of a part, and back, through GDAL's transformers. */
#ifndef TL_PRODUCTS_MAP_TO_PIXEL_H
#define TL_PRODUCTS_MAP_TO_PIXEL_H

#include "products/reader.h"

typedef struct tl_product_transform {
    void *transformer;  /* of GDAL */
    GDALDatasetH shell; /* an image without values that has the position of the part */
    char array[2][64];  /* in-memory copies of longitude and latitude; "" = none */
} tl_product_transform;

/* The transformation between a part that is not yet placed and the coordinates of a CRS.
 *
 * dem   path of heights in metres; NULL = the mean height of the facts, else that of the RPC
 * way   initialised here; empty on failure
 * fails TL_DATA the part has no position, or it cannot be transformed; TL_IO dem cannot be read */
tl_code tl_products_transform_init(tl_product *product, ptrdiff_t part, const char *crs_wkt,
                                   const char *dem, tl_product_transform *way, tl_err *err);
void tl_products_transform_free(tl_product_transform *way); /* NULL and zeroed are fine */

/* Moves n points, in place: from map to (fractional) pixels, corner of the first pixel at 0, or the
 * reverse.
 *
 * ok  [n] 0 where there is no such position; x and y are undefined there */
void tl_products_to_pixel(const tl_product_transform *way, ptrdiff_t n, double *x, double *y,
                          int *ok);
void tl_products_to_map(const tl_product_transform *way, ptrdiff_t n, double *x, double *y,
                        int *ok);

#endif
