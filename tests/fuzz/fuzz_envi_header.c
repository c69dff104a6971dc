/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: headers of ENVI rasters. */
#include "io/envi_header.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    const ptrdiff_t live = tl_live_blocks();
    const char *text = (const char *)bytes;
    tl_err err = {0};
    tl_envi envi = {0};
    const tl_code code = tl_io_envi_parse(text, length, "header", &envi, &err);
    if (code == TL_OK) {
        double number = 0.0;
        double list[8];
        char entry[16];
        for (ptrdiff_t i = 0; i < envi.n; i++) {
            (void)tl_io_envi_number(&envi, envi.item[i].key, &number);
            (void)tl_io_envi_numbers(&envi, envi.item[i].key, 8, list);
            for (const char *rest = envi.item[i].value; rest != NULL;) {
                rest = tl_io_envi_next(rest, entry, sizeof entry);
            }
        }
    }
    tl_io_envi_free(&envi);
    fuzz_check(code, &err, live);
    return 0;
}
