/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: metadata of products as XML, alone and next to images of EnMAP and DESIS. */
#include <cpl_vsi.h>
#include <gdal.h>
#include <stdio.h>

#include "fuzz.h"
#include "io/gdal_call.h"
#include "products/product_files.h"
#include "products/xml.h"

static const char *const folder[] = {"/vsimem/enmap", "/vsimem/desis"};
static const char *const name[] = {"/vsimem/enmap/ENMAP01-____L2A-DT1",
                                   "/vsimem/desis/DESIS-HSI-L1C-DT1"};

/* The images that the metadata claim to be about, made once. */
static void make_images(void) {
    static int made = 0;
    char path[256];
    for (int k = 0; k < 2 && !made; k++) {
        (void)VSIMkdir(folder[k], 0755);
        (void)snprintf(path, sizeof path, "%s-SPECTRAL_IMAGE.TIF", name[k]);
        GDALClose(
            GDALCreate(GDALGetDriverByName("GTiff"), path, 4, 3, k == 0 ? 7 : 3, GDT_Int16, NULL));
    }
    made = 1;
}

static void open_next_to(int k, const uint8_t *bytes, size_t length) {
    const ptrdiff_t live = tl_live_blocks();
    tl_err err = {0};
    char path[256];
    (void)snprintf(path, sizeof path, "%s-METADATA.XML", name[k]);
    VSILFILE *file = VSIFOpenL(path, "wb");
    (void)VSIFWriteL(bytes, 1, length, file);
    (void)VSIFCloseL(file);
    tl_product *product = NULL;
    const tl_code code = tl_products_open(path, "product", NULL, &product, &err);
    if (code == TL_OK) {
        float row[4];
        const int band = 1;
        (void)tl_products_read(product, 0, 0, 1, &band, 1, row, NULL);
    }
    tl_products_close(product);
    fuzz_check(code, &err, live);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    const ptrdiff_t live = tl_live_blocks();
    tl_err err = {0};
    CPLXMLNode *tree = NULL;
    const CPLXMLNode *root = NULL;
    tl_io_call call;
    tl_io_begin(&call);
    make_images();
    const tl_code code =
        tl_products_xml_parse((const char *)bytes, length, "metadata", &tree, &root, &err);
    CPLDestroyXMLNode(tree);
    fuzz_check(code, &err, live);
    for (int k = 0; k < 2 && length > 0; k++) {
        open_next_to(k, bytes, length);
    }
    tl_io_end(&call);
    return 0;
}
