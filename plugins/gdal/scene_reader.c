/* SPDX-License-Identifier: GPL-2.0-or-later
 * Cuts a request into windows that follow the rows or tiles of the file; see scene_reader.h. */
#include "scene_reader.h"

#include <cpl_conv.h>
#include <gdal.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "base/alloc.h"

/* Values of a window, 48 MiB: larger ones are not read faster. */
static const ptrdiff_t most_values = (ptrdiff_t)12 * 1024 * 1024;

/* GDAL keeps the blocks of files that it has read up to its own bound, a share of the machine's
 * memory. Above the first bound the blocks of the scene are dropped after they were read; above the
 * second before another tile is read, so that a tile is only kept for requests that come back to
 * it. */
static const long long most_cached_bytes = 64LL * 1024 * 1024;
static const long long most_left_bytes = 16LL * 1024 * 1024;

typedef struct reading {
    tl_raster *raster;
    const tl_raster_info *info;
    const places *p;
    const int *band;
    ptrdiff_t n_bands;
    ptrdiff_t *tile; /* of the file, that was read last */
    int by_tiles;
    ptrdiff_t pixels;  /* most of a window, and of a piece; one row of a tile at least */
    float *window;     /* [n_bands, pixels] */
    float *picked;     /* [n_bands, pixels] where a piece is not all of its window */
    const float **ptr; /* [n_bands] */
} reading;

static int is_tiled(const tl_raster_info *info) {
    return info->block_cols > 0 && info->block_cols < info->ncol && info->block_rows > 1;
}

static ptrdiff_t window_pixels(const tl_raster_info *info, ptrdiff_t n_bands) {
    const ptrdiff_t pixels = most_values / n_bands;
    if (!is_tiled(info) || pixels >= info->block_cols * info->block_rows) {
        return pixels < 1 ? 1 : pixels;
    }
    /* GDAL holds a tile twice while it is read, decoded and as blocks of the bands. The window is
     * not to be a third copy of it: some rows of the tile at a time take no longer. */
    return pixels / 4 < info->block_cols ? info->block_cols : pixels / 4;
}

ptrdiff_t scene_piece_pixels(scene *s, const places *p, ptrdiff_t n_bands) {
    const ptrdiff_t pixels = window_pixels(tl_io_raster_info(scene_raster(s)), n_bands);
    const ptrdiff_t all = p->n_rows * p->n_cols;
    return pixels < all ? pixels : all;
}

/* Columns of the file that are read together at most: whole tiles, so many that one row of them
 * fits; else as many as fit. */
static ptrdiff_t column_room(const reading *r) {
    const ptrdiff_t tall = r->by_tiles ? r->info->block_rows : 1;
    const ptrdiff_t wide = r->by_tiles ? r->info->block_cols : 1;
    const ptrdiff_t room = r->pixels / tall;
    return room < wide ? wide : room - room % wide;
}

/* How many columns from col0 on are read together. */
static ptrdiff_t columns_from(const reading *r, ptrdiff_t col0) {
    const int *col = r->p->col;
    const ptrdiff_t first = r->by_tiles ? col[col0] - col[col0] % r->info->block_cols : col[col0];
    const ptrdiff_t room = column_room(r);
    ptrdiff_t n = 1;
    while (col0 + n < r->p->n_cols && col[col0 + n] < first + room && n < room) {
        n++;
    }
    return n;
}

/* How many rows from row0 on are read together, each of them wide pixels: rows that follow each
 * other or share blocks, within one row of tiles. */
static ptrdiff_t rows_from(const reading *r, ptrdiff_t row0, ptrdiff_t wide) {
    const int *row = r->p->row;
    const ptrdiff_t tall = r->info->block_rows > 0 ? r->info->block_rows : 1;
    ptrdiff_t n = 1;
    while (row0 + n < r->p->n_rows) {
        const ptrdiff_t next = row[row0 + n];
        const ptrdiff_t last = row[row0 + n - 1];
        const int shares = next / tall == last / tall;
        if ((!shares && (r->by_tiles || next > last + 1)) ||
            (next - row[row0] + 1) * wide > r->pixels || (n + 1) * wide > r->pixels) {
            break;
        }
        n++;
    }
    return n;
}

/* Copies the places of a piece out of its window, which lies the other way up when the file does
 * (tilth has row 0 in the north). */
static void pick(const reading *r, const scene_piece *e, ptrdiff_t span, ptrdiff_t tall) {
    const int *row = r->p->row + e->row0;
    const int *col = r->p->col + e->col0;
    for (ptrdiff_t b = 0; b < r->n_bands; b++) {
        const float *from = r->window + b * tall * span;
        float *to = r->picked + b * e->n_rows * e->n_cols;
        for (ptrdiff_t y = 0; y < e->n_rows; y++) {
            const ptrdiff_t down = row[y] - row[0];
            const float *line = from + (r->info->south_up ? tall - 1 - down : down) * span - col[0];
            for (ptrdiff_t x = 0; x < e->n_cols; x++) {
                *to++ = line[col[x]];
            }
        }
    }
}

