/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: ENVI spectral libraries; the first two bytes are the length of the header. */
#include "io/tables/spectra.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    const ptrdiff_t live = tl_live_blocks();
    const char *text = (const char *)bytes;
    tl_err err = {0};
    if (length < 2) {
        return 0;
    }
    const size_t wanted = (size_t)bytes[0] + 256 * (size_t)bytes[1];
    const size_t header = wanted < length - 2 ? wanted : length - 2;
    tl_spectra spectra = {0};
    const tl_code code = tl_io_tables_spectra_from_library(
        text + 2, header, text + 2 + header, length - 2 - header, "library", &spectra, &err);
    tl_source_spectra_free(&spectra);
    (void)tl_io_tables_spectra_is_library(text + 2, header);
    fuzz_check(code, &err, live);
    return 0;
}
