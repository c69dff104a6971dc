/* SPDX-License-Identifier: GPL-2.0-or-later
 * Positions of soil samples. */
#include "simulate/sampling.h"

#include <math.h>

#include "base/alloc.h"
#include "base/rng.h"
#include "simulate/fields.h"

enum { TRIES = 12 };

typedef struct area {
    unsigned char *free; /* [nrow, ncol]: 1 = may be sampled */
    ptrdiff_t nrow;
    ptrdiff_t ncol;
    ptrdiff_t side; /* of a square, cells */
    ptrdiff_t across;
    ptrdiff_t squares;
} area;

static int has_margin(const float *valid, ptrdiff_t nrow, ptrdiff_t ncol, ptrdiff_t margin,
                      ptrdiff_t row, ptrdiff_t col) {
    if (row < margin || col < margin || row >= nrow - margin || col >= ncol - margin) {
        return 0;
    }
    for (ptrdiff_t r = row - margin; r <= row + margin; r++) {
        for (ptrdiff_t c = col - margin; c <= col + margin; c++) {
            if (isnan(valid[r * ncol + c])) {
                return 0;
            }
        }
    }
    return 1;
}

static int far_enough(const ptrdiff_t *row, const ptrdiff_t *col, ptrdiff_t n, ptrdiff_t r,
                      ptrdiff_t c, double apart) {
    for (ptrdiff_t i = 0; i < n; i++) {
        if (hypot((double)(row[i] - r), (double)(col[i] - c)) < apart) {
            return 0;
        }
    }
    return 1;
}

/* One trial per square in the given order; returns the new number of samples. */
static ptrdiff_t visit(const area *g, tl_rng *draw, const ptrdiff_t *order, double apart,
                       ptrdiff_t wanted, ptrdiff_t found, ptrdiff_t *row, ptrdiff_t *col) {
    for (ptrdiff_t k = 0; k < g->squares && found < wanted; k++) {
        const ptrdiff_t r0 = order[k] / g->across * g->side;
        const ptrdiff_t c0 = order[k] % g->across * g->side;
        for (int trial = 0; trial < TRIES; trial++) {
            const ptrdiff_t r = r0 + tl_rng_below(draw, g->side);
            const ptrdiff_t c = c0 + tl_rng_below(draw, g->side);
            if (r < g->nrow && c < g->ncol && g->free[r * g->ncol + c] != 0 &&
                far_enough(row, col, found, r, c, apart)) {
                row[found] = r;
                col[found] = c;
                found++;
                break;
            }
        }
    }
    return found;
}

/* Chooses the remaining samples from the free cells in row order; only used when the area is so
 * full that random trials fail. */
static ptrdiff_t fill_up(const area *g, ptrdiff_t wanted, ptrdiff_t found, ptrdiff_t *row,
                         ptrdiff_t *col) {
    for (ptrdiff_t i = 0; i < g->nrow * g->ncol && found < wanted; i++) {
        if (g->free[i] != 0 && far_enough(row, col, found, i / g->ncol, i % g->ncol, 0.5)) {
            row[found] = i / g->ncol;
            col[found] = i % g->ncol;
            found++;
        }
    }
    return found;
}

tl_code tl_simulate_sample_cells(int64_t seed, const float *valid, ptrdiff_t nrow, ptrdiff_t ncol,
                                 ptrdiff_t margin, ptrdiff_t n, ptrdiff_t *row, ptrdiff_t *col,
                                 tl_err *err) {
    area g = {tl_acquire(nrow * ncol, 1), nrow, ncol, 0, 0, 0};
    ptrdiff_t *order = NULL;
    tl_code code = TL_OK;
    ptrdiff_t free_cells = 0;
    if (g.free == NULL) {
        return tl_no_memory(err, "the positions of %td samples", n);
    }
    for (ptrdiff_t i = 0; i < nrow * ncol; i++) {
        g.free[i] = (unsigned char)has_margin(valid, nrow, ncol, margin, i / ncol, i % ncol);
        free_cells += g.free[i];
    }
    if (n < 1 || free_cells < n) {
        code = tl_fail(err, TL_DATA,
                       "the area has %td cells for sampling (%td or more cells away from its edge "
                       "and from NoData), but %td samples are wanted",
                       free_cells, margin, n);
        goto done;
    }
    g.side = (ptrdiff_t)fmax(1.0, floor(sqrt((double)free_cells / (double)n)));
    g.across = (ncol + g.side - 1) / g.side;
    g.squares = g.across * ((nrow + g.side - 1) / g.side);
    order = tl_acquire(g.squares, sizeof *order);
    if (order == NULL) {
        code = tl_no_memory(err, "the positions of %td samples", n);
        goto done;
    }
    tl_rng draw = tl_rng_start(seed, TL_STREAM_SIMULATE, (uint32_t)TL_SIMULATE_USE_POSITION);
    double apart = 0.5 * (double)g.side;
    ptrdiff_t found = 0;
    while (found < n && apart > 0.4) {
        const ptrdiff_t before = found;
        tl_rng_permutation(&draw, g.squares, order);
        found = visit(&g, &draw, order, fmax(apart, 0.5), n, found, row, col);
        apart *= found == before ? 0.8 : 1.0;
    }
    fill_up(&g, n, found, row, col);
done:
    tl_release(order);
    tl_release(g.free);
    return code;
}

void tl_simulate_sample_offset(int64_t seed, ptrdiff_t i, double *d_row, double *d_col) {
    const uint32_t counter[4] = {(uint32_t)i, 0, (uint32_t)TL_SIMULATE_USE_POSITION,
                                 (uint32_t)TL_STREAM_SIMULATE};
    double u[4];
    tl_rng_uniform4(seed, counter, u);
    *d_row = 0.7 * (u[0] - 0.5);
    *d_col = 0.7 * (u[1] - 0.5);
}
