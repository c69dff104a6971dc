/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: metadata of products as XML. */
#include "fuzz.h"
#include "io/gdal_call.h"
#include "products/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    const ptrdiff_t live = tl_live_blocks();
    tl_err err = {0};
    CPLXMLNode *tree = NULL;
    const CPLXMLNode *root = NULL;
    tl_io_call call;
    tl_io_begin(&call);
    const tl_code code =
        tl_products_xml_parse((const char *)bytes, length, "metadata", &tree, &root, &err);
    if (code == TL_OK) {
        tl_scene_facts facts = tl_scene_facts_none();
        tl_products_xml_centre(root, &facts);
        tl_products_utc(tl_products_xml_text(root, "temporalCoverage/startTime"), facts.utc);
        const CPLXMLNode *one = tl_products_xml_find(root, "bandCharacterisation/bandID");
        for (; one != NULL; one = tl_products_xml_next(one)) {
            (void)tl_products_xml_number(one, "GainOfBand");
        }
    }
    CPLDestroyXMLNode(tree);
    tl_io_end(&call);
    fuzz_check(code, &err, live);
    return 0;
}
