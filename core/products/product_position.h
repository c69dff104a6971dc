/* SPDX-License-Identifier: GPL-2.0-or-later
 * Parts of products on a grid; shared by the files of this module. Contracts: source/store.h. */
#ifndef TL_PRODUCTS_PRODUCT_POSITION_H
#define TL_PRODUCTS_PRODUCT_POSITION_H

#include "products/reader.h"

/* The position of a part on a grid. */
typedef struct tl_placing tl_placing;

/* Frees; NULL is fine. */
void tl_products_placing_free(tl_placing *placing);

/* Stored values of rows of a placed part; NaN where it has none.
 *
 * band  [n_bands] 1-based numbers in the part's band table
 * out   [n_bands, n_rows * ncol] */
tl_code tl_products_read_placed(tl_product *product, ptrdiff_t part, ptrdiff_t row0,
                                ptrdiff_t n_rows, const int *band, ptrdiff_t n_bands, float *out,
                                tl_err *err);

#endif
