/* SPDX-License-Identifier: GPL-2.0-or-later
 * The kernel of num/dense.c at one vector width. It is included once for every width, because the
 * compiler would turn vectors wider than the processor's into code that is ten times slower.
 *
 * DENSE_NAME     name of the function
 * DENSE_TARGET   attribute of the processor, may be empty
 * DENSE_LANES    floats of a vector
 * DENSE_VECTORS  vectors of pixels side by side: DENSE_GROUP times as many sums fit the
 *                registers */
#define DENSE_JOIN(a, b) a##b
#define DENSE_TYPE(name) DENSE_JOIN(name, _lanes)

typedef float DENSE_TYPE(DENSE_NAME)
    __attribute__((vector_size(DENSE_LANES * 4), aligned(4), may_alias));

DENSE_TARGET static void DENSE_NAME(const float *weight, const float *bias, ptrdiff_t n_in,
                                    const float *x, float *y, float least) {
    typedef DENSE_TYPE(DENSE_NAME) lanes;
    typedef int32_t bits __attribute__((vector_size(DENSE_LANES * 4), aligned(4), may_alias));
    for (ptrdiff_t at = 0; at < TL_DENSE_PIXELS; at += (ptrdiff_t)DENSE_LANES * DENSE_VECTORS) {
        lanes sum[DENSE_GROUP][DENSE_VECTORS];
        TL_UNROLL
        for (int r = 0; r < DENSE_GROUP; r++) {
            TL_UNROLL
            for (int v = 0; v < DENSE_VECTORS; v++) {
                sum[r][v] = bias[r] + (lanes){0};
            }
        }
        for (ptrdiff_t i = 0; i < n_in; i++) {
            lanes in[DENSE_VECTORS];
            TL_UNROLL
            for (int v = 0; v < DENSE_VECTORS; v++) {
                in[v] = *(const lanes *)(const void *)(x + i * TL_DENSE_PIXELS + at +
                                                       (ptrdiff_t)v * DENSE_LANES);
            }
            TL_UNROLL
            for (int r = 0; r < DENSE_GROUP; r++) {
                TL_UNROLL
                for (int v = 0; v < DENSE_VECTORS; v++) {
                    sum[r][v] += weight[i * DENSE_GROUP + r] * in[v];
                }
            }
        }
        TL_UNROLL
        for (int r = 0; r < DENSE_GROUP; r++) {
            TL_UNROLL
            for (int v = 0; v < DENSE_VECTORS; v++) {
                /* A comparison with NaN fails, so NaN stays. */
                const bits low = (bits)(sum[r][v] < least);
                *(lanes *)(void *)(y + (ptrdiff_t)r * TL_DENSE_PIXELS + at +
                                   (ptrdiff_t)v * DENSE_LANES) = (lanes)((bits)sum[r][v] & ~low);
            }
        }
    }
}

#undef DENSE_JOIN
#undef DENSE_TYPE
#undef DENSE_NAME
#undef DENSE_TARGET
#undef DENSE_LANES
#undef DENSE_VECTORS
