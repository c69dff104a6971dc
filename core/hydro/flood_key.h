/* SPDX-License-Identifier: GPL-2.0-or-later
 * The priority of a cell on the rim of a flood; shared by the floods of hydro/fill.c and of its form in tiles. */
#ifndef TL_HYDRO_FLOOD_KEY_H
#define TL_HYDRO_FLOOD_KEY_H

#include <stdint.h>
#include <string.h>

#include "hydro/fill.h"

/* The bits of a float as a number of the same order. */
static inline uint32_t tl_hydro_ordered_bits(float value) {
    const float positive_zero = value + 0.0F;
    uint32_t bits;
    memcpy(&bits, &positive_zero, sizeof bits);
    return bits >> 31 ? ~bits : bits | UINT32_C(0x80000000);
}

/* By elevation, cells of equal elevation are taken in the order of their flooded heights, so that flats of the DEM are crossed
 * on short ways. Both numbers are in one double: the elevation is its upper half, which decides first.
 *
 * own      elevation of the cell, metres; finite
 * height   flooded height, metres; finite
 * returns  a finite number; the smallest is taken next */
static inline double tl_hydro_flood_key(tl_flood_order order, float own, double height) {
    if (order == TL_FLOOD_BY_LEVEL) {
        return height;
    }
    const float upper = own + 0.0F;
    uint32_t high;
    memcpy(&high, &upper, sizeof high);
    const uint32_t low = tl_hydro_ordered_bits((float)height);
    const uint64_t bits = (uint64_t)high << 32 | (high >> 31 ? ~low : low);
    double key;
    memcpy(&key, &bits, sizeof key);
    return key;
}

#endif
