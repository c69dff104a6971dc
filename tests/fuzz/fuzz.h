/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the fuzz targets share: each is one function that takes hostile bytes and must neither crash,
 * nor leak, nor answer a failure without a sentence. */
#ifndef TL_TESTS_FUZZ_H
#define TL_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/status.h"

/* The entry that both libFuzzer and replay.c call. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* A failure has a sentence, and nothing that was acquired since before is still alive. */
static inline void fuzz_check(tl_code code, const tl_err *err, ptrdiff_t live_before) {
    if ((code != TL_OK && (err->text[0] == '\0' || code == TL_INTERNAL)) ||
        tl_live_blocks() != live_before) {
        abort();
    }
}

#endif
