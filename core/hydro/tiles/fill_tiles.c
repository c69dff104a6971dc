/* SPDX-License-Identifier: GPL-2.0-or-later
 * Third step of filling over tiles, and the three steps for a whole raster; see fill_tiles.h. */
#include "hydro/tiles/fill_tiles.h"

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/parfor.h"
#include "hydro/lowest.h"

/* With the rim at its final height, the tile is a DEM like any other: water leaves it over its
 * rim. */
tl_code tl_hydro_tiles_fill_finish_tile(const tl_fill_border *border, float *z, float *filled,
                                        tl_err *err) {
    const ptrdiff_t nrow = border->nrow;
    const ptrdiff_t ncol = border->ncol;
    for (ptrdiff_t row = 0; row < nrow; row++) {
        const ptrdiff_t step = row == 0 || row == nrow - 1 || ncol == 1 ? 1 : ncol - 1;
        for (ptrdiff_t col = 0; col < ncol; col += step) {
            const int32_t label =
                border->label[tl_hydro_tiles_fill_rim_index(nrow, ncol, row, col)];
            float *height = &z[row * ncol + col];
            if (label >= 0 && border->level[label] > *height) {
                *height = border->level[label];
            }
        }
    }
    const tl_grid dem = {.nrow = nrow, .ncol = ncol, .data = z};
    tl_grid out = {.nrow = nrow, .ncol = ncol, .data = filled};
    return tl_hydro_lowest(&dem, &out, NULL, err);
}

/* Tiles that are worked on at the same time; z is read and written by the calling thread only. */
typedef struct batch {
    tl_paged *z;
    tl_tiling tiling;
    tl_fill_border *border; /* [tiles] */
    float *in;              /* [threads, cells of a tile] */
    float *out;             /* likewise */
    ptrdiff_t cells;
    ptrdiff_t first; /* tile of slot 0 */
    int finishing;
} batch;

static tl_code work(void *arg, ptrdiff_t slot, tl_err *err) {
    const batch *b = arg;
    const tl_tiling *t = &b->tiling;
    const ptrdiff_t tile = b->first + slot;
    float *in = b->in + slot * b->cells;
    if (b->finishing) {
        return tl_hydro_tiles_fill_finish_tile(&b->border[tile], in, b->out + slot * b->cells, err);
    }
    const tl_box box = tl_tiles_tiling_box(t, tile);
    const int edge[4] = {box.row0 == 0, box.col0 + box.ncol == t->ncol,
                         box.row0 + box.nrow == t->nrow, box.col0 == 0};
    return tl_hydro_tiles_fill_solve_tile(in, box.nrow, box.ncol, edge, &b->border[tile], err);
}

static tl_code run_batch(batch *b, ptrdiff_t n, int threads, tl_err *err) {
    for (ptrdiff_t slot = 0; slot < n; slot++) {
        TL_TRY(tl_tiles_paged_read(b->z, tl_tiles_tiling_box(&b->tiling, b->first + slot),
                                   b->in + slot * b->cells, err));
    }
    TL_TRY(tl_parfor(threads, n, work, b, NULL, err));
    for (ptrdiff_t slot = 0; slot < n && b->finishing; slot++) {
        const tl_box box = tl_tiles_tiling_box(&b->tiling, b->first + slot);
        TL_TRY(tl_tiles_paged_write(b->z, box, b->out + slot * b->cells, box.ncol, err));
    }
    return TL_OK;
}

static tl_code run_tiles(batch *b, int threads, const tl_progress *p, tl_err *err) {
    const ptrdiff_t n = tl_tiles_tiling_count(&b->tiling);
    for (b->first = 0; b->first < n; b->first += threads) {
        TL_TRY(tl_progress_at(p, (double)b->first / (double)n, err));
        const ptrdiff_t left = n - b->first;
        TL_TRY(run_batch(b, tl_min(left, threads), threads, err));
    }
    return tl_progress_at(p, 1.0, err);
}

tl_code tl_hydro_tiles_fill_lowest(tl_paged *z, ptrdiff_t side, int threads, const tl_progress *p,
                                   tl_err *err) {
    const int slots = tl_max_int(threads, 1);
    const tl_progress solve = tl_progress_part(p, 0.0, 0.6);
    const tl_progress finish = tl_progress_part(p, 0.6, 1.0);
    batch b = {.z = z, .tiling = tl_tiles_tiling_make(z->nrow, z->ncol, side, side)};
    const ptrdiff_t n = tl_tiles_tiling_count(&b.tiling);
    b.cells = b.tiling.tile_rows * b.tiling.tile_cols;
    b.border = tl_acquire(n, sizeof *b.border);
    b.in = tl_acquire(slots * b.cells, sizeof *b.in);
    b.out = tl_acquire(slots * b.cells, sizeof *b.out);
    tl_code code = TL_OK;
    if (b.border == NULL || b.in == NULL || b.out == NULL) {
        code = tl_no_memory(err, "%d tiles of %td x %td cells", slots, b.tiling.tile_rows,
                            b.tiling.tile_cols);
        goto done;
    }
    TL_CHECK(run_tiles(&b, slots, &solve, err));
    TL_CHECK(tl_hydro_tiles_fill_solve_borders(&b.tiling, b.border, err));
    b.finishing = 1;
    TL_CHECK(run_tiles(&b, slots, &finish, err));
done:
    for (ptrdiff_t i = 0; b.border != NULL && i < n; i++) {
        tl_hydro_tiles_fill_border_free(&b.border[i]);
    }
    tl_release(b.border);
    tl_release(b.in);
    tl_release(b.out);
    return code;
}
