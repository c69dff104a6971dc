/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fuzz target: whole products in an archive (.zip), opened and read. Products in HDF5 and netCDF are left out: libhdf5 1.10 itself ends
 * the process on some damaged files, before any of our code sees them. */
#include <stdio.h>
#include <unistd.h>

#include "io/gdal_call.h"
#include "products/product_files.h"

#include "fuzz.h"

enum { READ_CELLS = 64 };

static tl_code read_corner(tl_product *product, tl_err *err) {
    const tl_product_info *info = tl_products_info(product);
    static float values[READ_CELLS];
    static const int first = 1;
    for (ptrdiff_t k = 0; k < info->n_parts; k++) {
        if (info->part[k].bands.n > 0 && info->part[k].ncol <= READ_CELLS) {
            TL_TRY(tl_products_read(product, k, 0, 1, &first, 1, values, err));
        }
    }
    return TL_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    const ptrdiff_t live = tl_live_blocks();
    char path[128];
    (void)snprintf(path, sizeof path, "/tmp/tilth-fuzz-%ld.zip", (long)getpid());
    FILE *file = fopen(path, "wb");
    if (file == NULL) {
        abort();
    }
    (void)fwrite(bytes, 1, length, file);
    (void)fclose(file);
    tl_err err = {0};
    tl_io_call call;
    tl_io_begin(&call);
    const tl_product_wish wish = {0};
    tl_product *product = NULL;
    tl_code code = tl_products_open(path, "product", &wish, &product, &err);
    if (code == TL_OK) {
        code = read_corner(product, &err);
        tl_products_close(product);
    }
    (void)unlink(path);
    tl_io_end(&call);
    fuzz_check(code, &err, live);
    return 0;
}
