/* SPDX-License-Identifier: GPL-2.0-or-later
 * The flood of hydro/fill.c over a raster in tiles; see fill_slope.h. */
#include "hydro/tiles/fill_slope.h"

#include <math.h>

#include "base/alloc.h"
#include "base/angle_units.h"
#include "base/minmax.h"
#include "hydro/flood_key.h"
#include "hydro/tiles/floodqueue.h"
#include "terrain/cells.h"
#include "terrain/neighbours.h"

typedef struct flood {
    tl_paged *z;    /* a cell holds its elevation until it is done, then its filled height */
    tl_paged marks; /* eight cells to a byte, 1: done or NoData */
    tl_cells cells;
    double gradient;
    tl_flood_order order;
    tl_floodqueue queue;
    ptrdiff_t nudged; /* cells whose increment a float cannot hold */
} flood;

/* 1: the cell was done; it is now in any case. -1: failure. */
static inline int mark(flood *f, ptrdiff_t row, ptrdiff_t col, tl_err *err) {
    unsigned char *byte = tl_tiles_paged_at(&f->marks, row, col >> 3, 1, err);
    if (byte == NULL) {
        return -1;
    }
    const unsigned bit = 1U << (col & 7);
    const int done = (*byte & bit) != 0;
    *byte = (unsigned char)(*byte | bit);
    return done;
}

/* Outlets of one row. rows holds it between its northern and its southern neighbour. */
static tl_code push_row(flood *f, ptrdiff_t row, const float *rows, tl_err *err) {
    const ptrdiff_t ncol = f->z->ncol;
    const ptrdiff_t stride = ncol + 2;
    for (ptrdiff_t col = 0; col < ncol; col++) {
        const float *middle = rows + stride + col + 1;
        const int missing = isnan(middle[0]);
        const float sum = middle[-stride - 1] + middle[-stride] + middle[-stride + 1] + middle[-1] +
                          middle[1] + middle[stride - 1] + middle[stride] + middle[stride + 1];
        /* Heights are finite, and beyond the raster they are NaN. */
        if (!missing && !isnan(sum)) {
            continue;
        }
        if (mark(f, row, col, err) < 0) {
            return f->marks.code;
        }
        if (!missing) {
            TL_TRY(tl_hydro_tiles_floodqueue_push(
                &f->queue,
                (tl_flood_entry){tl_hydro_flood_key(f->order, middle[0], (double)middle[0]),
                                 row * ncol + col},
                err));
        }
    }
    return TL_OK;
}

/* Rows from south to north: the order in which equal outlets enter decides who floods first. */
static tl_code push_outlets(flood *f, tl_err *err) {
    const ptrdiff_t ncol = f->z->ncol;
    float *rows = tl_acquire(3 * (ncol + 2), sizeof *rows);
    if (rows == NULL) {
        return tl_no_memory(err, "rows of %td cells", ncol);
    }
    tl_code code = TL_OK;
    for (ptrdiff_t row = f->z->nrow - 1; row >= 0 && code == TL_OK; row--) {
        code = tl_tiles_paged_read(f->z, (tl_box){row - 1, -1, 3, ncol + 2}, rows, err);
        if (code == TL_OK) {
            code = push_row(f, row, rows, err);
        }
    }
    tl_release(rows);
    return code;
}

static tl_code raise_cell(flood *f, ptrdiff_t row, ptrdiff_t col, float level, double rise,
                          tl_err *err) {
    float *z = tl_tiles_paged_at(f->z, row, col, 1, err);
    if (z == NULL) {
        return f->z->code;
    }
    const double own = (double)*z;
    const double raised = (double)level + rise;
    double height = tl_max_double(own, raised);
    float stored = (float)height;
    if (stored <= level) {
        stored = nextafterf(level, INFINITY);
        height = (double)stored;
        f->nudged++;
    }
    *z = stored;
    const double key = tl_hydro_flood_key(f->order, (float)own, height);
    return tl_hydro_tiles_floodqueue_push(&f->queue, (tl_flood_entry){key, row * f->z->ncol + col},
                                          err);
}

