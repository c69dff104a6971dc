/* SPDX-License-Identifier: GPL-2.0-or-later
 * One tile of num/matrix_product.c at one vector width. It is included once for every shape,
 * because the compiler would turn vectors wider than the processor's into code that is ten times
 * slower.
 *
 * PRODUCT_NAME     name of the function
 * PRODUCT_TARGET   attribute of the processor, may be empty
 * PRODUCT_LANES    doubles of a vector
 * PRODUCT_VECTORS  vectors of columns side by side
 * PRODUCT_ROWS     rows of the tile: PRODUCT_VECTORS times as many sums fit the registers */
#define PRODUCT_JOIN(a, b) a##b
#define PRODUCT_TYPE(name) PRODUCT_JOIN(name, _lanes)

typedef double PRODUCT_TYPE(PRODUCT_NAME)
    __attribute__((vector_size(PRODUCT_LANES * 8), aligned(8), may_alias));

/* PRODUCT_ROWS rows from i0, columns from j0 to below end, which are whole tiles. */
PRODUCT_TARGET static void PRODUCT_NAME(const tile_walk *w, ptrdiff_t i0, ptrdiff_t j0,
                                        ptrdiff_t end) {
    typedef PRODUCT_TYPE(PRODUCT_NAME) lanes;
    const double *a = w->a + i0 * w->a_row;
    for (; j0 < end; j0 += (ptrdiff_t)PRODUCT_LANES * PRODUCT_VECTORS) {
        double *c = w->c + i0 * w->ldc + j0;
        lanes sum[PRODUCT_ROWS][PRODUCT_VECTORS] = {{{0}}};
        if (w->add) {
            TL_UNROLL
            for (int r = 0; r < PRODUCT_ROWS; r++) {
                TL_UNROLL
                for (int v = 0; v < PRODUCT_VECTORS; v++) {
                    sum[r][v] = *(const lanes *)(const void *)(c + r * w->ldc + v * PRODUCT_LANES);
                }
            }
        }
        for (ptrdiff_t k = 0; k < w->k; k++) {
            lanes b[PRODUCT_VECTORS];
            TL_UNROLL
            for (int v = 0; v < PRODUCT_VECTORS; v++) {
                b[v] = *(const lanes *)(const void *)(w->b + k * w->ldb + j0 + v * PRODUCT_LANES);
            }
            TL_UNROLL
            for (int r = 0; r < PRODUCT_ROWS; r++) {
                TL_UNROLL
                for (int v = 0; v < PRODUCT_VECTORS; v++) {
                    sum[r][v] += a[r * w->a_row + k * w->a_col] * b[v];
                }
            }
        }
        TL_UNROLL
        for (int r = 0; r < PRODUCT_ROWS; r++) {
            TL_UNROLL
            for (int v = 0; v < PRODUCT_VECTORS; v++) {
                *(lanes *)(void *)(c + r * w->ldc + v * PRODUCT_LANES) = sum[r][v];
            }
        }
    }
}

#undef PRODUCT_JOIN
#undef PRODUCT_TYPE
#undef PRODUCT_NAME
#undef PRODUCT_TARGET
#undef PRODUCT_LANES
#undef PRODUCT_VECTORS
#undef PRODUCT_ROWS
