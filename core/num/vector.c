/* SPDX-License-Identifier: GPL-2.0-or-later
 * The sum of long vectors at every vector width; see vector.h. */
#include "num/vector.h"

#include "base/wide.h"

TL_WIDE_CLONES void tl_num_add_scaled_wide(double *restrict to, double factor,
                                           const double *restrict from, ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < n; i++) {
        to[i] += factor * from[i];
    }
}
