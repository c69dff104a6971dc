/* SPDX-License-Identifier: GPL-2.0-or-later
 * Disjoint sets of numbered items: a forest in which the root of every set has its smallest
 * number. */
#ifndef TL_HYDRO_UNIONFIND_H
#define TL_HYDRO_UNIONFIND_H

#include <stddef.h>
#include <stdint.h>

/* Makes every item a set of its own.
 *
 * parent  [n] out */
static inline void tl_hydro_unionfind_start(int32_t *parent, ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < n; i++) {
        parent[i] = (int32_t)i;
    }
}

/* The smallest number in the set of an item. Halves the way to the root.
 *
 * source  Tarjan & van Leeuwen 1984, J. ACM 31:245 (path halving) */
static inline int32_t tl_hydro_unionfind_root(int32_t *parent, int32_t item) {
    /* Whoever has an item has the list of parents. */
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
    while (parent[item] != item) {
        parent[item] = parent[parent[item]];
        item = parent[item];
    }
    return item;
}

/* Unites the sets of two roots, which may be equal.
 *
 * returns the root of the union, which is the smaller of the two */
static inline int32_t tl_hydro_unionfind_link(int32_t *parent, int32_t root_a, int32_t root_b) {
    const int32_t keep = root_a < root_b ? root_a : root_b;
    parent[root_a < root_b ? root_b : root_a] = keep;
    return keep;
}

#endif
