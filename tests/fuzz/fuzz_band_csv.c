/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: band tables of the user. */
#include "source/band_csv.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    const ptrdiff_t live = tl_live_blocks();
    const char *text = (const char *)bytes;
    tl_err err = {0};
    tl_bands bands = {0};
    tl_code code = tl_bands_init(&bands, 8, &err);
    if (code == TL_OK) {
        code = tl_source_bands_from_csv(text, length, "band table", &bands, &err);
    }
    if (code == TL_OK) {
        code = tl_bands_complete(&bands, &err);
    }
    tl_bands_free(&bands);
    fuzz_check(code, &err, live);
    return 0;
}
