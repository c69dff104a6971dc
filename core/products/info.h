/* SPDX-License-Identifier: GPL-2.0-or-later
 * Ownership of the description of a product; see source/product.h. */
#ifndef TL_PRODUCTS_INFO_H
#define TL_PRODUCTS_INFO_H

#include "source/product.h"

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_products_info_free(tl_product_info *info);

#endif
