/* SPDX-License-Identifier: GPL-2.0-or-later
 * Opening, geocoding and reading satellite products. Contracts: source/store.h. */
#ifndef TL_PRODUCTS_PRODUCT_FILES_H
#define TL_PRODUCTS_PRODUCT_FILES_H

#include "source/store.h"

tl_code tl_products_open(const char *path, const char *parameter, const tl_product_wish *wish,
                         tl_product **product, tl_err *err);
const tl_product_info *tl_products_info(const tl_product *product);
tl_code tl_products_grid(tl_product *product, double cell_m, const char *dem, ptrdiff_t *nrow,
                         ptrdiff_t *ncol, tl_georef *geo, tl_err *err);
tl_code tl_products_position(tl_product *product, ptrdiff_t part, const tl_grid *grid,
                             const char *dem, tl_resampling resampling, double col_shift,
                             double row_shift, tl_err *err);
tl_code tl_products_read(tl_product *product, ptrdiff_t part, ptrdiff_t row0, ptrdiff_t n_rows,
                         const int *band, ptrdiff_t n_bands, float *out, tl_err *err);
void tl_products_close(tl_product *product);

#endif
