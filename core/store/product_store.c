/* SPDX-License-Identifier: GPL-2.0-or-later
 * The store with satellite products: the functions of io and products; see source/store.h. */
#include "store/product_store.h"

#include <threads.h>

#include "products/product_files.h"
#include "store/store_gdal.h"

static tl_store store;
static once_flag once = ONCE_FLAG_INIT;

static void fill(void) {
    store = *tl_store_gdal();
    store.open_product = tl_products_open;
    store.product_info = tl_products_info;
    store.product_grid = tl_products_grid;
    store.locate_product = tl_products_position;
    store.read_product = tl_products_read;
    store.close_product = tl_products_close;
}

const tl_store *tl_store_products(void) {
    call_once(&once, fill);
    return &store;
}
