/* SPDX-License-Identifier: GPL-2.0-or-later
 * A satellite product as a user receives it: a folder, an archive or a metadata file with images,
 * calibration texts and metadata, read as one object. */
#ifndef TL_SOURCE_PRODUCT_H
#define TL_SOURCE_PRODUCT_H

#include <stddef.h>

#include "base/bands.h"
#include "base/georef.h"
#include "base/status.h"
#include "source/scene.h"

/* How the positions of the pixels of a part are known. */
typedef enum tl_geolocation {
    TL_GEOLOCATION_NONE,   /* not known */
    TL_GEOLOCATION_GRID,   /* through the geo of the part */
    TL_GEOLOCATION_RPC,    /* rational polynomials; a DEM makes them exact */
    TL_GEOLOCATION_ARRAYS, /* longitude and latitude of every pixel */
    TL_GEOLOCATION_LOOKUP  /* a table of the pixel for every cell of a grid */
} tl_geolocation;

/* One image of the product: one detector, or all bands. */
typedef struct tl_product_part {
    char name[24]; /* "VNIR" */
    ptrdiff_t nrow;
    ptrdiff_t ncol;
    tl_geolocation geolocation;
    tl_georef geo;  /* of TL_GEOLOCATION_GRID, and the grid of TL_GEOLOCATION_LOOKUP */
    tl_bands bands; /* file order; scale and offset lead to the quantity of the product */
} tl_product_part;

typedef struct tl_product_info {
    char kind[48]; /* "GF5B AHSI L1", part of sentences */
    tl_scene_facts facts;
    tl_quantity quantity; /* after scale and offset */
    ptrdiff_t n_parts;
    tl_product_part *part;
    ptrdiff_t n_notes;
    char **note; /* decisions of the reader, one sentence each, for the log */
} tl_product_info;

/* What the user adds to the metadata of the product. */
typedef struct tl_product_wish {
    const char
        *gains; /* table of gain and offset per band that replaces those of the product; NULL */
    const char
        *response; /* table of centre and width per band that replaces those of the product; NULL */
    const char *only; /* "VNIR" or "SWIR": that detector alone; NULL = all */
} tl_product_wish;

typedef struct tl_product tl_product;

#endif
