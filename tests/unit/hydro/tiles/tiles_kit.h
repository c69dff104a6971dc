/* SPDX-License-Identifier: GPL-2.0-or-later
 * A grid divided into tiles in many ways, with little memory, for tests of the module
 * hydro/tiles. */
#ifndef TL_TESTS_TILES_KIT_H
#define TL_TESTS_TILES_KIT_H

#include "hydro/tiles/dem_tiles.h"
#include "kit/check.h"
#include "unit/tiles/memory_scratch.h"

/* A grid as a paged raster that keeps only a few tiles of that side in memory. */
static inline void page_grid(tl_paged *p, const tl_grid *g, ptrdiff_t side) {
    tl_err err;
    const float blank = NAN;
    const tl_paged_shape shape = {.nrow = g->nrow,
                                  .ncol = g->ncol,
                                  .size = sizeof *g->data,
                                  .tile_rows = side,
                                  .tile_cols = side,
                                  .blank = &blank,
                                  .bytes = 1.0};
    const tl_scratch scratch =
        memory_scratch((g->nrow + 2 * side) * (g->ncol + 2 * side) * (ptrdiff_t)sizeof(float));
    CHECK_OK(tl_tiles_paged_init(p, &shape, &scratch, &err));
    CHECK_OK(tl_tiles_paged_write(p, (tl_box){0, 0, g->nrow, g->ncol}, g->data, g->ncol, &err));
}

typedef struct tiled_case {
    tl_dem_tiles dem_tiles;
    tl_paged surface;
    ptrdiff_t capacity; /* of scratch files */
} tiled_case;

static inline tl_code open_memory(void *user, tl_scratch *scratch, tl_err *err) {
    const tiled_case *t = user;
    memory_file *file = tl_acquire(1, sizeof *file);
    unsigned char *bytes = tl_acquire(t->capacity, 1);
    if (file == NULL || bytes == NULL) {
        tl_release(file);
        tl_release(bytes);
        return tl_fail(err, TL_NOMEM, "no scratch file");
    }
    *file = (memory_file){bytes, (size_t)t->capacity};
    *scratch = (tl_scratch){file, memory_read_at, memory_write_at, memory_close};
    return TL_OK;
}

/* Tiles of a row, of two columns, of a few cells, and larger than the grid. */
static const ptrdiff_t cuts[][2] = {{5, 7}, {1, 1000}, {3, 3}, {1000, 2}, {16, 16}, {1000, 1000}};
enum { n_cuts = sizeof cuts / sizeof cuts[0] };

static inline void breached(tiled_case *t, const tl_grid *dem, const tl_cells *cells, int cut) {
    *t = (tiled_case){.capacity = 16 * (dem->nrow + 16) * (dem->ncol + 16)};
    page_grid(&t->surface, dem, 4);
    t->dem_tiles = (tl_dem_tiles){
        .surface = &t->surface,
        .cells = cells,
        .tiling = tl_tiles_tiling_make(dem->nrow, dem->ncol, cuts[cut][0], cuts[cut][1]),
        .bytes = 1000.0,
        .open_scratch = open_memory,
        .user = t};
}

static inline void free_tiled(tiled_case *t) {
    tl_tiles_paged_free(&t->surface);
}

#endif
