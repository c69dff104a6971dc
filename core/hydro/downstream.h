/* SPDX-License-Identifier: GPL-2.0-or-later
 * Visiting cells from the watersheds down, without a list of them. */
#ifndef TL_HYDRO_DOWNSTREAM_H
#define TL_HYDRO_DOWNSTREAM_H

#include <stddef.h>

#include "base/grid.h"
#include "base/status.h"
#include "hydro/flow.h"

/* Follows the water down from each cell into which nothing drains. It stops at a cell that still
 * waits for other water; the last to arrive continues. */
typedef struct tl_downstream {
    const tl_d8 *d8;
    /* [n / 2 + 1] two cells per byte: donors that were not visited yet; TL_DOWNSTREAM_DONE = was
     * visited, or NoData */
    unsigned char *open;
    ptrdiff_t start; /* cells before it do not begin a walk */
    ptrdiff_t at;    /* the cell visited last, -1 none */
} tl_downstream;

enum { TL_DOWNSTREAM_DONE = 15 };

/* walk    uninitialised; empty on failure
 * d8      borrowed
 * surface [nrow, ncol] the surface of d8; only where it is NaN counts
 * fails   TL_NOMEM
 * cost    O(n), half a byte per cell */
tl_code tl_hydro_downstream_init(tl_downstream *walk, const tl_d8 *d8, const tl_grid *surface,
                                 tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_hydro_downstream_free(tl_downstream *walk);

static inline int tl_hydro_downstream_open(const tl_downstream *walk, ptrdiff_t at) {
    return walk->open[at / 2] >> 4 * (at % 2) & TL_DOWNSTREAM_DONE;
}

/* The next cell, after all that drain into it; -1: every cell with data was visited. */
static inline ptrdiff_t tl_hydro_downstream_next(tl_downstream *walk) {
    const ptrdiff_t n = walk->d8->nrow * walk->d8->ncol;
    if (walk->at >= 0) {
        walk->at = tl_hydro_d8_next(walk->d8, walk->at);
    }
    if (walk->at >= 0) {
        unsigned char *pair = &walk->open[walk->at / 2];
        *pair = (unsigned char)(*pair - (1 << 4 * (walk->at % 2)));
        if (tl_hydro_downstream_open(walk, walk->at) != 0) {
            walk->at = -1;
        }
    }
    if (walk->at < 0) {
        while (walk->start < n && tl_hydro_downstream_open(walk, walk->start) != 0) {
            walk->start++;
        }
        walk->at = walk->start < n ? walk->start++ : -1;
    }
    if (walk->at >= 0) {
        unsigned char *pair = &walk->open[walk->at / 2];
        *pair = (unsigned char)(*pair | TL_DOWNSTREAM_DONE << 4 * (walk->at % 2));
    }
    return walk->at;
}

#endif
