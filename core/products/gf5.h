/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reader of AHSI scenes: GF-5, GF-5 02 (GF5B), ZY-1 02D and 02E. */
#ifndef TL_PRODUCTS_GF5_H
#define TL_PRODUCTS_GF5_H

#include "products/reader.h"

extern const tl_product_reader tl_products_gf5;

#endif
