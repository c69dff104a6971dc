/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: parameters of a run as JSON. */
#include "abi/tilth.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    const ptrdiff_t live = tl_live_blocks();
    const char *text = (const char *)bytes;
    tl_err err = {0};
    (void)err;
    char *params = tl_copy_text("");
    tl_release(params);
    params = tl_acquire((ptrdiff_t)length + 1, 1);
    tilth_ctx *ctx = tilth_open();
    if (params == NULL || ctx == NULL) {
        return 0;
    }
    memcpy(params, text, length);
    (void)tilth_check(ctx, "trainmodel", params);
    tilth_close(ctx);
    tl_release(params);
    return 0;
}
