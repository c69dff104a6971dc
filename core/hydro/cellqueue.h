/* SPDX-License-Identifier: GPL-2.0-or-later
 * A growing queue of cells, first in first out. */
#ifndef TL_HYDRO_CELLQUEUE_H
#define TL_HYDRO_CELLQUEUE_H

#include <stddef.h>

#include "base/status.h"

/* Zeroed = empty. */
typedef struct tl_cellqueue {
    ptrdiff_t *cell;    /* [capacity] a ring */
    ptrdiff_t capacity; /* 0 or a power of two */
    ptrdiff_t head;
    ptrdiff_t count;
} tl_cellqueue;

/* Enlarges the queue.
 *
 * fails  TL_NOMEM; the queue is unchanged then */
tl_code tl_hydro_cellqueue_grow(tl_cellqueue *q, tl_err *err);

/* Frees; an empty queue is fine. */
void tl_hydro_cellqueue_free(tl_cellqueue *q);

/* Appends a cell.
 *
 * fails  TL_NOMEM */
static inline tl_code tl_hydro_cellqueue_put(tl_cellqueue *q, ptrdiff_t at, tl_err *err) {
    if (q->count == q->capacity) {
        TL_TRY(tl_hydro_cellqueue_grow(q, err));
    }
    q->cell[(q->head + q->count++) & (q->capacity - 1)] = at;
    return TL_OK;
}

/* Removes and returns the oldest cell; the queue must not be empty. */
static inline ptrdiff_t tl_hydro_cellqueue_take(tl_cellqueue *q) {
    const ptrdiff_t at = q->cell[q->head];
    q->head = (q->head + 1) & (q->capacity - 1);
    q->count--;
    return at;
}

/* Removes and returns the newest cell: the queue used as a stack. */
static inline ptrdiff_t tl_hydro_cellqueue_pop(tl_cellqueue *q) {
    return q->cell[(q->head + --q->count) & (q->capacity - 1)];
}

#endif
