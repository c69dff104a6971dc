/* SPDX-License-Identifier: GPL-2.0-or-later
 * Products that are a pair of files: metadata as XML, and one image with all bands (EnMAP, DESIS). */
#ifndef TL_PRODUCTS_METADATA_PAIR_H
#define TL_PRODUCTS_METADATA_PAIR_H

#include "products/reader.h"
#include "products/sisters.h"
#include "products/xml.h"

typedef struct tl_products_pair {
    const char *name;     /* "EnMAP", for messages */
    const char *head;     /* what the names of both files begin with */
    const char *metadata; /* what the name of the metadata ends with */
    const char *images;   /* the same of the image; comma-separated, earlier ones are preferred */
} tl_products_pair;

/* 1: path is one of the files, or a folder or archive with one of them. */
int tl_products_pair_claims(const tl_products_pair *pair, const char *path);

/* Finds both files.
 *
 * metadata, image  [tl_products_path_capacity] out
 * fails            TL_FORMAT one of them is missing, or there are several scenes */
tl_code tl_products_pair_find(const tl_products_pair *pair, const tl_product *product,
                              char *metadata, char *image, tl_err *err);

/* Opens both: the image becomes the only part of the product.
 *
 * tree   out: to be freed with CPLDestroyXMLNode, also on failure; NULL when there is none
 * root   out: the first element, borrowed from tree
 * fails  as tl_products_xml_open, tl_products_parts and tl_products_open_image */
tl_code tl_products_pair_open(tl_product *product, const char *metadata, const char *image,
                              CPLXMLNode **tree, const CPLXMLNode **root, tl_err *err);

/* Which channel of the metadata each band of the image is, by number where there are as many, else by
 * the wavelengths or the band numbers that the image itself contains.
 *
 * image    path of the image, which is open as the only part of the product
 * centre   [n] wavelengths of the channels, nm; NaN = unknown
 * channel  [n_bands] out: 1-based
 * fails    TL_FORMAT the image has more bands, or nothing in it identifies them; TL_NOMEM */
tl_code tl_products_pair_match(const tl_product *product, const char *image, const double *centre,
                               ptrdiff_t n, ptrdiff_t n_bands, int *channel, tl_err *err);

/* Fails with TL_FORMAT unless the metadata describe all bands of the image. */
tl_code tl_products_pair_check(const tl_product *product, ptrdiff_t n_described, ptrdiff_t n_bands,
                               tl_err *err);

/* Makes the background value of the metadata the NoData of all bands, when there is one. */
void tl_products_pair_background(const CPLXMLNode *root, tl_bands *bands);

#endif
