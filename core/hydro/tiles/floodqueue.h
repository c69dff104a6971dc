/* SPDX-License-Identifier: GPL-2.0-or-later
 * The priority queue of hydro/fill.h with a bounded memory: the same entries leave it in the same
 * order, equal ones included, and what does not fit waits in a scratch file. */
#ifndef TL_HYDRO_TILES_FLOODQUEUE_H
#define TL_HYDRO_TILES_FLOODQUEUE_H

#include <stddef.h>

#include "base/status.h"
#include "source/scratch.h"
#include "tiles/paged.h"

typedef struct tl_flood_entry {
    double key;
    ptrdiff_t at;
} tl_flood_entry;

/* A binary heap. Its upper levels, which every step touches, are plain arrays; the keys lie apart,
 * because only they are waited for on the way down. Zeroed = empty. */
typedef struct tl_floodqueue {
    double *near_key;   /* [room] */
    ptrdiff_t *near_at; /* [room] */
    ptrdiff_t capacity;
    ptrdiff_t max_near; /* room at most */
    tl_paged far;       /* the entries from most on */
    ptrdiff_t count;
    tl_flood_entry nothing; /* stands for an entry that could not be read */
    ptrdiff_t longest;      /* the largest count there was */
} tl_floodqueue;

/* Makes an empty queue.
 *
 * q        uninitialised; empty on failure
 * largest  entries that it will ever hold
 * bytes    most memory that it takes
 * scratch  taken over in any case; NULL or without file: all entries stay in memory
 * fails    TL_NOMEM */
tl_code tl_hydro_tiles_floodqueue_init(tl_floodqueue *q, ptrdiff_t largest, double bytes,
                                       const tl_scratch *scratch, tl_err *err);

/* Frees; zeroed and already freed queues are fine. */
void tl_hydro_tiles_floodqueue_free(tl_floodqueue *q);

/* Puts an entry in.
 *
 * fails  TL_NOMEM; TL_IO as the scratch file */
tl_code tl_hydro_tiles_floodqueue_push(tl_floodqueue *q, tl_flood_entry entry, tl_err *err);

/* Takes out one with the smallest key; the queue must not be empty.
 *
 * fails  as push */
tl_code tl_hydro_tiles_floodqueue_pop(tl_floodqueue *q, tl_flood_entry *entry, tl_err *err);

#endif
