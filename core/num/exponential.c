/* SPDX-License-Identifier: GPL-2.0-or-later
 * exp(x) = 2^k exp(r) with a whole number k and |r| <= ln(2) / 2; see exponential.h.
 *
 * Adding 1.5 * 2^52 (1.5 * 2^23 in single precision) to x / ln(2) rounds it to the whole number k
 * and leaves k in the low bits of the sum, from where it is shifted into the exponent. ln(2) is
 * subtracted in two parts; the first has so few digits that k times it is exact. */
#include "num/exponential.h"

#include <stdint.h>
#include <string.h>

#include "base/wide.h"

TL_WIDE_CLONES void tl_num_exp(ptrdiff_t n, const double *x, double *y) {
    const double to_whole = 6755399441055744.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        /* Comparisons with NaN fail, so it stays. */
        const double low = x[i] < -708.0 ? -708.0 : x[i];
        const double t = low > 709.0 ? 709.0 : low;
        const double shifted = t * 1.44269504088896340736 + to_whole;
        const double k = shifted - to_whole;
        const double r = (t - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10;
        /* The series of exp(r); its remainder is below 5e-18. */
        double sum = 1.0 / 6227020800.0;
        sum = sum * r + 1.0 / 479001600.0;
        sum = sum * r + 1.0 / 39916800.0;
        sum = sum * r + 1.0 / 3628800.0;
        sum = sum * r + 1.0 / 362880.0;
        sum = sum * r + 1.0 / 40320.0;
        sum = sum * r + 1.0 / 5040.0;
        sum = sum * r + 1.0 / 720.0;
        sum = sum * r + 1.0 / 120.0;
        sum = sum * r + 1.0 / 24.0;
        sum = sum * r + 1.0 / 6.0;
        sum = sum * r + 0.5;
        sum = sum * r + 1.0;
        sum = sum * r + 1.0;
        uint64_t power;
        memcpy(&power, &shifted, sizeof power);
        power = (power + 1023U) << 52;
        double scale;
        memcpy(&scale, &power, sizeof scale);
        y[i] = sum * scale;
    }
}

TL_WIDE_CLONES void tl_num_exp_float(ptrdiff_t n, const float *x, float *y) {
    const float to_whole = 12582912.0F;
    for (ptrdiff_t i = 0; i < n; i++) {
        const float low = x[i] < -87.0F ? -87.0F : x[i];
        const float t = low > 88.0F ? 88.0F : low;
        const float shifted = t * 1.4426950F + to_whole;
        const float k = shifted - to_whole;
        const float r = (t - k * 0.693359375F) + k * 2.12194440e-4F;
        float p = r * 1.9875691e-4F + 1.3981999e-3F;
        p = p * r + 8.3334519e-3F;
        p = p * r + 4.1665795e-2F;
        p = p * r + 1.6666665e-1F;
        p = p * r + 5.0000001e-1F;
        p = p * (r * r) + r + 1.0F;
        uint32_t power;
        memcpy(&power, &shifted, sizeof power);
        power = (power << 23) + 0x3f800000U;
        float scale;
        memcpy(&scale, &power, sizeof scale);
        y[i] = p * scale;
    }
}
