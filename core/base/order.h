/* SPDX-License-Identifier: GPL-2.0-or-later
 * Orders for qsort. */
#ifndef TL_BASE_ORDER_H
#define TL_BASE_ORDER_H

/* Floats from the smallest to the largest; NaN has no place. */
static inline int tl_order_floats(const void *a, const void *b) {
    const float x = *(const float *)a;
    const float y = *(const float *)b;
    return (x > y) - (x < y);
}

#endif
