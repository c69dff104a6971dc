/* SPDX-License-Identifier: GPL-2.0-or-later
 * Register-tiled matrix products; see matrix_product.h. */
#include "num/matrix_product.h"

#include <string.h>

#include "base/minmax.h"
#include "base/wide.h"
#include "num/width.h"

enum { TILE_ROWS = 4, TILE_COLS = 8, PADDED_K = 256, SHAPES = 3 };

typedef struct tile_walk {
    ptrdiff_t k;
    const double *a;
    ptrdiff_t a_row;
    ptrdiff_t a_col;
    const double *b;
    ptrdiff_t ldb;
    double *c;
    ptrdiff_t ldc;
    int add;
} tile_walk;

#define PRODUCT_NAME narrow_4x4
#define PRODUCT_TARGET
#define PRODUCT_LANES 2
#define PRODUCT_VECTORS 2
#define PRODUCT_ROWS TILE_ROWS
#include "num/matrix_product_kernel.h"

#define PRODUCT_NAME narrow_1x8
#define PRODUCT_TARGET
#define PRODUCT_LANES 2
#define PRODUCT_VECTORS 4
#define PRODUCT_ROWS 1
#include "num/matrix_product_kernel.h"

#if defined(__x86_64__) && defined(__GNUC__)
#define PRODUCT_NAME avx2_4x8
#define PRODUCT_TARGET __attribute__((target("avx2")))
#define PRODUCT_LANES 4
#define PRODUCT_VECTORS 2
#define PRODUCT_ROWS TILE_ROWS
#include "num/matrix_product_kernel.h"

#define PRODUCT_NAME avx2_1x16
#define PRODUCT_TARGET __attribute__((target("avx2")))
#define PRODUCT_LANES 4
#define PRODUCT_VECTORS 4
#define PRODUCT_ROWS 1
#include "num/matrix_product_kernel.h"

#define PRODUCT_NAME avx2_1x8
#define PRODUCT_TARGET __attribute__((target("avx2")))
#define PRODUCT_LANES 4
#define PRODUCT_VECTORS 2
#define PRODUCT_ROWS 1
#include "num/matrix_product_kernel.h"

#define PRODUCT_NAME avx512_4x32
#define PRODUCT_TARGET __attribute__((target("avx512f")))
#define PRODUCT_LANES 8
#define PRODUCT_VECTORS 4
#define PRODUCT_ROWS TILE_ROWS
#include "num/matrix_product_kernel.h"

#define PRODUCT_NAME avx512_4x16
#define PRODUCT_TARGET __attribute__((target("avx512f")))
#define PRODUCT_LANES 8
#define PRODUCT_VECTORS 2
#define PRODUCT_ROWS TILE_ROWS
#include "num/matrix_product_kernel.h"

#define PRODUCT_NAME avx512_4x8
#define PRODUCT_TARGET __attribute__((target("avx512f")))
#define PRODUCT_LANES 8
#define PRODUCT_VECTORS 1
#define PRODUCT_ROWS TILE_ROWS
#include "num/matrix_product_kernel.h"

#define PRODUCT_NAME avx512_1x32
#define PRODUCT_TARGET __attribute__((target("avx512f")))
#define PRODUCT_LANES 8
#define PRODUCT_VECTORS 4
#define PRODUCT_ROWS 1
#include "num/matrix_product_kernel.h"

#define PRODUCT_NAME avx512_1x8
#define PRODUCT_TARGET __attribute__((target("avx512f")))
#define PRODUCT_LANES 8
#define PRODUCT_VECTORS 1
#define PRODUCT_ROWS 1
#include "num/matrix_product_kernel.h"
#endif

typedef void (*tile_kernel)(const tile_walk *w, ptrdiff_t i0, ptrdiff_t j0, ptrdiff_t end);

/* Tiles of one height, wide ones first; the last one divides TILE_COLS. */
typedef struct tile_shape {
    tile_kernel kernel;
    ptrdiff_t cols;
} tile_shape;

/* Tiles of TILE_ROWS rows, and of one row, for every width. */
static const tile_shape shapes[][2][SHAPES] = {
    [TL_NUM_NARROW] = {{{narrow_4x4, 4}}, {{narrow_1x8, 8}}},
#if defined(__x86_64__) && defined(__GNUC__)
    [TL_NUM_AVX2] = {{{avx2_4x8, 8}}, {{avx2_1x16, 16}, {avx2_1x8, 8}}},
    [TL_NUM_AVX512] = {{{avx512_4x32, 32}, {avx512_4x16, 16}, {avx512_4x8, 8}},
                       {{avx512_1x32, 32}, {avx512_1x8, 8}}},
#endif
};

/* Columns from j0 to below end, which are whole TILE_COLS. */
static void whole_tiles(const tile_shape *shape, const tile_walk *w, ptrdiff_t i0, ptrdiff_t j0,
                        ptrdiff_t end) {
    for (int s = 0; s < SHAPES && j0 < end; s++) {
        if (shape[s].kernel != NULL) {
            const ptrdiff_t whole = j0 + (end - j0) / shape[s].cols * shape[s].cols;
            shape[s].kernel(w, i0, j0, whole);
            j0 = whole;
        }
    }
}

