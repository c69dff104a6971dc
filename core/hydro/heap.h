/* SPDX-License-Identifier: GPL-2.0-or-later
 * A binary heap of entries in one array, written into the file that includes it, because its speed
 * depends on the compiler seeing the entry and its order. Entries that compare equal leave the heap
 * in no documented order; where that order is part of a result, see hydro/fill.c.
 *
 * TL_HEAP_ENTRY         type of an entry
 * TL_HEAP_BEFORE(a, b)  1: entry a leaves the heap before entry b
 *
 * It defines the type heap, which is empty when zeroed and whose array is freed with
 * tl_release(heap.entry), and heap_push and heap_pop. Needs base/alloc.h and base/status.h. */
typedef struct heap {
    TL_HEAP_ENTRY *entry; /* [capacity] */
    ptrdiff_t count;
    ptrdiff_t capacity;
} heap;

static tl_code heap_grow(heap *h, tl_err *err) {
    const ptrdiff_t capacity = h->capacity == 0 ? 1024 : h->capacity + h->capacity / 2;
    TL_HEAP_ENTRY *larger = tl_grow(h->entry, h->capacity, capacity, sizeof *larger);
    if (larger == NULL) {
        return tl_no_memory(err, "a queue of %td cells", capacity);
    }
    h->entry = larger;
    h->capacity = capacity;
    return TL_OK;
}

/* Adds an entry.
 *
 * fails  TL_NOMEM */
static inline tl_code heap_push(heap *h, TL_HEAP_ENTRY added, tl_err *err) {
    if (h->count == h->capacity) {
        TL_TRY(heap_grow(h, err));
    }
    ptrdiff_t hole = h->count++;
    while (hole > 0 && TL_HEAP_BEFORE(added, h->entry[(hole - 1) / 2])) {
        h->entry[hole] = h->entry[(hole - 1) / 2];
        hole = (hole - 1) / 2;
    }
    h->entry[hole] = added;
    return TL_OK;
}

/* Removes and returns the first entry; the heap must not be empty. */
static inline TL_HEAP_ENTRY heap_pop(heap *h) {
    const TL_HEAP_ENTRY root = h->entry[0];
    const TL_HEAP_ENTRY last = h->entry[--h->count];
    ptrdiff_t hole = 0;
    for (ptrdiff_t child = 1; child < h->count; child = 2 * hole + 1) {
        child += child + 1 < h->count && TL_HEAP_BEFORE(h->entry[child + 1], h->entry[child]);
        if (!TL_HEAP_BEFORE(h->entry[child], last)) {
            break;
        }
        h->entry[hole] = h->entry[child];
        hole = child;
    }
    h->entry[hole] = last;
    return root;
}

#undef TL_HEAP_ENTRY
#undef TL_HEAP_BEFORE
