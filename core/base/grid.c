/* SPDX-License-Identifier: GPL-2.0-or-later
 * Owner of one raster layer; see grid.h. */
#include "base/grid.h"

#include <stdint.h>
#include <string.h>

#include "base/alloc.h"

tl_code tl_grid_init(tl_grid *g, ptrdiff_t nrow, ptrdiff_t ncol, const tl_georef *geo,
                     tl_err *err) {
    *g = (tl_grid){0};
    if (nrow < 1 || ncol < 1) {
        return tl_fail(err, TL_ARG, "a raster of %td x %td cells has no cells", nrow, ncol);
    }
    g->data = nrow <= PTRDIFF_MAX / ncol ? tl_acquire(nrow * ncol, sizeof *g->data) : NULL;
    if (g->data == NULL) {
        return tl_no_memory(err, "a raster of %td x %td cells", nrow, ncol);
    }
    g->nrow = nrow;
    g->ncol = ncol;
    static const tl_georef unit_cells = {.transform = {0, 1, 0, 0, 0, -1}, .metres_per_unit = 1.0};
    const tl_code code = tl_georef_copy(&g->geo, geo == NULL ? &unit_cells : geo, err);
    if (code != TL_OK) {
        tl_grid_free(g);
    }
    return code;
}

tl_code tl_grid_copy(tl_grid *copy, const tl_grid *from, tl_err *err) {
    TL_TRY(tl_grid_init(copy, from->nrow, from->ncol, &from->geo, err));
    memcpy(copy->data, from->data, (size_t)(from->nrow * from->ncol) * sizeof *copy->data);
    return TL_OK;
}

void tl_grid_free(tl_grid *g) {
    if (g != NULL) {
        tl_release(g->data);
        tl_georef_free(&g->geo);
        *g = (tl_grid){0};
    }
}
