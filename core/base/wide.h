/* SPDX-License-Identifier: GPL-2.0-or-later
 * Inner loops compiled once for every vector width: the program picks the clone for its processor.
 * All clones compute the same bits as long as every number is one sum in a fixed order, because
 * contraction is off. */
#ifndef TL_BASE_WIDE_H
#define TL_BASE_WIDE_H

/* In front of a function.
 *
 * TL_WIDE_CLONES  for sums, products and comparisons: the wider the vectors, the faster
 * TL_AVX2_CLONES  for loops that are bound by divisions or square roots: those of 512 bits need
 *                 twice the time of those of 256, and such loops were 7 to 10 percent slower with
 *                 them
 *
 * Without clones under the sanitizers, which cannot instrument the resolver that picks one. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define TL_WIDE_CLONES __attribute__((target_clones("avx512f", "avx2", "default")))
#define TL_AVX2_CLONES __attribute__((target_clones("avx2", "default")))
#else
#define TL_WIDE_CLONES
#define TL_AVX2_CLONES
#endif

/* In front of a loop with a small constant number of rounds, whose sums then stay in registers. */
#if defined(__clang__)
#define TL_UNROLL _Pragma("unroll")
#elif defined(__GNUC__)
#define TL_UNROLL _Pragma("GCC unroll 32")
#else
#define TL_UNROLL
#endif

/* Requests the memory at an address before it is needed. */
#if defined(__GNUC__)
#define TL_PREFETCH(address) __builtin_prefetch(address)
#else
#define TL_PREFETCH(address) ((void)0)
#endif

#endif
