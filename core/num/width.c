/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the processor has; see width.h. */
#include "num/width.h"

#include <stdatomic.h>

static atomic_int widest = TL_NUM_AVX512;

static tl_num_width width_of_processor(void) {
#if defined(__x86_64__) && defined(__GNUC__)
    if (__builtin_cpu_supports("avx512f")) {
        return TL_NUM_AVX512;
    }
    if (__builtin_cpu_supports("avx2")) {
        return TL_NUM_AVX2;
    }
#endif
    return TL_NUM_NARROW;
}

tl_num_width tl_num_width_used(void) {
    const tl_num_width limit = (tl_num_width)atomic_load_explicit(&widest, memory_order_relaxed);
    const tl_num_width present = width_of_processor();
    return present < limit ? present : limit;
}

void tl_num_width_limit(tl_num_width limit) {
    atomic_store(&widest, (int)limit);
}
