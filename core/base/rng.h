/* SPDX-License-Identifier: GPL-2.0-or-later
 * Counter-based random numbers: a draw depends on (seed, stream, where it is used) and on nothing
 * else, so results do not depend on order, tiles or threads.
 *
 * source Philox4x32-10 of Salmon, Moraes, Dror & Shaw 2011, Proc. SC11 */
#ifndef TL_BASE_RNG_H
#define TL_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

/* What a draw is for; keeps the uses of one seed apart. The numbers are part of the results and
 * never change. */
typedef enum tl_stream {
    TL_STREAM_INIT = 0,
    TL_STREAM_SHUFFLE = 1,
    TL_STREAM_DROPOUT_TRAIN = 2,
    TL_STREAM_EPS_TRAIN = 3,
    TL_STREAM_DROPOUT_GEN = 4,
    TL_STREAM_EPS_GEN = 5,
    TL_STREAM_CARS = 6,
    TL_STREAM_FOLDS = 7,
    TL_STREAM_BOOTSTRAP = 8,
    TL_STREAM_SIMULATE = 9,
    TL_STREAM_PLACEMENT = 10,
    TL_STREAM_PERMUTATION = 11,
    TL_STREAM_FOREST = 12,
    TL_STREAM_NET_INIT = 13,
    TL_STREAM_NET_HELD_OUT = 14,
    TL_STREAM_NET_SHUFFLE = 15,
    TL_STREAM_NET_DROPOUT = 16
} tl_stream;

/* Four random words.
 *
 * seed     the key: two's complement, low word first
 * counter  where the draw is used */
void tl_rng_words(int64_t seed, const uint32_t counter[4], uint32_t out[4]);

/* Four uniforms in (0, 1) from the words of tl_rng_words: u = (word + 0.5) / 2^32. */
void tl_rng_uniform4(int64_t seed, const uint32_t counter[4], double out[4]);

/* Four standard normals from the four uniforms u of tl_rng_uniform4:
 *   z0 = sqrt(-2 ln u0) cos(2 pi u1),   z1 = sqrt(-2 ln u0) sin(2 pi u1),
 * and z2, z3 likewise from u2, u3.
 *
 * source Box & Muller 1958, Ann. Math. Statist. 29:610 */
void tl_rng_normal4(int64_t seed, const uint32_t counter[4], double out[4]);

/* A plain sequence for code that consumes numbers one after the other; the counter of its i-th
 * group of four is (i, index, 0, stream). */
typedef struct tl_rng {
    int64_t seed;
    uint32_t index;
    tl_stream stream;
    uint32_t used;
    double uniform[4];
} tl_rng;

/* The beginning of the sequence of a seed and a use; index keeps several of one use apart. */
tl_rng tl_rng_start(int64_t seed, tl_stream stream, uint32_t index);

/* The next number in (0, 1). */
double tl_rng_uniform(tl_rng *r);

/* The next standard normal; uses two uniforms. */
double tl_rng_normal(tl_rng *r);

/* The next whole number in 0..n-1, n >= 1. */
ptrdiff_t tl_rng_below(tl_rng *r, ptrdiff_t n);

/* Random permutation of 0..n-1 into out [n] (Fisher-Yates). */
void tl_rng_permutation(tl_rng *r, ptrdiff_t n, ptrdiff_t *out);

#endif
