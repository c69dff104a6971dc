/* SPDX-License-Identifier: GPL-2.0-or-later
 * The store of source/store.h, implemented with GDAL and OGR. */
#ifndef TL_STORE_STORE_GDAL_H
#define TL_STORE_STORE_GDAL_H

#include "source/store.h"

/* The one store of the process; registers GDAL's drivers on the first call. Never NULL. */
const tl_store *tl_store_gdal(void);

#endif
