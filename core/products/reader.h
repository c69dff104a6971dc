/* SPDX-License-Identifier: GPL-2.0-or-later
 * What a reader of one family of products looks like to this module. A reader is one file that
 * defines a tl_product_reader; open.c tries each of its list in turn until one recognises the path.
 *
 * Readers run between tl_io_begin and tl_io_end of open.c: GDAL is registered and silent, and the
 * message of a failure need not repeat that of GDAL. */
#ifndef TL_PRODUCTS_READER_H
#define TL_PRODUCTS_READER_H

#include <gdal.h>

#include "io/validity.h"
#include "source/product.h"

/* Stored values of rows row0..row0+n_rows-1 of a part, all columns, before it is placed.
 *
 * band  [n_bands] 1-based numbers in the part's band table
 * out   [n_bands, n_rows * ncol] */
typedef tl_code (*tl_product_read)(tl_product *product, ptrdiff_t part, ptrdiff_t row0,
                                   ptrdiff_t n_rows, const int *band, ptrdiff_t n_bands, float *out,
                                   tl_err *err);

struct tl_placing;

/* Where the values of a part come from. Everything that is set is freed with the product. */
typedef struct tl_product_image {
    GDALDatasetH dataset;  /* holds the bands of the part, row 0 first; NULL: read is set */
    tl_validity *validity; /* of dataset; NULL: the values alone decide */
    int *dataset_band;     /* [bands.n] 1-based band in dataset; NULL = the same numbers */
    int flip;              /* 1: the rows of dataset run from south to north */
    tl_product_read read;  /* NULL: through dataset */
    GDALDatasetH
        longitude; /* TL_GEOLOCATION_ARRAYS: band 1, degrees of WGS 84, shape of the part */
    GDALDatasetH latitude;
    ptrdiff_t
        lookup_nrow; /* TL_GEOLOCATION_LOOKUP: shape of the grid; its position is geo of the part */
    ptrdiff_t lookup_ncol;
    int *lookup_row; /* [lookup_nrow * lookup_ncol] 0-based row of the part; below 0 = none */
    int *lookup_col;
    struct tl_placing *placing; /* of product_position.c, once the part is on a grid */
} tl_product_image;

struct tl_product {
    char *path;
    char *parameter; /* first word of the messages of failures */
    tl_product_info info;
    tl_product_image *image; /* [info.n_parts] */
    void *own;               /* what else the reader needs; freed by free_own */
    void (*free_own)(void *own);
};

typedef struct tl_product_reader {
    const char *name; /* "GF-5 AHSI", for the message about an unknown path */

    /* 1: the path, an existing file, folder or archive, is of this family. It reads names and at
     * most the beginning of a small file, and never fails. */
    int (*claims)(const char *path);

    /* Fills product->info, ->image and ->own. product->path and ->parameter are set, everything
     * else is zero, info.facts unknown. On failure the caller frees product.
     *
     * wish  never NULL */
    tl_code (*open)(const tl_product_wish *wish, tl_product *product, tl_err *err);

    int takes_wish; /* 0: open.c refuses what the user adds to the product */
} tl_product_reader;

/* Acquires n parts: info.part and image; to be called once.
 *
 * fails  TL_NOMEM */
tl_code tl_products_parts(tl_product *product, ptrdiff_t n, tl_err *err);

/* Keeps one message (printf format) for the log: a decision of the reader.
 *
 * fails  TL_NOMEM */
tl_code tl_products_note(tl_product *product, tl_err *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Opens one image of a product: dataset, shape, place (geotransform, else RPC, else none) of part
 * p, and an initialised band table with the file's NoData and nothing else. Detects a GeoTIFF that
 * is cut off.
 *
 * fails  TL_FORMAT cannot be opened or is cut off: the message names the file */
tl_code tl_products_open_image(tl_product *product, ptrdiff_t p, const char *path, tl_err *err);

/* Readers without their own header. */
extern const tl_product_reader tl_products_enmap;
extern const tl_product_reader tl_products_prisma;
extern const tl_product_reader tl_products_emit;
extern const tl_product_reader tl_products_desis;
extern const tl_product_reader tl_products_tanager;
extern const tl_product_reader tl_products_plain; /* accepts all that is left */

#endif
