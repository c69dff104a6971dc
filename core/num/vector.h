/* SPDX-License-Identifier: GPL-2.0-or-later
 * Inner products and sums of vectors of doubles, in a fixed order of summation.
 *
 * Missing values are not skipped: a NaN makes its sum NaN. inversion/cars_fit.c has an inner
 * product of its own in eight partial sums, which is faster for many samples but rounds
 * differently. */
#ifndef TL_NUM_VECTOR_H
#define TL_NUM_VECTOR_H

#include <stddef.h>

/* a'b: one sum from the first to the last element, started with zero; zero for n < 1.
 *
 * a, b  [n] may be the same array */
static inline double tl_num_dot(const double *a, const double *b, ptrdiff_t n) {
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        sum += a[i] * b[i];
    }
    return sum;
}

/* to += factor from, product and sum rounded one by one. Inline, for short vectors.
 *
 * to    [n] changed in place
 * from  [n] must not overlap to */
static inline void tl_num_add_scaled(double *restrict to, double factor,
                                     const double *restrict from, ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < n; i++) {
        to[i] += factor * from[i];
    }
}

/* The same with the same bits, compiled for every vector width: faster for long vectors, at the
 * cost of one call through a pointer. */
void tl_num_add_scaled_wide(double *restrict to, double factor, const double *restrict from,
                            ptrdiff_t n);

#endif
