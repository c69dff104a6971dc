/* SPDX-License-Identifier: GPL-2.0-or-later
 * A heap in memory and in a scratch file; see floodqueue.h. */
#include "hydro/tiles/floodqueue.h"

#include "base/alloc.h"
#include "base/minmax.h"
#include "base/wide.h"

/* Entries of a row of far, which is one of its tiles. */
enum { row_of_far = 4096 };

tl_code tl_hydro_tiles_floodqueue_init(tl_floodqueue *q, ptrdiff_t largest, double bytes,
                                       const tl_scratch *scratch, tl_err *err) {
    *q = (tl_floodqueue){0};
    const ptrdiff_t fit = (ptrdiff_t)(bytes / (double)sizeof(tl_flood_entry));
    /* An eighth for the tiles of far. */
    q->max_near =
        scratch == NULL || scratch->file == NULL || fit >= largest ? largest : fit - fit / 8;
    const ptrdiff_t beyond = largest - q->max_near;
    const tl_paged_shape shape = {.nrow = beyond / row_of_far + 1,
                                  .ncol = row_of_far,
                                  .size = sizeof(tl_flood_entry),
                                  .tile_rows = 1,
                                  .tile_cols = row_of_far,
                                  .bytes = bytes / 8.0};
    return tl_tiles_paged_init(&q->far, &shape, scratch, err);
}

void tl_hydro_tiles_floodqueue_free(tl_floodqueue *q) {
    tl_release(q->near_key);
    tl_release(q->near_at);
    tl_tiles_paged_free(&q->far);
    *q = (tl_floodqueue){0};
}

/* An entry of far, which keeps a failure until the end of the step. */
static tl_flood_entry *far_entry(tl_floodqueue *q, ptrdiff_t i, int writes, tl_err *err) {
    const ptrdiff_t beyond = i - q->max_near;
    tl_flood_entry *entry =
        tl_tiles_paged_at(&q->far, beyond / row_of_far, beyond % row_of_far, writes, err);
    if (entry == NULL) {
        return &q->nothing;
    }
    return entry;
}

static inline tl_flood_entry get(tl_floodqueue *q, ptrdiff_t i, tl_err *err) {
    return i < q->max_near ? (tl_flood_entry){q->near_key[i], q->near_at[i]}
                           : *far_entry(q, i, 0, err);
}

static inline void put(tl_floodqueue *q, ptrdiff_t i, tl_flood_entry entry, tl_err *err) {
    if (i < q->max_near) {
        q->near_key[i] = entry.key;
        q->near_at[i] = entry.at;
    } else {
        *far_entry(q, i, 1, err) = entry;
    }
}

static void sift_up(tl_floodqueue *q, ptrdiff_t hole, tl_flood_entry entry, tl_err *err) {
    while (hole > 0) {
        const tl_flood_entry parent = get(q, (hole - 1) / 2, err);
        if (!(parent.key > entry.key)) {
            break;
        }
        put(q, hole, parent, err);
        hole = (hole - 1) / 2;
    }
    put(q, hole, entry, err);
}

static tl_code allocate(tl_floodqueue *q, tl_err *err) {
    ptrdiff_t capacity = q->capacity == 0 ? 1024 : q->capacity + q->capacity / 2;
    capacity = tl_min(capacity, q->max_near);
    double *key = tl_grow(q->near_key, q->capacity, capacity, sizeof *key);
    q->near_key = key == NULL ? q->near_key : key;
    ptrdiff_t *at = key == NULL ? NULL : tl_grow(q->near_at, q->capacity, capacity, sizeof *at);
    if (at == NULL) {
        return tl_no_memory(err, "a queue of %td cells", capacity);
    }
    q->near_at = at;
    q->capacity = capacity;
    return TL_OK;
}

tl_code tl_hydro_tiles_floodqueue_push(tl_floodqueue *q, tl_flood_entry entry, tl_err *err) {
    if (q->count == q->capacity && q->capacity < q->max_near) {
        TL_TRY(allocate(q, err));
    }
    sift_up(q, q->count++, entry, err);
    q->longest = tl_max(q->count, q->longest);
    return q->far.code;
}

/* The way down through the arrays. The child is computed without a branch, because no processor
 * could predict it, and the keys four levels below are prefetched.
 *
 * count   entries that are all in the arrays
 * returns where the hole arrives */
static ptrdiff_t sink_near(tl_floodqueue *q, ptrdiff_t count) {
    double *key = q->near_key;
    ptrdiff_t *at = q->near_at;
    ptrdiff_t hole = 0;
    ptrdiff_t left = 1;
    while (left + 1 < count) {
        const ptrdiff_t ahead = 16 * hole + 15;
        if (ahead < count) {
            TL_PREFETCH(key + ahead);
            TL_PREFETCH(key + ahead + 8);
        }
        const ptrdiff_t child = left + !(key[left + 1] > key[left]);
        key[hole] = key[child];
        at[hole] = at[child];
        hole = child;
        left = 2 * hole + 1;
    }
    return hole;
}

static ptrdiff_t sink(tl_floodqueue *q, tl_err *err) {
    ptrdiff_t hole = 0;
    ptrdiff_t left = 1;
    while (left + 1 < q->count) {
        const tl_flood_entry one = get(q, left, err);
        const tl_flood_entry two = get(q, left + 1, err);
        const int right = !(two.key > one.key);
        put(q, hole, right ? two : one, err);
        hole = left + right;
        left = 2 * hole + 1;
    }
    return hole;
}

/* As in hydro/fill.c: the hole sinks to the bottom before the last entry is put back, and of equal
 * children the right one moves up. */
tl_code tl_hydro_tiles_floodqueue_pop(tl_floodqueue *q, tl_flood_entry *entry, tl_err *err) {
    *entry = get(q, 0, err);
    const tl_flood_entry last = get(q, --q->count, err);
    ptrdiff_t hole = q->count <= q->max_near ? sink_near(q, q->count) : sink(q, err);
    const ptrdiff_t left = 2 * hole + 1;
    if (left < q->count) {
        put(q, hole, get(q, left, err), err);
        hole = left;
    }
    sift_up(q, hole, last, err);
    return q->far.code;
}