static tl_code flood_neighbours(flood *f, ptrdiff_t at, tl_err *err) {
    const ptrdiff_t row = at / f->z->ncol;
    const ptrdiff_t col = at - row * f->z->ncol;
    const float *own = tl_tiles_paged_at(f->z, row, col, 0, err);
    if (own == NULL) {
        return f->z->code;
    }
    const float level = *own;
    double length[TL_NEIGHBOURS];
    tl_terrain_neighbour_lengths(f->cells.dx_m[row], f->cells.dy_m[row], length);
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        const ptrdiff_t r = row + tl_drow[i];
        const ptrdiff_t c = col + tl_dcol[i];
        if (r < 0 || c < 0 || r >= f->z->nrow || c >= f->z->ncol) {
            continue;
        }
        const int done = mark(f, r, c, err);
        if (done < 0) {
            return f->marks.code;
        }
        if (!done) {
            TL_TRY(raise_cell(f, r, c, level, f->gradient * length[i], err));
        }
    }
    return TL_OK;
}

static tl_code run(flood *f, const tl_progress *p, tl_err *err) {
    const double n = (double)f->z->nrow * (double)f->z->ncol;
    TL_TRY(push_outlets(f, err));
    for (ptrdiff_t popped = 0; f->queue.count > 0; popped++) {
        if (popped % 65536 == 0) {
            TL_TRY(tl_progress_at(p, (double)popped / n, err));
        }
        tl_flood_entry entry;
        TL_TRY(tl_hydro_tiles_floodqueue_pop(&f->queue, &entry, err));
        TL_TRY(flood_neighbours(f, entry.at, err));
    }
    if (f->nudged > 0) {
        tl_progress_log(
            p, TL_WARNING,
            "fill: at %td cells the minimum slope raises less than a float can hold; they were "
            "raised by the smallest step instead",
            f->nudged);
    }
    return tl_progress_at(p, 1.0, err);
}

static tl_code open_scratch(const tl_fill_memory *memory, tl_scratch *scratch, tl_err *err) {
    *scratch = (tl_scratch){0};
    return memory == NULL || memory->open == NULL ? TL_OK
                                                  : memory->open(memory->user, scratch, err);
}

static tl_code set_up(flood *f, const tl_georef *geo, const tl_fill_memory *memory, tl_err *err) {
    TL_TRY(tl_terrain_cells_measure(&f->cells, geo, f->z->nrow, "fill", err));
    const ptrdiff_t nrow = f->z->nrow;
    const ptrdiff_t ncol = f->z->ncol;
    const tl_paged_shape marks = {.nrow = nrow,
                                  .ncol = (ncol + 7) / 8,
                                  .size = 1,
                                  .tile_rows = 64,
                                  .tile_cols = 64,
                                  .bytes = memory == NULL ? 0.0 : memory->marks_bytes};
    tl_scratch scratch;
    TL_TRY(open_scratch(memory, &scratch, err));
    TL_TRY(tl_tiles_paged_init(&f->marks, &marks, &scratch, err));
    TL_TRY(open_scratch(memory, &scratch, err));
    return tl_hydro_tiles_floodqueue_init(
        &f->queue, nrow * ncol, memory == NULL ? 0.0 : memory->queue_bytes, &scratch, err);
}

tl_code tl_hydro_tiles_fill_slope(tl_paged *z, const tl_georef *geo, double min_slope_deg,
                                  tl_flood_order order, const tl_fill_memory *memory,
                                  const tl_progress *p, tl_err *err) {
    if (!(min_slope_deg > 0.0 && min_slope_deg <= 45.0)) {
        return tl_fail(err, TL_ARG,
                       "fill: a minimum slope of %g degrees is not above 0 and up to 45; 0.01 is "
                       "usual",
                       min_slope_deg);
    }
    flood f = {.z = z, .gradient = tan(min_slope_deg * TL_PI / 180.0), .order = order};
    tl_code code = set_up(&f, geo, memory, err);
    if (code == TL_OK) {
        code = run(&f, p, err);
    }
    tl_terrain_cells_free(&f.cells);
    tl_tiles_paged_free(&f.marks);
    tl_hydro_tiles_floodqueue_free(&f.queue);
    return code;
}
