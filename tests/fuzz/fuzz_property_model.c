/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: model files of one soil property. */
#include "pipeline/property_model.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    const ptrdiff_t live = tl_live_blocks();
    const char *text = (const char *)bytes;
    tl_err err = {0};
    tl_property_model model = {0};
    const tl_code code = tl_pipeline_property_model_parse(text, length, "model", &model, &err);
    tl_pipeline_property_model_free(&model);
    fuzz_check(code, &err, live);
    return 0;
}
