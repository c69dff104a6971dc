/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: sample points in layers that OGR reads. The first byte chooses GeoJSON or GeoPackage. */
#include <cpl_vsi.h>

#include "io/gdal_call.h"
#include "io/tables/vector_layer.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    static const char *const paths[] = {"/vsimem/fuzz.geojson", "/vsimem/fuzz.gpkg"};
    static const char *const property[] = {"SOM", "As"};
    const ptrdiff_t live = tl_live_blocks();
    if (length < 1) {
        return 0;
    }
    const char *path = paths[bytes[0] % 2];
    tl_err err = {0};
    tl_io_call call;
    tl_io_begin(&call);
    VSILFILE *file = VSIFOpenL(path, "wb");
    (void)VSIFWriteL(bytes + 1, 1, length - 1, file);
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
