/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: look-up tables of a clear atmosphere. */
#include "atmosphere/air_table.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    const ptrdiff_t live = tl_live_blocks();
    tl_err err = {0};
    tl_air_table table = {0};
    tl_code code = tl_atmosphere_air_table_decode(bytes, length, "table", &table, &err);
    if (code == TL_OK) {
        unsigned char *again = NULL;
        size_t n = 0;
        code = tl_atmosphere_air_table_encode(&table, &again, &n, &err);
        tl_release(again);
    }
    tl_atmosphere_air_table_free(&table);
    fuzz_check(code, &err, live);
    return 0;
}
