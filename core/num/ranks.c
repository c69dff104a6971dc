/* SPDX-License-Identifier: GPL-2.0-or-later
 * Ranking by sorting; see ranks.h. */
#include "num/ranks.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"

typedef struct ranked {
    float value;
    ptrdiff_t at;
} ranked;

static int by_value(const void *a, const void *b) {
    const float x = ((const ranked *)a)->value;
    const float y = ((const ranked *)b)->value;
    return (x > y) - (x < y);
}

tl_code tl_num_mean_ranks(const float *x, ptrdiff_t n, double *rank, tl_err *err) {
    ranked *order = tl_acquire(n, sizeof *order);
    if (order == NULL) {
        return tl_no_memory(err, "the ranks of %td values", n);
    }
    ptrdiff_t m = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        rank[i] = (double)NAN;
        if (!isnan(x[i])) {
            order[m++] = (ranked){x[i], i};
        }
    }
    qsort(order, (size_t)m, sizeof *order, by_value);
    for (ptrdiff_t first = 0; first < m;) {
        ptrdiff_t last = first;
        while (last + 1 < m && !(order[last + 1].value > order[first].value)) {
            last++;
        }
        for (ptrdiff_t k = first; k <= last; k++) {
            rank[order[k].at] = 0.5 * (double)(first + last) + 1.0;
        }
        first = last + 1;
    }
    tl_release(order);
    return TL_OK;
}
