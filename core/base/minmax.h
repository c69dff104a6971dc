/* SPDX-License-Identifier: GPL-2.0-or-later
 * The smaller and the larger of two values. Each returns its second value where the comparison is
 * false, as the expression `a < b ? a : b` does; a NaN as the first value is therefore replaced by
 * the second. */
#ifndef TL_BASE_MINMAX_H
#define TL_BASE_MINMAX_H

#include <stddef.h>

static inline ptrdiff_t tl_min(ptrdiff_t a, ptrdiff_t b) {
    return a < b ? a : b;
}

static inline ptrdiff_t tl_max(ptrdiff_t a, ptrdiff_t b) {
    return a > b ? a : b;
}

static inline int tl_min_int(int a, int b) {
    return a < b ? a : b;
}

static inline int tl_max_int(int a, int b) {
    return a > b ? a : b;
}

static inline double tl_min_double(double a, double b) {
    return a < b ? a : b;
}

static inline double tl_max_double(double a, double b) {
    return a > b ? a : b;
}

static inline float tl_min_float(float a, float b) {
    return a < b ? a : b;
}

static inline float tl_max_float(float a, float b) {
    return a > b ? a : b;
}

#endif
