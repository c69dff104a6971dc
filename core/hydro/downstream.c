/* SPDX-License-Identifier: GPL-2.0-or-later
 * Counts of the donors of all cells; see downstream.h. */
#include "hydro/downstream.h"

#include <math.h>

#include "base/alloc.h"

static void add(tl_downstream *walk, ptrdiff_t at, int count) {
    unsigned char *pair = &walk->open[at / 2];
    *pair = (unsigned char)(*pair + (count << 4 * (at % 2)));
}

tl_code tl_hydro_downstream_init(tl_downstream *walk, const tl_d8 *d8, const tl_grid *surface,
                                 tl_err *err) {
    const ptrdiff_t n = d8->nrow * d8->ncol;
    *walk = (tl_downstream){.d8 = d8, .at = -1};
    walk->open = tl_acquire(n / 2 + 1, 1);
    if (walk->open == NULL) {
        return tl_no_memory(err, "%td cells", n);
    }
    for (ptrdiff_t at = 0; at < n; at++) {
        const ptrdiff_t next = tl_hydro_d8_next(d8, at);
        if (next >= 0) {
            add(walk, next, 1);
        }
        if (isnan(surface->data[at])) {
            add(walk, at, TL_DOWNSTREAM_DONE);
        }
    }
    return TL_OK;
}

void tl_hydro_downstream_free(tl_downstream *walk) {
    if (walk != NULL) {
        tl_release(walk->open);
        *walk = (tl_downstream){0};
    }
}
