/* SPDX-License-Identifier: GPL-2.0-or-later
 * Tiles in memory and in the scratch file; see paged.h. */
#include "tiles/paged.h"

#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"

/* With fewer tiles, neighbouring cells would displace each other. */
enum { min_tiles = 16 };

static int bits_of(ptrdiff_t side) {
    int bits = 0;
    while (((ptrdiff_t)1 << bits) < side) {
        bits++;
    }
    return bits;
}

static ptrdiff_t tiles_within(const tl_paged *p, double bytes) {
    const ptrdiff_t all = p->down * p->across;
    const double fit = bytes / (double)tl_tiles_paged_tile_bytes(p);
    if (p->scratch.file == NULL || fit >= (double)all) {
        return all;
    }
    return tl_min(tl_max((ptrdiff_t)fit, min_tiles), all);
}

tl_code tl_tiles_paged_init(tl_paged *p, const tl_paged_shape *shape, const tl_scratch *scratch,
                            tl_err *err) {
    *p = (tl_paged){.nrow = shape->nrow, .ncol = shape->ncol, .size = shape->size};
    if (scratch != NULL) {
        p->scratch = *scratch;
    }
    if (p->nrow < 1 || p->ncol < 1 || p->size < 1 || p->size > TL_PAGED_MAX_CELL_BYTES ||
        shape->tile_rows < 1 || shape->tile_cols < 1) {
        const tl_code code =
            tl_fail(err, TL_ARG, "a raster of %td x %td cells of %zu bytes cannot be kept in tiles",
                    p->nrow, p->ncol, p->size);
        tl_tiles_paged_free(p);
        return code;
    }
    p->row_bits = bits_of(shape->tile_rows);
    p->col_bits = bits_of(shape->tile_cols);
    p->down = ((p->nrow - 1) >> p->row_bits) + 1;
    p->across = ((p->ncol - 1) >> p->col_bits) + 1;
    if (shape->blank != NULL) {
        memcpy(p->blank, shape->blank, p->size);
    }
    const ptrdiff_t all = p->down * p->across;
    p->max_resident = tiles_within(p, shape->bytes);
    p->tile = tl_acquire(all, sizeof *p->tile);
    p->state = tl_acquire(all, 1);
    p->resident = tl_acquire(all, sizeof *p->resident);
    if (p->tile == NULL || p->state == NULL || p->resident == NULL) {
        tl_tiles_paged_free(p);
        return tl_no_memory(err, "the list of %td tiles", all);
    }
    return TL_OK;
}

void tl_tiles_paged_free(tl_paged *p) {
    if (p == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < p->n_resident; i++) {
        /* Without lists there are no resident tiles. */
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
        tl_release(p->tile[p->resident[i]]);
    }
    tl_release(p->tile);
    tl_release(p->state);
    tl_release(p->resident);
    if (p->scratch.file != NULL) {
        p->scratch.close(p->scratch.file);
    }
    *p = (tl_paged){0};
}

static int64_t offset_of(const tl_paged *p, ptrdiff_t tile) {
    return (int64_t)tile * (int64_t)tl_tiles_paged_tile_bytes(p);
}

/* Chooses a tile to displace and saves it: the first one that has not been used since the hand of
 * the clock last passed it.
 *
 * slot  out: its index in resident */
static tl_code give_up(tl_paged *p, ptrdiff_t *slot, tl_err *err) {
    for (;;) {
        p->hand = p->hand + 1 < p->n_resident ? p->hand + 1 : 0;
        unsigned char *state = &p->state[p->resident[p->hand]];
        if ((*state & TL_PAGED_USED) == 0) {
            break;
        }
        *state &= (unsigned char)~TL_PAGED_USED;
    }
    const ptrdiff_t tile = p->resident[p->hand];
    if ((p->state[tile] & TL_PAGED_DIRTY) != 0) {
        TL_TRY(p->scratch.write_at(p->scratch.file, offset_of(p, tile), p->tile[tile],
                                   tl_tiles_paged_tile_bytes(p), err));
        p->state[tile] = TL_PAGED_KEPT;
        p->n_written++;
    }
    *slot = p->hand;
    return TL_OK;
}

tl_code tl_tiles_paged_limit(tl_paged *p, double bytes, tl_err *err) {
    p->max_resident = tiles_within(p, bytes);
    while (p->n_resident > p->max_resident) {
        ptrdiff_t slot = 0;
        TL_TRY(give_up(p, &slot, err));
        tl_release(p->tile[p->resident[slot]]);
        p->tile[p->resident[slot]] = NULL;
        p->resident[slot] = p->resident[--p->n_resident];
    }
    return TL_OK;
}

static void make_blank(const tl_paged *p, unsigned char *memory) {
    const size_t bytes = tl_tiles_paged_tile_bytes(p);
    for (size_t at = 0; at < bytes; at += p->size) {
        memcpy(memory + at, p->blank, p->size);
    }
}

/* Memory for a tile: new, or that of a displaced one. */
static tl_code take_memory(tl_paged *p, ptrdiff_t tile, tl_err *err) {
    if (p->n_resident < p->max_resident) {
        p->tile[tile] = tl_acquire((ptrdiff_t)tl_tiles_paged_tile_bytes(p), 1);
        if (p->tile[tile] == NULL) {
            return tl_no_memory(err, "a tile of %zu bytes", tl_tiles_paged_tile_bytes(p));
        }
        p->resident[p->n_resident++] = tile;
        return TL_OK;
    }
    ptrdiff_t slot = 0;
    TL_TRY(give_up(p, &slot, err));
    p->tile[tile] = p->tile[p->resident[slot]];
    p->tile[p->resident[slot]] = NULL;
    p->resident[slot] = tile;
    return TL_OK;
}

