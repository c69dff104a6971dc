/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: text files of field spectrometers (.sed, .sig). */
#include "io/tables/instrument_text.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    const ptrdiff_t live = tl_live_blocks();
    tl_err err = {0};
    tl_measured about = {0};
    tl_spectra spectra = {0};
    const tl_code code = tl_io_tables_instrument_parse((const char *)bytes, length, "spectra",
                                                       &about, &spectra, &err);
    tl_source_spectra_free(&spectra);
    fuzz_check(code, &err, live);
    return 0;
}
