/* SPDX-License-Identifier: GPL-2.0-or-later
 * Register-tiled matrix products; see product.h. */
#include "num/product.h"

#include "base/wide.h"

enum { TILE_ROWS = 4, TILE_COLS = 8 };

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

/* One tile of at most TILE_ROWS x TILE_COLS entries at the border of C. */
static void border_tile(const tile_walk *w, ptrdiff_t i0, ptrdiff_t rows, ptrdiff_t j0,
                        ptrdiff_t cols) {
    for (ptrdiff_t i = i0; i < i0 + rows; i++) {
        double sum[TILE_COLS];
        double *c = w->c + i * w->ldc + j0;
        for (ptrdiff_t j = 0; j < cols; j++) {
            sum[j] = w->add ? c[j] : 0.0;
        }
        for (ptrdiff_t k = 0; k < w->k; k++) {
            const double a = w->a[i * w->a_row + k * w->a_col];
            const double *b = w->b + k * w->ldc + j0;
            for (ptrdiff_t j = 0; j < cols; j++) {
                sum[j] += a * b[j];
            }
        }
        for (ptrdiff_t j = 0; j < cols; j++) {
            c[j] = sum[j];
        }
    }
}

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

void tl_num_product(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const double *a, ptrdiff_t a_row,
                    ptrdiff_t a_col, const double *b, double *restrict c, int add) {
    const tile_walk w = {
        .k = k, .a = a, .a_row = a_row, .a_col = a_col, .b = b, .ldc = n, .c = c, .add = add};
    const ptrdiff_t m_whole = m - m % TILE_ROWS;
    const ptrdiff_t n_whole = n - n % TILE_COLS;
    for (ptrdiff_t i = 0; i < m_whole; i += TILE_ROWS) {
        whole_tiles(&w, i, n_whole);
        if (n_whole < n) {
            border_tile(&w, i, TILE_ROWS, n_whole, n - n_whole);
        }
    }
    for (ptrdiff_t j = 0; m_whole < m && j < n; j += TILE_COLS) {
        border_tile(&w, m_whole, m - m_whole, j, n - j < TILE_COLS ? n - j : TILE_COLS);
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
