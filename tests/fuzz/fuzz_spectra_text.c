/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: text exports of spectrometers, and spectra as CSV. */
#include "io/tables/spectra.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    const ptrdiff_t live = tl_live_blocks();
    const char *text = (const char *)bytes;
    tl_err err = {0};
    char *table = NULL;
    size_t table_length = 0;
    char delimiter = '\0';
    tl_spectra spectra = {0};
    tl_code code = tl_io_tables_spectra_from_csv(text, length, "spectra", NULL, &spectra, &err);
    tl_source_spectra_free(&spectra);
    fuzz_check(code, &err, live);
    err = (tl_err){0};
    code = tl_io_tables_spectra_export(text, length, &table, &table_length, &delimiter, &err);
    if (code == TL_OK) {
        code = tl_io_tables_spectra_from_csv(table, table_length, "spectra", NULL, &spectra, &err);
    }
    tl_source_spectra_free(&spectra);
    tl_release(table);
    fuzz_check(code, &err, live);
    return 0;
}
