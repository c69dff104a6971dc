/* SPDX-License-Identifier: GPL-2.0-or-later
 * The priority queue of hydro/fill.h with limited memory: the same entries leave it in the same
 * order, equal ones included, and entries that do not fit are kept in a scratch file. */
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

/* A binary heap. Its upper levels, which every step touches, are plain arrays; the keys are stored
 * apart, because the way down reads only keys. Zeroed = empty. */
typedef struct tl_floodqueue {
    double *near_key;   /* [capacity] */
    ptrdiff_t *near_at; /* [capacity] */
    ptrdiff_t capacity;
    ptrdiff_t max_near; /* maximum capacity */
    tl_paged far;       /* the entries from max_near on */
    ptrdiff_t count;
    tl_flood_entry nothing; /* stands for an entry that could not be read */
    ptrdiff_t longest;      /* the largest count so far */
} tl_floodqueue;

/* Makes an empty queue.
 *
 * q        uninitialised; empty on failure
 * largest  entries that it will ever hold
 * bytes    maximum memory
 * scratch  owned by the queue from here on, also after a failure; NULL or without file: all entries
 *          stay in memory
 * fails    TL_NOMEM */
tl_code tl_hydro_tiles_floodqueue_init(tl_floodqueue *q, ptrdiff_t largest, double bytes,
                                       const tl_scratch *scratch, tl_err *err);

/* Frees; zeroed and already freed queues are fine. */
void tl_hydro_tiles_floodqueue_free(tl_floodqueue *q);

/* Adds an entry.
 *
 * fails  TL_NOMEM; TL_IO as the scratch file */
tl_code tl_hydro_tiles_floodqueue_push(tl_floodqueue *q, tl_flood_entry entry, tl_err *err);

/* Removes an entry with the smallest key; the queue must not be empty.
 *
 * fails  as push */
tl_code tl_hydro_tiles_floodqueue_pop(tl_floodqueue *q, tl_flood_entry *entry, tl_err *err);

#endif
