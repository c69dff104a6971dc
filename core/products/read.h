/* SPDX-License-Identifier: GPL-2.0-or-later
 * Values of a part as the file has them, before the part is placed; shared by read.c and
 * product_position.c. */
#ifndef TL_PRODUCTS_READ_H
#define TL_PRODUCTS_READ_H

#include "products/reader.h"

/* Stored values of a window of a part whose image has a dataset.
 *
 * band  [n_bands] 1-based numbers in the part's band table
 * out   [n_bands, n_rows * n_cols]
 * fails TL_IO the file cannot be read */
tl_code tl_products_read_window(tl_product *product, ptrdiff_t part, ptrdiff_t col0, ptrdiff_t row0,
                                ptrdiff_t n_cols, ptrdiff_t n_rows, const int *band,
                                ptrdiff_t n_bands, float *out, tl_err *err);

#endif
