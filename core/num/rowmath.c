/* SPDX-License-Identifier: GPL-2.0-or-later
 * Series on short intervals, without branches; see rowmath.h. */
#include "num/rowmath.h"

#include <stdint.h>
#include <string.h>

#include "base/wide.h"

static inline uint64_t bits_of(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline double from_bits(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* All bits set where x > limit, neither below 0: they compare as whole numbers do, which compilers
 * translate without branches. */
static inline uint64_t above(double x, double limit) {
    return (uint64_t)0 - (uint64_t)((int64_t)bits_of(x) > (int64_t)bits_of(limit));
}

static inline double pick(uint64_t mask, double where_set, double elsewhere) {
    return from_bits((bits_of(where_set) & mask) | (bits_of(elsewhere) & ~mask));
}

/* x = 2^e m with m in [sqrt 1/2, sqrt 2); ln m = 2 artanh s with s = (m - 1) / (m + 1). */
TL_WIDE_CLONES void tl_num_row_log(const double *restrict x, double *restrict y, ptrdiff_t n) {
    const uint64_t below_root_half = UINT64_C(0x3fe6a09e667f3bcc);
    const uint64_t two_52 = UINT64_C(0x4330000000000000);
    for (ptrdiff_t i = 0; i < n; i++) {
        const uint64_t bits = bits_of(x[i]);
        /* Exponent plus 1023, as a double: the low bits of 2^52 count ones. */
        const uint64_t exponent = (bits + (UINT64_C(0x3ff0000000000000) - below_root_half)) >> 52;
        const double e = from_bits(exponent | two_52) - (4503599627370496.0 + 1023.0);
        const double m = from_bits(bits - (exponent << 52) + UINT64_C(0x3ff0000000000000));
        const double s = (m - 1.0) / (m + 1.0);
        const double z = s * s;
        double sum = 1.0 / 23.0;
        sum = sum * z + 1.0 / 21.0;
        sum = sum * z + 1.0 / 19.0;
        sum = sum * z + 1.0 / 17.0;
        sum = sum * z + 1.0 / 15.0;
        sum = sum * z + 1.0 / 13.0;
        sum = sum * z + 1.0 / 11.0;
        sum = sum * z + 1.0 / 9.0;
        sum = sum * z + 1.0 / 7.0;
        sum = sum * z + 1.0 / 5.0;
        sum = sum * z + 1.0 / 3.0;
        y[i] = e * 0.69314718055994530942 + (2.0 * s + 2.0 * s * z * sum);
    }
}

/* Rotated by an eighth or a quarter of a half turn, so that |t| is at most tan(pi / 8). There (1 -
 * atan t / t) / t^2 comes from the polynomial through its values at the twelve Chebyshev nodes of
 * t^2. */
TL_WIDE_CLONES void tl_num_row_atan(const double *restrict x, double *restrict y, ptrdiff_t n) {
    const double tan_1 = 0.41421356237309504880; /* of pi / 8 */
    const double tan_3 = 2.4142135623730950488;  /* of 3 pi / 8 */
    const double half_pi = 1.57079632679489661923;
    const double quarter_pi = 0.78539816339744830962;
    for (ptrdiff_t i = 0; i < n; i++) {
        const double v = x[i];
        const double less = v - 1.0;
        const double more = v + 1.0;
        const uint64_t middle = above(v, tan_1);
        const uint64_t steep = above(v, tan_3);
        const double top = pick(steep, -1.0, pick(middle, less, v));
        const double low = pick(steep, v, pick(middle, more, 1.0));
        const double turned = pick(steep, half_pi, pick(middle, quarter_pi, 0.0));
        const double t = top / low;
        const double z = t * t;
        double sum = -0.016286806911147193;
        sum = sum * z + 0.03457154895777071;
        sum = sum * z - 0.04551632980706677;
        sum = sum * z + 0.05230463233790263;
        sum = sum * z - 0.058789302367256706;
        sum = sum * z + 0.06666424994020036;
        sum = sum * z - 0.07692296380999229;
        sum = sum * z + 0.09090908753702093;
        sum = sum * z - 0.11111111105159355;
        sum = sum * z + 0.14285714285659867;
        sum = sum * z - 0.19999999999999804;
        sum = sum * z + 0.3333333333333333;
        y[i] = turned + (t - t * z * sum);
    }
}