static tl_code bring(tl_paged *p, ptrdiff_t tile, int fresh, tl_err *err) {
    TL_TRY(take_memory(p, tile, err));
    if ((p->state[tile] & TL_PAGED_KEPT) == 0) {
        make_blank(p, p->tile[tile]);
    } else if (!fresh) {
        p->n_read++;
        return p->scratch.read_at(p->scratch.file, offset_of(p, tile), p->tile[tile],
                                  tl_tiles_paged_tile_bytes(p), err);
    }
    return TL_OK;
}

tl_code tl_tiles_paged_load(tl_paged *p, ptrdiff_t tile, int fresh, tl_err *err) {
    if (p->tile[tile] == NULL) {
        const tl_code code = bring(p, tile, fresh, err);
        p->code = code == TL_OK ? p->code : code;
        return code;
    }
    return TL_OK;
}

/* The part of one tile that a box covers, as columns and rows of the raster. */
typedef struct part {
    ptrdiff_t tile;
    ptrdiff_t row0;
    ptrdiff_t row1; /* one beyond */
    ptrdiff_t col0;
    ptrdiff_t col1;
    int whole; /* 1: all cells of the tile that are in the raster */
} part;

static part part_of(const tl_paged *p, tl_box box, ptrdiff_t tile_row, ptrdiff_t tile_col) {
    const ptrdiff_t top = tile_row << p->row_bits;
    const ptrdiff_t left = tile_col << p->col_bits;
    const ptrdiff_t bottom = tl_min(top + ((ptrdiff_t)1 << p->row_bits), p->nrow);
    const ptrdiff_t right = tl_min(left + ((ptrdiff_t)1 << p->col_bits), p->ncol);
    part q = {.tile = tile_row * p->across + tile_col,
              .row0 = tl_max(top, box.row0),
              .row1 = tl_min(bottom, box.row0 + box.nrow),
              .col0 = tl_max(left, box.col0),
              .col1 = tl_min(right, box.col0 + box.ncol)};
    q.whole = q.row0 == top && q.row1 == bottom && q.col0 == left && q.col1 == right;
    return q;
}

/* Copies rows of a part between its tile, which is in memory, and values.
 *
 * in  1: into the tile */
static void copy_part(const tl_paged *p, const part *q, tl_box box, unsigned char *values,
                      ptrdiff_t stride, int in) {
    const ptrdiff_t row_mask = ((ptrdiff_t)1 << p->row_bits) - 1;
    const ptrdiff_t col_mask = ((ptrdiff_t)1 << p->col_bits) - 1;
    const size_t bytes = (size_t)(q->col1 - q->col0) * p->size;
    for (ptrdiff_t row = q->row0; row < q->row1; row++) {
        unsigned char *mine =
            p->tile[q->tile] +
            (size_t)(((row & row_mask) << p->col_bits) + (q->col0 & col_mask)) * p->size;
        unsigned char *theirs =
            values + (size_t)((row - box.row0) * stride + q->col0 - box.col0) * p->size;
        memcpy(in ? mine : theirs, in ? theirs : mine, bytes);
    }
}

static tl_code copy_box(tl_paged *p, tl_box box, unsigned char *values, ptrdiff_t stride, int in,
                        tl_err *err) {
    const ptrdiff_t row1 = tl_min(box.row0 + box.nrow, p->nrow);
    const ptrdiff_t col1 = tl_min(box.col0 + box.ncol, p->ncol);
    const ptrdiff_t row0 = tl_max(box.row0, 0);
    const ptrdiff_t col0 = tl_max(box.col0, 0);
    if (row0 >= row1 || col0 >= col1) {
        return TL_OK;
    }
    for (ptrdiff_t r = row0 >> p->row_bits; r <= (row1 - 1) >> p->row_bits; r++) {
        for (ptrdiff_t c = col0 >> p->col_bits; c <= (col1 - 1) >> p->col_bits; c++) {
            const part q = part_of(p, box, r, c);
            TL_TRY(tl_tiles_paged_load(p, q.tile, in && q.whole, err));
            p->state[q.tile] |=
                (unsigned char)(in ? TL_PAGED_USED | TL_PAGED_DIRTY : TL_PAGED_USED);
            copy_part(p, &q, box, values, stride, in);
        }
    }
    return TL_OK;
}

tl_code tl_tiles_paged_read(tl_paged *p, tl_box box, void *values, tl_err *err) {
    const int inside = box.row0 >= 0 && box.col0 >= 0 && box.row0 + box.nrow <= p->nrow &&
                       box.col0 + box.ncol <= p->ncol;
    unsigned char *to = values;
    for (ptrdiff_t i = 0; !inside && i < box.nrow * box.ncol; i++) {
        memcpy(to + (size_t)i * p->size, p->blank, p->size);
    }
    return copy_box(p, box, to, box.ncol, 0, err);
}

tl_code tl_tiles_paged_write(tl_paged *p, tl_box box, const void *values, ptrdiff_t stride,
                             tl_err *err) {
    return copy_box(p, box, (unsigned char *)(uintptr_t)values, stride, 1, err);
}
