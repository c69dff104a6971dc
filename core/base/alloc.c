/* SPDX-License-Identifier: GPL-2.0-or-later
 * Checked allocation; see alloc.h. */
#include "base/alloc.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/minmax.h"

static atomic_ptrdiff_t live_blocks;
static atomic_ptrdiff_t refused_blocks;
static atomic_ptrdiff_t successes_left = -1;
static atomic_int fails_once;

/* 1 when a test wants this request to fail. */
static int must_fail(void) {
    ptrdiff_t left = atomic_load(&successes_left);
    if (left < 0) {
        return 0;
    }
    if (left == 0) {
        if (atomic_load(&fails_once)) {
            atomic_store(&successes_left, -1);
        }
        return 1;
    }
    atomic_fetch_sub(&successes_left, 1);
    return 0;
}

/* NULL, counted. */
static void *refuse(void) {
    atomic_fetch_add(&refused_blocks, 1);
    return NULL;
}

static int bytes_of(ptrdiff_t count, size_t size, size_t *bytes) {
    if (count < 0 || size == 0) {
        return 0;
    }
    const size_t n = count == 0 ? 1 : (size_t)count;
    if (n > (size_t)PTRDIFF_MAX / size) {
        return 0;
    }
    *bytes = n * size;
    return 1;
}

void *tl_acquire(ptrdiff_t count, size_t size) {
    size_t bytes = 0;
    if (!bytes_of(count, size, &bytes) || must_fail()) {
        return refuse();
    }
    void *block = calloc(1, bytes);
    if (block == NULL) {
        return refuse();
    }
    atomic_fetch_add(&live_blocks, 1);
    return block;
}

void *tl_grow(void *block, ptrdiff_t old_count, ptrdiff_t new_count, size_t size) {
    if (block == NULL) {
        return tl_acquire(new_count, size);
    }
    size_t bytes = 0;
    if (!bytes_of(new_count, size, &bytes) || must_fail()) {
        return refuse();
    }
    char *grown = realloc(block, bytes);
    if (grown == NULL) {
        return refuse();
    }
    const size_t kept = (size_t)tl_max(0, old_count) * size;
    if (kept < bytes) {
        memset(grown + kept, 0, bytes - kept);
    }
    return grown;
}

char *tl_copy_text(const char *text) {
    if (text == NULL) {
        return NULL;
    }
    const size_t length = strlen(text);
    char *copy = tl_acquire((ptrdiff_t)length + 1, 1);
    if (copy != NULL) {
        memcpy(copy, text, length + 1);
    }
    return copy;
}

void tl_release(void *block) {
    if (block != NULL) {
        atomic_fetch_sub(&live_blocks, 1);
        free(block);
    }
}

ptrdiff_t tl_refused_blocks(void) {
    return atomic_load(&refused_blocks);
}

void tl_release_texts(char **text, ptrdiff_t n) {
    for (ptrdiff_t i = 0; text != NULL && i < n; i++) {
        tl_release(text[i]);
    }
    tl_release((void *)text);
}

ptrdiff_t tl_live_blocks(void) {
    return atomic_load(&live_blocks);
}

ptrdiff_t tl_fail_after(ptrdiff_t n) {
    atomic_store(&fails_once, 0);
    return atomic_exchange(&successes_left, n);
}

ptrdiff_t tl_fail_once_after(ptrdiff_t n) {
    atomic_store(&fails_once, 1);
    return atomic_exchange(&successes_left, n);
}
