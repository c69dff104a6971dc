/* SPDX-License-Identifier: GPL-2.0-or-later
 * exp(x) = 2^k exp(r) with |r| <= ln(2) / 2; see exponential.h. */
#include "num/exponential.h"

#include <stdint.h>
#include <string.h>

#include "base/wide.h"

enum { LANES = 8, DEGREE = 13 };

typedef double lanes __attribute__((vector_size(LANES * 8), aligned(8), may_alias));
typedef int64_t bits __attribute__((vector_size(LANES * 8), aligned(8), may_alias));

/* 1 / i!, of the series of exp(r): its rest is below 5e-18 where |r| <= ln(2) / 2. */
static const double inverse_factorial[DEGREE + 1] = {1.0,
                                                     1.0,
                                                     1.0 / 2.0,
                                                     1.0 / 6.0,
                                                     1.0 / 24.0,
                                                     1.0 / 120.0,
                                                     1.0 / 720.0,
                                                     1.0 / 5040.0,
                                                     1.0 / 40320.0,
                                                     1.0 / 362880.0,
                                                     1.0 / 3628800.0,
                                                     1.0 / 39916800.0,
                                                     1.0 / 479001600.0,
                                                     1.0 / 6227020800.0};

/* Adding 1.5 * 2^52 leaves the nearest whole number in the low bits of the sum. */
static const double to_whole = 6755399441055744.0;

/* ln(2) in two parts; the first has so few digits that k times it is exact. */
static const double ln2_high = 6.93147180369123816490e-01;
static const double ln2_low = 1.90821492927058770002e-10;

/* Eight numbers; through pointers, because a vector that is wider than the processor's cannot be
 * handed over otherwise. Inline, so that every clone has it at its own width. */
static inline __attribute__((always_inline)) void eight(const double *from, double *to) {
    const lanes given = *(const lanes *)(const void *)from;
    const lanes least = -708.0 - (lanes){0};
    const lanes most = 709.0 - (lanes){0};
    /* Comparisons with NaN fail, so it stays. */
    const bits below = (bits)(given < least);
    const bits above = (bits)(given > most);
    const lanes x =
        (lanes)((~(below | above) & (bits)given) | (below & (bits)least) | (above & (bits)most));
    const lanes whole = x * 1.44269504088896340736 + to_whole;
    const lanes k = whole - to_whole;
    const lanes r = (x - k * ln2_high) - k * ln2_low;
    lanes sum = inverse_factorial[DEGREE] - (lanes){0};
    for (int i = DEGREE - 1; i >= 0; i--) {
        sum = sum * r + inverse_factorial[i];
    }
    const bits power = ((bits)whole << 52) + (bits)(1.0 - (lanes){0});
    *(lanes *)(void *)to = sum * (lanes)power;
}

TL_WIDE_CLONES void tl_num_exp(ptrdiff_t n, const double *x, double *y) {
    const ptrdiff_t whole = n - n % LANES;
    for (ptrdiff_t i = 0; i < whole; i += LANES) {
        eight(x + i, y + i);
    }
    if (whole < n) {
        double rest[LANES] = {0.0};
        memcpy(rest, x + whole, (size_t)(n - whole) * sizeof *x);
        eight(rest, rest);
        memcpy(y + whole, rest, (size_t)(n - whole) * sizeof *y);
    }
}
