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
#include "base/minmax.h"

/* Values of a window, 48 MiB: larger ones are not read faster. */
static const ptrdiff_t max_values = (ptrdiff_t)12 * 1024 * 1024;

/* GDAL keeps the blocks of files that it has read up to its own bound, a share of the machine's
 * memory. Above the first bound the blocks of the scene are freed after they were read; above the
 * second one before another tile is read, so that a tile is kept only for further requests of the
 * same tile. */
static const long long max_cached_bytes = 64LL * 1024 * 1024;
static const long long max_left_bytes = 16LL * 1024 * 1024;

typedef struct reading {
    tl_raster *raster;
    const tl_raster_info *info;
    const tl_gdal_pixel_index *index;
    const int *band;
    ptrdiff_t n_bands;
    ptrdiff_t *tile; /* of the file, that was read last */
    int by_tiles;
    ptrdiff_t pixels;  /* maximum of a window and of a piece; at least one row of a tile */
    float *window;     /* [n_bands, pixels] */
    float *picked;     /* [n_bands, pixels] where a piece is not its whole window */
    const float **ptr; /* [n_bands] */
} reading;

static int is_tiled(const tl_raster_info *info) {
    return info->block_cols > 0 && info->block_cols < info->ncol && info->block_rows > 1;
}

static ptrdiff_t window_pixels(const tl_raster_info *info, ptrdiff_t n_bands) {
    const ptrdiff_t pixels = max_values / n_bands;
    if (!is_tiled(info) || pixels >= info->block_cols * info->block_rows) {
        return tl_max(pixels, 1);
    }
    /* GDAL holds a tile twice while it is read, decoded and as blocks of the bands. The window must
     * not be a third copy of it: reading some rows of the tile at a time is as fast. */
    return tl_max(pixels / 4, info->block_cols);
}

ptrdiff_t tl_gdal_scene_piece_pixels(tl_gdal_scene *s, const tl_gdal_pixel_index *index,
                                     ptrdiff_t n_bands) {
    const ptrdiff_t pixels = window_pixels(tl_io_raster_info(tl_gdal_scene_raster(s)), n_bands);
    const ptrdiff_t all = index->n_rows * index->n_cols;
    return tl_min(pixels, all);
}

/* Maximum number of columns of the file that are read together: with tiles, as many whole tiles as
 * fit in one row; otherwise as many columns as fit. */
static ptrdiff_t column_capacity(const reading *r) {
    const ptrdiff_t tall = r->by_tiles ? r->info->block_rows : 1;
    const ptrdiff_t wide = r->by_tiles ? r->info->block_cols : 1;
    const ptrdiff_t capacity = r->pixels / tall;
    return capacity < wide ? wide : capacity - capacity % wide;
}

/* How many columns from col0 on are read together. */
static ptrdiff_t columns_from(const reading *r, ptrdiff_t col0) {
    const int *col = r->index->col;
    const ptrdiff_t first = r->by_tiles ? col[col0] - col[col0] % r->info->block_cols : col[col0];
    const ptrdiff_t capacity = column_capacity(r);
    ptrdiff_t n = 1;
    while (col0 + n < r->index->n_cols && col[col0 + n] < first + capacity && n < capacity) {
        n++;
    }
    return n;
}

/* How many rows from row0 on are read together, each with wide pixels: consecutive rows or rows
 * that share blocks, within one row of tiles. */