static tl_code read_piece(reading *r, const scene_piece *e, tl_err *err) {
    const int *row = r->p->row + e->row0;
    const int *col = r->p->col + e->col0;
    const ptrdiff_t span = col[e->n_cols - 1] - col[0] + 1;
    const ptrdiff_t tall = row[e->n_rows - 1] - row[0] + 1;
    const ptrdiff_t north =
        r->info->south_up ? r->info->nrow - 1 - row[e->n_rows - 1] : (ptrdiff_t)row[0];
    TL_TRY(tl_io_read_stored_window(r->raster, col[0], north, span, tall, r->band, r->n_bands,
                                    r->window, err));
    const int whole = span == e->n_cols && tall == e->n_rows && !(r->info->south_up && tall > 1);
    if (!whole) {
        pick(r, e, span, tall);
    }
    for (ptrdiff_t b = 0; b < r->n_bands; b++) {
        const ptrdiff_t n = e->n_rows * e->n_cols;
        float *value = (whole ? r->window : r->picked) + b * n;
        tl_io_to_physical(&r->info->bands.band[r->band[b] - 1], value, n);
        r->ptr[b] = value;
    }
    return TL_OK;
}

/* Freed blocks go back to the system: glibc keeps up to 64 MiB of them beside new ones. */
static void drop_blocks(const reading *r, long long most_bytes) {
    if (GDALGetCacheUsed64() > most_bytes) {
        GDALFlushCache(r->raster->dataset);
#ifdef __GLIBC__
        (void)malloc_trim(0);
#endif
    }
}

/* Drops what is left of other tiles than the one at these places, which is read next. */
static void leave_tile(const reading *r, ptrdiff_t row0, ptrdiff_t col0) {
    if (!r->by_tiles) {
        return;
    }
    const ptrdiff_t across = r->info->ncol / r->info->block_cols + 1;
    const ptrdiff_t tile =
        r->p->row[row0] / r->info->block_rows * across + r->p->col[col0] / r->info->block_cols;
    if (tile != *r->tile) {
        drop_blocks(r, most_left_bytes);
    }
    *r->tile = tile;
}

/* How many rows from row0 on lie in the same row of tiles; without tiles, those read together. */
static ptrdiff_t rows_beside(const reading *r, ptrdiff_t row0, ptrdiff_t wide) {
    const int *row = r->p->row;
    const ptrdiff_t tall = r->info->block_rows;
    if (!r->by_tiles) {
        return rows_from(r, row0, wide);
    }
    ptrdiff_t n = 1;
    while (row0 + n < r->p->n_rows && row[row0 + n] / tall == row[row0] / tall) {
        n++;
    }
    return n;
}

static tl_code read_all(reading *r, scene_taker taker, void *arg, tl_err *err) {
    const places *p = r->p;
    const ptrdiff_t together = columns_from(r, 0);
    const ptrdiff_t span = p->col[together - 1] - p->col[0] + 1;
    ptrdiff_t wide = column_room(r);
    if (together == p->n_cols) {
        wide = span > together ? span : together;
    }
    scene_piece e = {0};
    ptrdiff_t beside;
    for (ptrdiff_t row0 = 0; row0 < p->n_rows; row0 += beside) {
        beside = rows_beside(r, row0, wide);
        for (e.col0 = 0; e.col0 < p->n_cols; e.col0 += e.n_cols) {
            e.n_cols = columns_from(r, e.col0);
            leave_tile(r, row0, e.col0);
            for (e.row0 = row0; e.row0 < row0 + beside; e.row0 += e.n_rows) {
                e.n_rows = rows_from(r, e.row0, wide);
                TL_TRY(read_piece(r, &e, err));
                TL_TRY(taker(arg, &e, r->ptr, err));
            }
            drop_blocks(r, most_cached_bytes);
        }
    }
    return TL_OK;
}

/* Pixels of the largest window and of the largest piece. */
static ptrdiff_t most_pixels(const places *p, ptrdiff_t limit) {
    const ptrdiff_t span = p->col[p->n_cols - 1] - p->col[0] + 1;
    const ptrdiff_t tall = p->row[p->n_rows - 1] - p->row[0] + 1;
    const ptrdiff_t asked = p->n_rows * p->n_cols;
    const ptrdiff_t all = span * tall > asked ? span * tall : asked;
    return all < limit ? all : limit;
}

tl_code scene_read(scene *s, const places *p, const int *band, ptrdiff_t n_bands, scene_taker taker,
                   void *arg, tl_err *err) {
    reading r = {.raster = scene_raster(s),
                 .p = p,
                 .band = band,
                 .n_bands = n_bands,
                 .tile = scene_last_tile(s)};
    r.info = tl_io_raster_info(r.raster);
    r.by_tiles = is_tiled(r.info);
    r.pixels = window_pixels(r.info, n_bands);
    const ptrdiff_t room = n_bands * most_pixels(p, r.pixels);
    tl_code code = TL_OK;
    r.window = tl_acquire(room, sizeof *r.window);
    r.picked = tl_acquire(room, sizeof *r.picked);
    r.ptr = tl_acquire(n_bands, sizeof *r.ptr);
    code = r.window == NULL || r.picked == NULL || r.ptr == NULL
               ? tl_fail(err, TL_NOMEM, "out of memory for windows of %td pixels with %td bands.",
                         r.pixels, n_bands)
               : read_all(&r, taker, arg, err);
    tl_release(r.window);
    tl_release(r.picked);
    tl_release((void *)r.ptr);
    return code;
}
