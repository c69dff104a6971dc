/* SPDX-License-Identifier: GPL-2.0-or-later
 * Register-tiled matrix products; see product.h. */
#include "num/product.h"

#include <string.h>

#include "base/wide.h"

enum { TILE_ROWS = 4, TILE_COLS = 8, PADDED_K = 256 };

typedef struct tile_walk {
    ptrdiff_t k;
    const double *a;
    ptrdiff_t a_row;
    ptrdiff_t a_col;
    const double *b;
    ptrdiff_t ldc; /* also the row length of b */
    double *c;
    int add;
} tile_walk;

/* Eight numbers side by side, anywhere in an array of doubles. The compiler splits them into what
 * the processor has; plain loops over an array of eight were turned into something five times
 * slower. */
typedef double lanes __attribute__((vector_size(TILE_COLS * 8), aligned(8), may_alias));

/* All whole tiles of TILE_ROWS rows from i0 and columns below n_whole. */
TL_WIDE_CLONES static void whole_tiles(const tile_walk *w, ptrdiff_t i0, ptrdiff_t n_whole) {
    const double *a0 = w->a + i0 * w->a_row;
    const double *a1 = a0 + w->a_row;
    const double *a2 = a1 + w->a_row;
    const double *a3 = a2 + w->a_row;
    for (ptrdiff_t j0 = 0; j0 < n_whole; j0 += TILE_COLS) {
        double *c = w->c + i0 * w->ldc + j0;
        lanes *c0 = (lanes *)(void *)c;
        lanes *c1 = (lanes *)(void *)(c + w->ldc);
        lanes *c2 = (lanes *)(void *)(c + 2 * w->ldc);
        lanes *c3 = (lanes *)(void *)(c + 3 * w->ldc);
        lanes s0 = {0};
        lanes s1 = {0};
        lanes s2 = {0};
        lanes s3 = {0};
        if (w->add) {
            s0 = *c0;
            s1 = *c1;
            s2 = *c2;
            s3 = *c3;
        }
        for (ptrdiff_t k = 0; k < w->k; k++) {
            const lanes b = *(const lanes *)(const void *)(w->b + k * w->ldc + j0);
            const ptrdiff_t at = k * w->a_col;
            s0 += a0[at] * b;
            s1 += a1[at] * b;
            s2 += a2[at] * b;
            s3 += a3[at] * b;
        }
        *c0 = s0;
        *c1 = s1;
        *c2 = s2;
        *c3 = s3;
    }
}

/* Row i of C, whole tiles of columns, two at a time so that the sums do not wait for each other. */
TL_WIDE_CLONES static void whole_row(const tile_walk *w, ptrdiff_t i, ptrdiff_t n_whole) {
    const double *a = w->a + i * w->a_row;
    for (ptrdiff_t j0 = 0; j0 < n_whole; j0 += 2 * TILE_COLS) {
        const ptrdiff_t j1 = j0 + TILE_COLS < n_whole ? j0 + TILE_COLS : j0;
        lanes *c0 = (lanes *)(void *)(w->c + i * w->ldc + j0);
        lanes *c1 = (lanes *)(void *)(w->c + i * w->ldc + j1);
        lanes s0 = {0};
        lanes s1 = {0};
        if (w->add) {
            s0 = *c0;
            s1 = *c1;
        }
        for (ptrdiff_t k = 0; k < w->k; k++) {
            const double *b = w->b + k * w->ldc;
            s0 += a[k * w->a_col] * *(const lanes *)(const void *)(b + j0);
            s1 += a[k * w->a_col] * *(const lanes *)(const void *)(b + j1);
        }
        *c0 = s0;
        *c1 = s1;
    }
}

/* The last columns of C, fewer than a tile, in a copy of B and C that is padded to one. Sums that
 * pass through the copy between two runs of k keep their bits. */
static void last_columns(const tile_walk *w, ptrdiff_t m, ptrdiff_t n_whole) {
    double b[PADDED_K * TILE_COLS] = {0.0};
    double c[TILE_ROWS * TILE_COLS] = {0.0};
    const ptrdiff_t cols = w->ldc - n_whole;
    const size_t bytes = (size_t)cols * sizeof *b;
    ptrdiff_t k0 = 0;
    do {
        const ptrdiff_t k = w->k - k0 < PADDED_K ? w->k - k0 : PADDED_K;
        for (ptrdiff_t r = 0; r < k; r++) {
            memcpy(b + r * TILE_COLS, w->b + (k0 + r) * w->ldc + n_whole, bytes);
        }
        for (ptrdiff_t i = 0; i < m; i += TILE_ROWS) {
            const ptrdiff_t rows = m - i < TILE_ROWS ? m - i : TILE_ROWS;
            const tile_walk part = {.k = k,
                                    .a = w->a + i * w->a_row + k0 * w->a_col,
                                    .a_row = w->a_row,
                                    .a_col = w->a_col,
                                    .b = b,
                                    .ldc = TILE_COLS,
                                    .c = c,
                                    .add = w->add || k0 > 0};
            for (ptrdiff_t r = 0; r < rows; r++) {
                memcpy(c + r * TILE_COLS, w->c + (i + r) * w->ldc + n_whole, bytes);
            }
            if (rows == TILE_ROWS) {
                whole_tiles(&part, 0, TILE_COLS);
            }
            for (ptrdiff_t r = 0; r < rows; r++) {
                if (rows < TILE_ROWS) {
                    whole_row(&part, r, TILE_COLS);
                }
                memcpy(w->c + (i + r) * w->ldc + n_whole, c + r * TILE_COLS, bytes);
            }
        }
        k0 += k;
    } while (k0 < w->k);
}

void tl_num_product(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const double *a, ptrdiff_t a_row,
                    ptrdiff_t a_col, const double *b, double *restrict c, int add) {
    const tile_walk w = {
        .k = k, .a = a, .a_row = a_row, .a_col = a_col, .b = b, .ldc = n, .c = c, .add = add};
    const ptrdiff_t m_whole = m - m % TILE_ROWS;
    const ptrdiff_t n_whole = n - n % TILE_COLS;
    for (ptrdiff_t i = 0; i < m_whole; i += TILE_ROWS) {
        whole_tiles(&w, i, n_whole);
    }
    for (ptrdiff_t i = m_whole; i < m; i++) {
        whole_row(&w, i, n_whole);
    }
    if (n_whole < n) {
        last_columns(&w, m, n_whole);
    }
}

void tl_num_transpose(ptrdiff_t nrow, ptrdiff_t ncol, const double *restrict from,
                      double *restrict to) {
    for (ptrdiff_t i = 0; i < nrow; i++) {
        for (ptrdiff_t j = 0; j < ncol; j++) {
            to[j * nrow + i] = from[i * ncol + j];
        }
    }
}
