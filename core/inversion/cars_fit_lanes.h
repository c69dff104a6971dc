/* SPDX-License-Identifier: GPL-2.0-or-later
 * The inner loops of cars_fit.c for one vector width. That file includes this one once per width,
 * hence without a guard, because compilers split vectors that are wider than those of the processor
 * badly.
 *
 * TL_LANES   doubles in a vector: 2, 4 or 8
 * TL_OF(x)   the name x for this width
 * TL_TARGET  attribute of the functions
 *
 * All widths add the same numbers in the same order: same bits. */

typedef double TL_OF(lanes) __attribute__((vector_size(TL_LANES * 8), aligned(8), may_alias));

/* a'b in eight partial sums, of the elements i mod 8, which are added in order. */
TL_TARGET static double TL_OF(dot)(const double *a, const double *b, ptrdiff_t width) {
    TL_OF(lanes) sum[8 / TL_LANES] = {{0}};
    for (ptrdiff_t i = 0; i < width; i += 8) {
        for (ptrdiff_t k = 0; k < 8 / TL_LANES; k++) {
            sum[k] += *(const TL_OF(lanes) *)(const void *)(a + i + k * TL_LANES) *
                      *(const TL_OF(lanes) *)(const void *)(b + i + k * TL_LANES);
        }
    }
    const double *part = (const double *)(const void *)sum;
    double total = 0.0;
    for (ptrdiff_t k = 0; k < 8; k++) {
        total += part[k];
    }
    return total;
}

/* to = sum over rows k of factor[k] table[k, :], four vectors of columns at a time. */
TL_TARGET static void TL_OF(combine_rows)(const double *table, const double *factor, ptrdiff_t rows,
                                          ptrdiff_t width, double *to) {
    ptrdiff_t c = 0;
    for (; c + 4 * TL_LANES <= width; c += 4 * TL_LANES) {
        TL_OF(lanes) s0 = {0};
        TL_OF(lanes) s1 = {0};
        TL_OF(lanes) s2 = {0};
        TL_OF(lanes) s3 = {0};
        for (ptrdiff_t k = 0; k < rows; k++) {
            const TL_OF(lanes) *row = (const TL_OF(lanes) *)(const void *)(table + k * width + c);
            s0 += factor[k] * row[0];
            s1 += factor[k] * row[1];
            s2 += factor[k] * row[2];
            s3 += factor[k] * row[3];
        }
        TL_OF(lanes) *out = (TL_OF(lanes) *)(void *)(to + c);
        out[0] = s0;
        out[1] = s1;
        out[2] = s2;
        out[3] = s3;
    }
    for (; c < width; c += TL_LANES) {
        TL_OF(lanes) sum = {0};
        for (ptrdiff_t k = 0; k < rows; k++) {
            sum += factor[k] * *(const TL_OF(lanes) *)(const void *)(table + k * width + c);
        }
        *(TL_OF(lanes) *)(void *)(to + c) = sum;
    }
}