/* All columns of some rows, at least TILE_COLS of them. The last tile may overlap the one before
 * it; it is computed in a copy, from C as it was. */
static void all_columns(const tile_shape *shape, const tile_walk *w, ptrdiff_t n, ptrdiff_t i0,
                        ptrdiff_t rows) {
    const ptrdiff_t n_whole = n - n % TILE_COLS;
    const ptrdiff_t rest = n - n_whole;
    const ptrdiff_t last = n - TILE_COLS;
    double aside[TILE_ROWS * TILE_COLS];
    if (rest > 0) {
        const tile_walk end = {.k = w->k,
                               .a = w->a + i0 * w->a_row,
                               .a_row = w->a_row,
                               .a_col = w->a_col,
                               .b = w->b + last,
                               .ldb = w->ldb,
                               .c = aside,
                               .ldc = TILE_COLS,
                               .add = w->add};
        for (ptrdiff_t r = 0; w->add && r < rows; r++) {
            memcpy(aside + r * TILE_COLS, w->c + (i0 + r) * w->ldc + last,
                   TILE_COLS * sizeof *aside);
        }
        whole_tiles(shape, &end, 0, 0, TILE_COLS);
    }
    whole_tiles(shape, w, i0, 0, n_whole);
    for (ptrdiff_t r = 0; rest > 0 && r < rows; r++) {
        memcpy(w->c + (i0 + r) * w->ldc + last, aside + r * TILE_COLS, TILE_COLS * sizeof *aside);
    }
}

/* A product of fewer than TILE_COLS columns, in copies of B and C that are padded to one tile. Sums
 * that pass through the copy between two runs of k keep their bits. */
static void few_columns(const tile_shape (*shape)[SHAPES], const tile_walk *w, ptrdiff_t m,
                        ptrdiff_t n) {
    double b[PADDED_K * TILE_COLS] = {0.0};
    double c[TILE_ROWS * TILE_COLS] = {0.0};
    const size_t bytes = (size_t)n * sizeof *b;
    ptrdiff_t k0 = 0;
    do {
        const ptrdiff_t k = tl_min(w->k - k0, PADDED_K);
        for (ptrdiff_t r = 0; r < k; r++) {
            memcpy(b + r * TILE_COLS, w->b + (k0 + r) * w->ldb, bytes);
        }
        for (ptrdiff_t i = 0; i < m; i += TILE_ROWS) {
            const ptrdiff_t rows = tl_min(m - i, TILE_ROWS);
            const tile_walk part = {.k = k,
                                    .a = w->a + i * w->a_row + k0 * w->a_col,
                                    .a_row = w->a_row,
                                    .a_col = w->a_col,
                                    .b = b,
                                    .ldb = TILE_COLS,
                                    .c = c,
                                    .ldc = TILE_COLS,
                                    .add = w->add || k0 > 0};
            for (ptrdiff_t r = 0; r < rows; r++) {
                memcpy(c + r * TILE_COLS, w->c + (i + r) * w->ldc, bytes);
            }
            if (rows == TILE_ROWS) {
                whole_tiles(shape[0], &part, 0, 0, TILE_COLS);
            }
            for (ptrdiff_t r = 0; r < rows; r++) {
                if (rows < TILE_ROWS) {
                    whole_tiles(shape[1], &part, r, 0, TILE_COLS);
                }
                memcpy(w->c + (i + r) * w->ldc, c + r * TILE_COLS, bytes);
            }
        }
        k0 += k;
    } while (k0 < w->k);
}

void tl_num_product(ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const double *a, ptrdiff_t a_row,
                    ptrdiff_t a_col, const double *b, double *restrict c, int add) {
    const tile_shape(*shape)[SHAPES] = shapes[tl_num_width_used()];
    const tile_walk w = {.k = k,
                         .a = a,
                         .a_row = a_row,
                         .a_col = a_col,
                         .b = b,
                         .ldb = n,
                         .c = c,
                         .ldc = n,
                         .add = add};
    if (n < TILE_COLS) {
        few_columns(shape, &w, m, n);
        return;
    }
    const ptrdiff_t m_whole = m - m % TILE_ROWS;
    for (ptrdiff_t i = 0; i < m_whole; i += TILE_ROWS) {
        all_columns(shape[0], &w, n, i, TILE_ROWS);
    }
    for (ptrdiff_t i = m_whole; i < m; i++) {
        all_columns(shape[1], &w, n, i, 1);
    }
}

/* Whole squares first, so that every line of memory is read and written once. */
void tl_num_transpose(ptrdiff_t nrow, ptrdiff_t ncol, const double *restrict from,
                      double *restrict to) {
    const ptrdiff_t rows = nrow - nrow % TILE_COLS;
    for (ptrdiff_t i = 0; i < rows; i += TILE_COLS) {
        for (ptrdiff_t j = 0; j < ncol; j++) {
            TL_UNROLL
            for (ptrdiff_t r = 0; r < TILE_COLS; r++) {
                to[j * nrow + i + r] = from[(i + r) * ncol + j];
            }
        }
    }
    for (ptrdiff_t i = rows; i < nrow; i++) {
        for (ptrdiff_t j = 0; j < ncol; j++) {
            to[j * nrow + i] = from[i * ncol + j];
        }
    }
}
