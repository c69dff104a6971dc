/* SPDX-License-Identifier: GPL-2.0-or-later
 * The store of source/store.h with satellite products. */
#ifndef TL_STORE_PRODUCT_STORE_H
#define TL_STORE_PRODUCT_STORE_H

#include "source/store.h"

/* The store of GDAL and OGR, completed by the functions for products. Never NULL. */
const tl_store *tl_store_products(void);

#endif
