/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: sample points and their measured values as CSV. */
#include <cpl_vsi.h>

#include "io/gdal_call.h"
#include "io/tables/vector_layer.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    const ptrdiff_t live = tl_live_blocks();
    tl_err err = {0};
    static const char *const property[] = {"SOM", "As"};
    static const char path[] = "/vsimem/fuzz.csv";
    tl_io_call call;
    tl_io_begin(&call);
    VSILFILE *file = VSIFOpenL(path, "wb");
    (void)VSIFWriteL(bytes, 1, length, file);
    (void)VSIFCloseL(file);
    tl_samples samples = {0};
    const tl_code code =
        tl_io_tables_read_samples(path, "samples", "", property, 2, NULL, NULL, &samples, &err);
    tl_source_samples_free(&samples);
    (void)VSIUnlink(path);
    tl_io_end(&call);
    fuzz_check(code, &err, live);
    return 0;
}
