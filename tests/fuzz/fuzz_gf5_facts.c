/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: metadata of AHSI scenes, and times in Beijing. */
#include "fuzz.h"
#include "io/gdal_call.h"
#include "products/gf5_facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    const ptrdiff_t live = tl_live_blocks();
    tl_err err = {0};
    char *xml = tl_acquire((ptrdiff_t)length + 1, 1);
    if (xml == NULL) {
        return 0;
    }
    memcpy(xml, bytes, length);
    tl_scene_facts facts = tl_source_scene_facts_none();
    char utc[32];
    tl_io_call call;
    tl_io_begin(&call);
    const tl_code code = tl_products_gf5_facts_read(xml, "metadata", &facts, &err);
    (void)tl_products_gf5_utc(xml, utc);
    tl_io_end(&call);
    tl_release(xml);
    fuzz_check(code, &err, live);
    return 0;
}
