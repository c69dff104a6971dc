/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: binary files of ASD field spectrometers. */
#include "io/tables/asd_file.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    const ptrdiff_t live = tl_live_blocks();
    const char *text = (const char *)bytes;
    tl_err err = {0};
    double splice_nm[2];
    tl_spectra spectra = {0};
    const tl_code code =
        tl_io_tables_asd_parse(text, length, "spectrum", splice_nm, &spectra, &err);
    tl_source_spectra_free(&spectra);
    (void)tl_io_tables_asd_is(text, length);
    fuzz_check(code, &err, live);
    return 0;
}