static ptrdiff_t rows_from(const reading *r, ptrdiff_t row0, ptrdiff_t wide) {
    const int *row = r->index->row;
    const ptrdiff_t tall = r->info->block_rows > 0 ? r->info->block_rows : 1;
    ptrdiff_t n = 1;
    while (row0 + n < r->index->n_rows) {
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

/* Copies the requested pixels of a piece from its window. When row 0 of the file is in the south,
 * the rows of the window are in the opposite order: tilth has row 0 in the north. */
static void pick(const reading *r, const tl_gdal_piece *e, ptrdiff_t span, ptrdiff_t tall) {
    const int *row = r->index->row + e->row0;
    const int *col = r->index->col + e->col0;
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

static tl_code read_piece(reading *r, const tl_gdal_piece *e, tl_err *err) {
    const int *row = r->index->row + e->row0;
    const int *col = r->index->col + e->col0;
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

/* Frees blocks and returns their memory to the system: glibc would keep up to 64 MiB in addition to
 * new blocks. */
static void free_blocks(const reading *r, long long max_bytes) {
    if (GDALGetCacheUsed64() > max_bytes) {
        GDALFlushCache(r->raster->dataset);
#ifdef __GLIBC__
        (void)malloc_trim(0);
#endif
    }
}

/* Frees the blocks of other tiles when the tile at this row and column, which is read next, is a
 * new one. */
static void leave_tile(const reading *r, ptrdiff_t row0, ptrdiff_t col0) {
    if (!r->by_tiles) {
        return;
    }
    const ptrdiff_t across = r->info->ncol / r->info->block_cols + 1;
    const ptrdiff_t tile = r->index->row[row0] / r->info->block_rows * across +
                           r->index->col[col0] / r->info->block_cols;
    if (tile != *r->tile) {
        free_blocks(r, max_left_bytes);
    }
    *r->tile = tile;
}

/* How many rows from row0 on are in the same row of tiles; without tiles, how many are read
 * together. */
static ptrdiff_t rows_in_tile_row(const reading *r, ptrdiff_t row0, ptrdiff_t wide) {
    const int *row = r->index->row;
    const ptrdiff_t tall = r->info->block_rows;
    if (!r->by_tiles) {
        return rows_from(r, row0, wide);
    }
    ptrdiff_t n = 1;
    while (row0 + n < r->index->n_rows && row[row0 + n] / tall == row[row0] / tall) {
        n++;
    }
    return n;
}

static tl_code read_all(reading *r, tl_gdal_piece_receiver receive, void *arg, tl_err *err) {
    const tl_gdal_pixel_index *index = r->index;
    const ptrdiff_t together = columns_from(r, 0);
    const ptrdiff_t span = index->col[together - 1] - index->col[0] + 1;
    ptrdiff_t wide = column_capacity(r);
    if (together == index->n_cols) {
        wide = tl_max(span, together);
    }
    tl_gdal_piece e = {0};
    ptrdiff_t n_rows;
    for (ptrdiff_t row0 = 0; row0 < index->n_rows; row0 += n_rows) {
        n_rows = rows_in_tile_row(r, row0, wide);
        for (e.col0 = 0; e.col0 < index->n_cols; e.col0 += e.n_cols) {
            e.n_cols = columns_from(r, e.col0);
            leave_tile(r, row0, e.col0);
            for (e.row0 = row0; e.row0 < row0 + n_rows; e.row0 += e.n_rows) {
                e.n_rows = rows_from(r, e.row0, wide);
                TL_TRY(read_piece(r, &e, err));
                TL_TRY(receive(arg, &e, r->ptr, err));
            }
            free_blocks(r, max_cached_bytes);
        }
    }
    return TL_OK;
}

/* Pixels of the largest window and of the largest piece. */
static ptrdiff_t max_pixels(const tl_gdal_pixel_index *index, ptrdiff_t limit) {
    const ptrdiff_t span = index->col[index->n_cols - 1] - index->col[0] + 1;
    const ptrdiff_t tall = index->row[index->n_rows - 1] - index->row[0] + 1;
    const ptrdiff_t asked = index->n_rows * index->n_cols;
    return tl_min(tl_max(span * tall, asked), limit);
}

tl_code tl_gdal_scene_read(tl_gdal_scene *s, const tl_gdal_pixel_index *index, const int *band,
                           ptrdiff_t n_bands, tl_gdal_piece_receiver receive, void *arg,
                           tl_err *err) {
    reading r = {.raster = tl_gdal_scene_raster(s),
                 .index = index,
                 .band = band,
                 .n_bands = n_bands,
                 .tile = tl_gdal_scene_last_tile(s)};
    r.info = tl_io_raster_info(r.raster);
    r.by_tiles = is_tiled(r.info);
    r.pixels = window_pixels(r.info, n_bands);
    const ptrdiff_t capacity = n_bands * max_pixels(index, r.pixels);
    tl_code code = TL_OK;
    r.window = tl_acquire(capacity, sizeof *r.window);
    r.picked = tl_acquire(capacity, sizeof *r.picked);
    r.ptr = tl_acquire(n_bands, sizeof *r.ptr);
    code = r.window == NULL || r.picked == NULL || r.ptr == NULL
               ? tl_no_memory(err, "windows of %td pixels with %td bands", r.pixels, n_bands)
               : read_all(&r, receive, arg, err);
    tl_release(r.window);
    tl_release(r.picked);
    tl_release((void *)r.ptr);
    return code;
}
