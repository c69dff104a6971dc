/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: parameters of a run as JSON, through the public interface. */
#include "abi/tilth.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    const ptrdiff_t live = tl_live_blocks();
    char *params = tl_acquire((ptrdiff_t)length + 1, 1);
    tilth_ctx *ctx = tilth_open();
    if (params != NULL && ctx != NULL) {
        memcpy(params, bytes, length);
        /* A refusal has a sentence. */
        if (tilth_check(ctx, "trainmodel", params) != TILTH_OK && tilth_error(ctx)[0] == '\0') {
            abort();
        }
    }
    tilth_close(ctx);
    tl_release(params);
    fuzz_check(TL_OK, NULL, live);
    return 0;
}
