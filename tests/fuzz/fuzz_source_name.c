/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: data set strings as they come from the command line, from JSON and from QGIS. */
#include "source/source_name.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    const ptrdiff_t live = tl_live_blocks();
    char *text = tl_acquire((ptrdiff_t)length + 1, 1);
    tl_source_name name = {0};
    tl_err err = {0};
    tl_code code = TL_OK;
    if (text != NULL) {
        memcpy(text, bytes, length);
        code = tl_source_name_parse(text, "input", &name, &err);
        /* What was divided has a name to open and a name to show. */
        if (code == TL_OK && (name.data == NULL || name.shown == NULL)) {
            abort();
        }
        if (code == TL_OK) {
            (void)tl_source_name_check_plain(&name, "input", &err);
        }
        tl_release(tl_source_name_label(text));
    }
    tl_source_name_free(&name);
    tl_release(text);
    fuzz_check(code, &err, live);
    return 0;
}
