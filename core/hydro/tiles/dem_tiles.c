/* SPDX-License-Identifier: GPL-2.0-or-later
 * Windows and rasters of a DEM in tiles; see dem_tiles.h. */
#include "hydro/tiles/dem_tiles.h"

#include "base/alloc.h"
#include "base/minmax.h"

tl_code tl_hydro_tiles_raster(const tl_dem_tiles *dem, size_t size, tl_paged *raster, tl_err *err) {
    tl_scratch scratch = {0};
    *raster = (tl_paged){0};
    if (dem->open_scratch != NULL) {
        TL_TRY(dem->open_scratch(dem->user, &scratch, err));
    }
    const tl_paged *like = dem->surface;
    const tl_paged_shape shape = {.nrow = like->nrow,
                                  .ncol = like->ncol,
                                  .size = size,
                                  .tile_rows = (ptrdiff_t)1 << like->row_bits,
                                  .tile_cols = (ptrdiff_t)1 << like->col_bits};
    return tl_tiles_paged_init(raster, &shape, &scratch, err);
}

tl_code tl_hydro_tiles_share(const tl_dem_tiles *dem, tl_paged *const *raster, ptrdiff_t n,
                             tl_err *err) {
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        sum += raster[i] == NULL ? 0.0 : (double)raster[i]->size;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        if (raster[i] != NULL && raster[i]->tile != NULL) {
            TL_TRY(
                tl_tiles_paged_limit(raster[i], dem->bytes * (double)raster[i]->size / sum, err));
        }
    }
    return TL_OK;
}

/* --- windows --- */

ptrdiff_t tl_hydro_tiles_window_max_cells(const tl_dem_tiles *dem) {
    const tl_tiling *t = &dem->tiling;
    return tl_min(t->tile_rows + 2, t->nrow) * tl_min(t->tile_cols + 2, t->ncol);
}

tl_code tl_hydro_tiles_window_init(tl_tile_window *window, const tl_dem_tiles *dem, tl_err *err) {
    *window = (tl_tile_window){0};
    const ptrdiff_t max_cells = tl_hydro_tiles_window_max_cells(dem);
    window->surface.data = tl_acquire(max_cells, sizeof *window->surface.data);
    return window->surface.data == NULL ? tl_no_memory(err, "a tile of %td cells", max_cells)
                                        : TL_OK;
}

void tl_hydro_tiles_window_set(tl_tile_window *window, const tl_dem_tiles *dem, ptrdiff_t tile) {
    const tl_tiling *t = &dem->tiling;
    window->tile = tl_tiles_tiling_box(t, tile);
    window->row0 = window->tile.row0 > 0;
    window->col0 = window->tile.col0 > 0;
    tl_box *box = &window->box;
    box->row0 = window->tile.row0 - window->row0;
    box->col0 = window->tile.col0 - window->col0;
    box->nrow = tl_min(window->tile.row0 + window->tile.nrow + 1, t->nrow) - box->row0;
    box->ncol = tl_min(window->tile.col0 + window->tile.ncol + 1, t->ncol) - box->col0;
    window->surface.nrow = box->nrow;
    window->surface.ncol = box->ncol;
    window->cells = (tl_cells){.nrow = box->nrow,
                               .dx_m = dem->cells->dx_m + box->row0,
                               .dy_m = dem->cells->dy_m + box->row0};
}

tl_code tl_hydro_tiles_window_move(tl_tile_window *window, const tl_dem_tiles *dem, ptrdiff_t tile,
                                   tl_err *err) {
    tl_hydro_tiles_window_set(window, dem, tile);
    return tl_tiles_paged_read(dem->surface, window->box, window->surface.data, err);
}

tl_code tl_hydro_tiles_window_read(const tl_tile_window *window, tl_paged *raster, void *values,
                                   tl_err *err) {
    return tl_tiles_paged_read(raster, window->box, values, err);
}

tl_code tl_hydro_tiles_window_write(const tl_tile_window *window, tl_paged *raster,
                                    const void *values, tl_err *err) {
    const unsigned char *first = values;
    return tl_tiles_paged_write(
        raster, window->tile, first + (size_t)tl_hydro_tiles_window_at(window, 0, 0) * raster->size,
        window->box.ncol, err);
}

void tl_hydro_tiles_window_free(tl_tile_window *window) {
    if (window != NULL) {
        tl_release(window->surface.data);
        *window = (tl_tile_window){0};
    }
}
