/* SPDX-License-Identifier: GPL-2.0-or-later
 * The inner sums of svr_map.c for one vector width. That file includes this one once per width,
 * hence without a guard. Compilers split vectors that are wider than those of the processor badly
 * (five times slower), and do not join narrow ones.
 *
 * TL_LANES   floats in a vector
 * TL_OF(x)   the name x for this width
 * TL_TARGET  attribute of the function that is called
 *
 * All widths do the same operations on every pixel in the same order: same bits. */

typedef float TL_OF(lanes) __attribute__((vector_size(TL_LANES * 4), aligned(4), may_alias));
typedef float TL_OF(half) __attribute__((vector_size(TL_LANES * 2), aligned(4), may_alias));
typedef uint32_t TL_OF(words) __attribute__((vector_size(TL_LANES * 4), aligned(4), may_alias));
typedef int32_t TL_OF(signs) __attribute__((vector_size(TL_LANES * 4), aligned(4), may_alias));
typedef double TL_OF(sums) __attribute__((vector_size(TL_LANES * 4), aligned(8), may_alias));

/* *k = 2^t for t <= 0, zero below t = -126: 2^(t - round t) by its Taylor polynomial of degree 6
 * (relative error 1.7e-7 on [-0.5, 0.5], 3e-7 with rounding), the whole part through the exponent
 * bits. Signs are shifted into masks, because comparisons of vectors may be slow, one by one. */
static inline __attribute__((always_inline)) void TL_OF(power_of_two)(const TL_OF(lanes) * t,
                                                                      TL_OF(lanes) * k) {
    const float to_whole = 12582912.0F; /* 1.5 * 2^23: adding it rounds to a whole number */
    const TL_OF(lanes) shifted = *t + to_whole;
    const TL_OF(lanes) f = *t - (shifted - to_whole);
    TL_OF(lanes) p = f * 1.5403530e-4F + 1.3333558e-3F;
    p = p * f + 9.6181291e-3F;
    p = p * f + 5.5504109e-2F;
    p = p * f + 2.4022651e-1F;
    p = p * f + 6.9314718e-1F;
    p = p * f + 1.0F;
    const TL_OF(words) scaled = (TL_OF(words))p + ((TL_OF(words))shifted << 23);
    const TL_OF(signs) below = (TL_OF(signs))(*t + 126.0F) >> 31;
    *k = (TL_OF(lanes))(scaled & ~(TL_OF(words))below);
}

/* Adds beta exp(-gamma d) of one support vector to the sums of TL_LANES pixels.
 *
 * dot     its products with the pixels
 * length  squared lengths of the pixels; of the support vector: own */
static inline __attribute__((always_inline)) void TL_OF(add_kernel)(const TL_OF(lanes) * dot,
                                                                    const TL_OF(lanes) * length,
                                                                    float own, double beta,
                                                                    float minus_gamma,
                                                                    TL_OF(sums) * sum) {
    const TL_OF(lanes) d = (*length + own) - 2.0F * *dot;
    const TL_OF(signs) negative = (TL_OF(signs))d >> 31;
    const TL_OF(lanes) t = (TL_OF(lanes))((TL_OF(words))d & ~(TL_OF(words))negative) * minus_gamma;
    TL_OF(lanes) k;
    TL_OF(power_of_two)(&t, &k);
    const TL_OF(half) *part = (const TL_OF(half) *)(const void *)&k;
    sum[0] += beta * __builtin_convertvector(part[0], TL_OF(sums));
    sum[1] += beta * __builtin_convertvector(part[1], TL_OF(sums));
}

/* Products of the support vectors of one group with 2 TL_LANES pixels. The sums are separate
 * variables, because the compiler keeps an array of them in memory, which is three times slower. */
static inline __attribute__((always_inline)) void TL_OF(multiply_group)(const float *group,
                                                                        ptrdiff_t m, const float *z,
                                                                        TL_OF(lanes) * dot) {
    TL_OF(lanes) a0 = {0}, a1 = {0}, a2 = {0}, a3 = {0}, a4 = {0}, a5 = {0};
    TL_OF(lanes) b0 = {0}, b1 = {0}, b2 = {0}, b3 = {0}, b4 = {0}, b5 = {0};
    for (ptrdiff_t j = 0; j < m; j++) {
        const TL_OF(lanes) *x = (const TL_OF(lanes) *)(const void *)(z + j * PIECE);
        const float *v = group + j * GROUP;
        a0 += v[0] * x[0];
        b0 += v[0] * x[1];
        a1 += v[1] * x[0];
        b1 += v[1] * x[1];
        a2 += v[2] * x[0];
        b2 += v[2] * x[1];
        a3 += v[3] * x[0];
        b3 += v[3] * x[1];
        a4 += v[4] * x[0];
        b4 += v[4] * x[1];
        a5 += v[5] * x[0];
        b5 += v[5] * x[1];
    }
    dot[0] = a0;
    dot[1] = b0;
    dot[2] = a1;
    dot[3] = b1;
    dot[4] = a2;
    dot[5] = b2;
    dot[6] = a3;
    dot[7] = b3;
    dot[8] = a4;
    dot[9] = b4;
    dot[10] = a5;
    dot[11] = b5;
}

/* Sums over all support vectors for one piece of pixels. */
TL_TARGET static void TL_OF(sum_kernels)(const tl_svr *svr, const float *z, double *sum) {
    const float minus_gamma = (float)(-svr->gamma * 1.4426950408889634);
    const ptrdiff_t groups = groups_of(svr);
    const ptrdiff_t m = svr->m;
    for (ptrdiff_t g = 0; g < groups; g++) {
        const float *group = svr->packed + 2 * m + g * GROUP * (m + 1);
        for (ptrdiff_t i = 0; i < PIECE; i += 2 * TL_LANES) {
            TL_OF(lanes) dot[2 * GROUP];
            TL_OF(multiply_group)(group, m, z + i, dot);
            for (ptrdiff_t side = 0; side < 2; side++) {
                const ptrdiff_t at = i + side * TL_LANES;
                const TL_OF(lanes) *length =
                    (const TL_OF(lanes) *)(const void *)(z + m * PIECE + at);
                TL_OF(sums) *to = (TL_OF(sums) *)(void *)(sum + at);
                TL_OF(sums) total[2] = {to[0], to[1]};
                for (ptrdiff_t s = 0; s < GROUP; s++) {
                    TL_OF(add_kernel)
                    (&dot[2 * s + side], length, group[m * GROUP + s], svr->beta[g * GROUP + s],
                     minus_gamma, total);
                }
                to[0] = total[0];
                to[1] = total[1];
            }
        }
    }
}
