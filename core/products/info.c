/* SPDX-License-Identifier: GPL-2.0-or-later
 * Ownership of the description of a product; see info.h. */
#include "products/info.h"

#include <string.h>

#include "base/alloc.h"

void tl_products_info_free(tl_product_info *info) {
    if (info == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < info->n_parts; i++) {
        tl_georef_free(&info->part[i].geo);
        tl_bands_free(&info->part[i].bands);
    }
    for (ptrdiff_t i = 0; i < info->n_notes; i++) {
        tl_release(info->note[i]);
    }
    tl_release(info->part);
    tl_release((void *)info->note);
    memset(info, 0, sizeof *info);
}
