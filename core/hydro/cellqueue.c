/* SPDX-License-Identifier: GPL-2.0-or-later
 * Growth of the queue of cells; see cellqueue.h. */
#include "hydro/cellqueue.h"

#include "base/alloc.h"

tl_code tl_hydro_cellqueue_grow(tl_cellqueue *q, tl_err *err) {
    const ptrdiff_t capacity = q->capacity == 0 ? 1024 : 2 * q->capacity;
    ptrdiff_t *more = tl_grow(q->cell, q->capacity, capacity, sizeof *more);
    if (more == NULL) {
        return tl_no_memory(err, "a queue of %td cells", capacity);
    }
    /* The part of the ring that had wrapped to the front moves behind the old end. */
    const ptrdiff_t wrapped = q->head + q->count - q->capacity;
    for (ptrdiff_t i = 0; i < wrapped; i++) {
        more[q->capacity + i] = more[i];
    }
    q->cell = more;
    q->capacity = capacity;
    return TL_OK;
}

void tl_hydro_cellqueue_free(tl_cellqueue *q) {
    tl_release(q->cell);
    *q = (tl_cellqueue){0};
}
