/* SPDX-License-Identifier: GPL-2.0-or-later
 * A raster of which only some tiles are in memory; the others wait in a scratch file. */
#ifndef TL_TILES_PAGED_H
#define TL_TILES_PAGED_H

#include <stddef.h>

#include "base/status.h"
#include "source/scratch.h"
#include "tiles/tiling.h"

enum { TL_PAGED_MAX_CELL_BYTES = 16 };                             /* bytes of the largest cell */
enum { TL_PAGED_USED = 1, TL_PAGED_DIRTY = 2, TL_PAGED_KEPT = 4 }; /* bits of a tile's state */

/* The shape of a raster in tiles. */
typedef struct tl_paged_shape {
    ptrdiff_t nrow;
    ptrdiff_t ncol;
    size_t size;         /* bytes of a cell, at most TL_PAGED_MAX_CELL_BYTES */
    ptrdiff_t tile_rows; /* of a tile, rounded up to a power of two */
    ptrdiff_t tile_cols;
    const void *blank; /* a cell as it is before it is written, and beyond the raster; NULL = 0 */
    double bytes;      /* maximum memory of all tiles; a few tiles are always held */
} tl_paged_shape;

/* Zeroed = empty. Used by one thread at a time. After a failure it can only be freed. */
typedef struct tl_paged {
    ptrdiff_t nrow;
    ptrdiff_t ncol;
    size_t size;
    int row_bits; /* a tile has 2^row_bits rows */
    int col_bits;
    ptrdiff_t down; /* tiles from north to south */
    ptrdiff_t across;
    unsigned char **tile; /* [down across] memory of a tile; NULL: not in memory */
    /* [down across] TL_PAGED_USED: since the hand passed; _DIRTY: newer than the file; _KEPT: saved in
     * the file */
    unsigned char *state;
    ptrdiff_t *resident; /* [max_resident] tiles in memory */
    ptrdiff_t n_resident;
    ptrdiff_t max_resident;
    ptrdiff_t hand; /* of the clock that chooses the tile to displace */
    unsigned char blank[TL_PAGED_MAX_CELL_BYTES];
    tl_scratch scratch;
    tl_code code;     /* why a tile could not be brought into memory; TL_OK: none failed */
    ptrdiff_t n_read; /* tiles that came from the scratch file, and that went there */
    ptrdiff_t n_written;
} tl_paged;

/* Makes a raster of blank cells.
 *
 * p        uninitialised; empty on failure
 * scratch  owned by p from here on, also after a failure, and closed by tl_tiles_paged_free; NULL
 *          or without file: all tiles stay in memory
 * fails    TL_ARG a side is below 1, or the size of a cell; TL_NOMEM
 * cost     17 bytes per tile in addition to the tiles; no tile exists before it is used */
tl_code tl_tiles_paged_init(tl_paged *p, const tl_paged_shape *shape, const tl_scratch *scratch,
                            tl_err *err);

/* Frees, closes the scratch file; NULL, zeroed and already freed rasters are fine. */
void tl_tiles_paged_free(tl_paged *p);

/* Bytes of a tile in memory. */
static inline size_t tl_tiles_paged_tile_bytes(const tl_paged *p) {
    return p->size << (p->row_bits + p->col_bits);
}

/* Changes the memory limit of the tiles.
 *
 * fails  TL_IO as the scratch file, in which displaced tiles are saved */
tl_code tl_tiles_paged_limit(tl_paged *p, double bytes, tl_err *err);

/* Brings a tile into memory; called by the functions below.
 *
 * fresh  1: all of it will be overwritten, so nothing need be read
 * fails  TL_NOMEM; TL_IO as the scratch file */
tl_code tl_tiles_paged_load(tl_paged *p, ptrdiff_t tile, int fresh, tl_err *err);

/* One cell of the raster, of shape->size bytes. The address is good until the next call with p.
 *
 * writes  1: the cell will be changed through the address
 * returns NULL on failure, as tl_tiles_paged_load; the code is in p->code */
static inline void *tl_tiles_paged_at(tl_paged *p, ptrdiff_t row, ptrdiff_t col, int writes,
                                      tl_err *err) {
    const ptrdiff_t tile = (row >> p->row_bits) * p->across + (col >> p->col_bits);
    if (p->tile[tile] == NULL && tl_tiles_paged_load(p, tile, 0, err) != TL_OK) {
        return NULL;
    }
    p->state[tile] |= (unsigned char)(writes ? TL_PAGED_USED | TL_PAGED_DIRTY : TL_PAGED_USED);
    const ptrdiff_t inside = ((row & (((ptrdiff_t)1 << p->row_bits) - 1)) << p->col_bits) +
                             (col & (((ptrdiff_t)1 << p->col_bits) - 1));
    return p->tile[tile] + (size_t)inside * p->size;
}

/* Copies a box of cells out; cells beyond the raster are blank.
 *
 * values  [box.nrow, box.ncol] cells, out
 * fails   as tl_tiles_paged_load */
tl_code tl_tiles_paged_read(tl_paged *p, tl_box box, void *values, tl_err *err);

/* Copies a box of cells in; cells beyond the raster are ignored.
 *
 * values  [box.nrow, stride] cells, of which the first box.ncol of a row are copied
 * stride  cells from one row of values to the next
 * fails   as tl_tiles_paged_load */
tl_code tl_tiles_paged_write(tl_paged *p, tl_box box, const void *values, ptrdiff_t stride,
                             tl_err *err);

#endif
