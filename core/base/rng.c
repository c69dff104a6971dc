/* SPDX-License-Identifier: GPL-2.0-or-later
 * Philox draws through Random123; see rng.h. */
#include "base/rng.h"

#include <Random123/philox.h>
#include <math.h>

#include "base/minmax.h"

static const double two_pi = 6.283185307179586476925;

void tl_rng_words(int64_t seed, const uint32_t counter[4], uint32_t out[4]) {
    const uint64_t bits = (uint64_t)seed;
    const philox4x32_key_t key = {{(uint32_t)(bits & 0xffffffffu), (uint32_t)(bits >> 32)}};
    const philox4x32_ctr_t ctr = {{counter[0], counter[1], counter[2], counter[3]}};
    const philox4x32_ctr_t drawn = philox4x32(ctr, key);
    for (int i = 0; i < 4; i++) {
        out[i] = drawn.v[i];
    }
}

void tl_rng_uniform4(int64_t seed, const uint32_t counter[4], double out[4]) {
    uint32_t words[4];
    tl_rng_words(seed, counter, words);
    for (int i = 0; i < 4; i++) {
        out[i] = ((double)words[i] + 0.5) / 4294967296.0;
    }
}

void tl_rng_normal4(int64_t seed, const uint32_t counter[4], double out[4]) {
    double u[4];
    tl_rng_uniform4(seed, counter, u);
    for (int i = 0; i < 4; i += 2) {
        const double radius = sqrt(-2.0 * log(u[i]));
        out[i] = radius * cos(two_pi * u[i + 1]);
        out[i + 1] = radius * sin(two_pi * u[i + 1]);
    }
}

tl_rng tl_rng_start(int64_t seed, tl_stream stream, uint32_t index) {
    return (tl_rng){.seed = seed, .index = index, .stream = stream};
}

double tl_rng_uniform(tl_rng *r) {
    const uint32_t slot = r->used % 4;
    if (slot == 0) {
        const uint32_t counter[4] = {r->used / 4, r->index, 0, (uint32_t)r->stream};
        tl_rng_uniform4(r->seed, counter, r->uniform);
    }
    r->used++;
    return r->uniform[slot];
}

double tl_rng_normal(tl_rng *r) {
    const double u0 = tl_rng_uniform(r);
    const double u1 = tl_rng_uniform(r);
    return sqrt(-2.0 * log(u0)) * cos(two_pi * u1);
}

ptrdiff_t tl_rng_below(tl_rng *r, ptrdiff_t n) {
    const ptrdiff_t drawn = (ptrdiff_t)(tl_rng_uniform(r) * (double)n);
    return tl_min(drawn, n - 1);
}

void tl_rng_permutation(tl_rng *r, ptrdiff_t n, ptrdiff_t *out) {
    for (ptrdiff_t i = 0; i < n; i++) {
        out[i] = i;
    }
    for (ptrdiff_t i = n - 1; i > 0; i--) {
        const ptrdiff_t j = tl_rng_below(r, i + 1);
        const ptrdiff_t kept = out[i];
        out[i] = out[j];
        out[j] = kept;
    }
}
