/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: texts of gains and of spectral responses, and names of files of a product. */
#include "base/text.h"
#include "fuzz.h"
#include "products/band_text.h"
#include "products/gf5_files.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    const ptrdiff_t live = tl_live_blocks();
    tl_err err = {0};
    char base[256];
    char name[512];
    const size_t n = length < sizeof name ? length : sizeof name - 1;
    memcpy(name, bytes, n);
    name[n] = '\0';
    (void)tl_products_gf5_role_of(name, base);
    tl_band_text text = {0};
    const tl_code code =
        tl_products_band_text_parse((const char *)bytes, length, "gains", &text, &err);
    tl_products_band_text_free(&text);
    fuzz_check(code, &err, live);
    return 0;
}
