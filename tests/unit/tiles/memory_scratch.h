/* SPDX-License-Identifier: GPL-2.0-or-later
 * A scratch file in memory for tests of the module tiles; it is full after a given number of
 * bytes. */
#ifndef TL_TESTS_TILES_MEMORY_SCRATCH_H
#define TL_TESTS_TILES_MEMORY_SCRATCH_H

#include "kit/check.h"
#include "source/scratch.h"

typedef struct memory_file {
    unsigned char *bytes;
    size_t capacity;
} memory_file;

static tl_code memory_read_at(void *handle, int64_t offset, void *bytes, size_t n, tl_err *err) {
    const memory_file *file = handle;
    (void)err;
    assert_true(offset >= 0 && (size_t)offset + n <= file->capacity);
    memcpy(bytes, file->bytes + offset, n);
    return TL_OK;
}

static tl_code memory_write_at(void *handle, int64_t offset, const void *bytes, size_t n,
                               tl_err *err) {
    const memory_file *file = handle;
    if ((size_t)offset + n > file->capacity) {
        return tl_fail(err, TL_IO, "the scratch file is full");
    }
    memcpy(file->bytes + offset, bytes, n);
    return TL_OK;
}

static void memory_close(void *handle) {
    memory_file *file = handle;
    tl_release(file->bytes);
    tl_release(file);
}

static tl_scratch memory_scratch(ptrdiff_t capacity) {
    memory_file *file = tl_acquire(1, sizeof *file);
    assert_non_null(file);
    *file = (memory_file){tl_acquire(capacity, 1), (size_t)capacity};
    assert_non_null(file->bytes);
    return (tl_scratch){file, memory_read_at, memory_write_at, memory_close};
}

#endif
