/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: headers of tar archives. */
#include "products/tar_file.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    static const char name[] = "/vsimem/fuzz.tar";
    const ptrdiff_t live = tl_live_blocks();
    tl_err err = {0};
    tl_code code = TL_OK;
    VSILFILE *file = VSIFileFromMemBuffer(name, (GByte *)(uintptr_t)bytes, length, 0);
    int found = file != NULL;
    while (found && code == TL_OK) {
        tl_tar_entry entry;
        code = tl_products_tar_next(file, &entry, &found, &err);
        if (code == TL_OK && found) {
            code = tl_products_tar_skip(file, &entry, 0.0, &err);
        }
    }
    if (file != NULL) {
        (void)VSIFCloseL(file);
        (void)VSIUnlink(name);
    }
    fuzz_check(code, &err, live);
    return 0;
}
