/* SPDX-License-Identifier: GPL-2.0-or-later
 * What is common to every store; see store.h. */
#include "source/store.h"

void tl_source_raster_info_free(tl_raster_info *info) {
    if (info != NULL) {
        tl_georef_free(&info->geo);
        tl_bands_free(&info->bands);
        *info = (tl_raster_info){0};
    }
}
