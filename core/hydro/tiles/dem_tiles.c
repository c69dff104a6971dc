/* SPDX-License-Identifier: GPL-2.0-or-later
 * Windows and rasters of a ground in tiles; see ground.h. */
#include "hydro/tiles/dem_tiles.h"

#include "base/alloc.h"

tl_code tl_hydro_tiles_raster(const tl_tiles_ground *ground, size_t size, tl_paged *raster,
                              tl_err *err) {
    tl_scratch scratch = {0};
    *raster = (tl_paged){0};
    if (ground->open_scratch != NULL) {
        TL_TRY(ground->open_scratch(ground->user, &scratch, err));
    }
    const tl_paged *like = ground->surface;
    const tl_paged_shape shape = {.nrow = like->nrow,
                                  .ncol = like->ncol,
                                  .size = size,
                                  .tile_rows = (ptrdiff_t)1 << like->row_bits,
                                  .tile_cols = (ptrdiff_t)1 << like->col_bits};
    return tl_tiles_paged_init(raster, &shape, &scratch, err);
}

tl_code tl_hydro_tiles_share(const tl_tiles_ground *ground, tl_paged *const *raster, ptrdiff_t n,
                             tl_err *err) {
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        sum += raster[i] == NULL ? 0.0 : (double)raster[i]->size;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        if (raster[i] != NULL && raster[i]->tile != NULL) {
            TL_TRY(tl_tiles_paged_limit(raster[i], ground->bytes * (double)raster[i]->size / sum,
                                        err));
        }
    }
    return TL_OK;
}

/* --- windows --- */

static ptrdiff_t smaller(ptrdiff_t a, ptrdiff_t b) {
    return a < b ? a : b;
}

ptrdiff_t tl_hydro_tiles_window_most(const tl_tiles_ground *ground) {
    const tl_tiling *t = &ground->tiling;
    return smaller(t->tile_rows + 2, t->nrow) * smaller(t->tile_cols + 2, t->ncol);
}

tl_code tl_hydro_tiles_window_init(tl_tile_window *window, const tl_tiles_ground *ground,
                                   tl_err *err) {
    *window = (tl_tile_window){0};
    const ptrdiff_t most = tl_hydro_tiles_window_most(ground);
    window->surface.data = tl_acquire(most, sizeof *window->surface.data);
    return window->surface.data == NULL
               ? tl_fail(err, TL_NOMEM, "out of memory for a tile of %td cells", most)
               : TL_OK;
}

void tl_hydro_tiles_window_place(tl_tile_window *window, const tl_tiles_ground *ground,
                                 ptrdiff_t tile) {
    const tl_tiling *t = &ground->tiling;
    window->tile = tl_tiles_tiling_box(t, tile);
    window->row0 = window->tile.row0 > 0;
    window->col0 = window->tile.col0 > 0;
    tl_box *box = &window->box;
    box->row0 = window->tile.row0 - window->row0;
    box->col0 = window->tile.col0 - window->col0;
    box->nrow = smaller(window->tile.row0 + window->tile.nrow + 1, t->nrow) - box->row0;
    box->ncol = smaller(window->tile.col0 + window->tile.ncol + 1, t->ncol) - box->col0;
    window->surface.nrow = box->nrow;
    window->surface.ncol = box->ncol;
    window->cells = (tl_cells){.nrow = box->nrow,
                               .dx_m = ground->cells->dx_m + box->row0,
                               .dy_m = ground->cells->dy_m + box->row0};
}

tl_code tl_hydro_tiles_window_move(tl_tile_window *window, const tl_tiles_ground *ground,
                                   ptrdiff_t tile, tl_err *err) {
    tl_hydro_tiles_window_place(window, ground, tile);
    return tl_tiles_paged_read(ground->surface, window->box, window->surface.data, err);
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
