/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: tables of spectral responses. */
#include "io/tables/text_tables.h"
#include "training_set/response_table.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    const ptrdiff_t live = tl_live_blocks();
    tl_err err = {0};
    tl_text_table table = {0};
    tl_responses responses = {0};
    tl_code code =
        tl_io_tables_texts_of_bytes((const char *)bytes, length, "response", &table, &err);
    if (code == TL_OK) {
        code = tl_training_set_responses_of_table(&table, "response", &responses, &err);
        tl_spectra_responses_free(&responses);
    }
    tl_source_text_table_free(&table);
    fuzz_check(code, &err, live);
    return 0;
}
