/* SPDX-License-Identifier: GPL-2.0-or-later
 * Cell sizes per row; see cells.h. */
#include "terrain/cells.h"

#include <math.h>

#include "base/alloc.h"

static tl_code check_values(const tl_grid *dem, const char *what, tl_err *err) {
    ptrdiff_t valid = 0;
    for (ptrdiff_t i = 0; i < dem->nrow * dem->ncol; i++) {
        if (isinf(dem->data[i])) {
            return tl_fail(
                err, TL_DATA,
                "%s: the elevation of row %td, column %td is infinite; declare that value as "
                "NoData of the raster",
                what, i / dem->ncol + 1, i % dem->ncol + 1);
        }
        valid += !isnan(dem->data[i]);
    }
    if (valid == 0) {
        return tl_fail(
            err, TL_DATA,
            "%s: all %td x %td cells of the elevation model are NoData; check its NoData value and "
            "the processing extent",
            what, dem->nrow, dem->ncol);
    }
    return TL_OK;
}

tl_code tl_terrain_cells_measure(tl_cells *cells, const tl_georef *geo, ptrdiff_t nrow,
                                 const char *what, tl_err *err) {
    *cells = (tl_cells){.nrow = nrow};
    cells->dx_m = tl_acquire(nrow, sizeof *cells->dx_m);
    cells->dy_m = tl_acquire(nrow, sizeof *cells->dy_m);
    tl_code code = TL_OK;
    if (cells->dx_m == NULL || cells->dy_m == NULL) {
        code = tl_no_memory(err, "the cell sizes of %td rows of %s", nrow, what);
    }
    for (ptrdiff_t row = 0; row < nrow && code == TL_OK; row++) {
        code = tl_georef_cell_m(geo, row, &cells->dx_m[row], &cells->dy_m[row], err);
        if (code == TL_OK && !(cells->dx_m[row] > 0.0 && cells->dy_m[row] > 0.0)) {
            code = tl_fail(err, TL_DATA,
                           "%s: row %td of the elevation model is beyond a pole of its geographic "
                           "CRS; check the georeference",
                           what, row + 1);
        }
    }
    if (code != TL_OK) {
        tl_terrain_cells_free(cells);
    }
    return code;
}

tl_code tl_terrain_cells_init(tl_cells *cells, const tl_grid *dem, const char *what, tl_err *err) {
    *cells = (tl_cells){0};
    TL_TRY(check_values(dem, what, err));
    return tl_terrain_cells_measure(cells, &dem->geo, dem->nrow, what, err);
}

void tl_terrain_cells_free(tl_cells *cells) {
    if (cells != NULL) {
        tl_release(cells->dx_m);
        tl_release(cells->dy_m);
        *cells = (tl_cells){0};
    }
}
