/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reads the values of a product's parts; see product.h. */
#include "products/read.h"

#include <cpl_conv.h>
#include <stdint.h>
#include <string.h>

#include "base/alloc.h"
#include "io/gdal_call.h"
#include "products/product_files.h"
#include "products/product_position.h"

static void swap_rows(float *plane, ptrdiff_t n_rows, ptrdiff_t n_cols, float *capacity) {
    const size_t row = (size_t)n_cols * sizeof(float);
    for (ptrdiff_t top = 0, low = n_rows - 1; top < low; top++, low--) {
        memcpy(capacity, plane + top * n_cols, row);
        memcpy(plane + top * n_cols, plane + low * n_cols, row);
        memcpy(plane + low * n_cols, capacity, row);
    }
}

tl_code tl_products_read_window(tl_product *product, ptrdiff_t part, ptrdiff_t col0, ptrdiff_t row0,
                                ptrdiff_t n_cols, ptrdiff_t n_rows, const int *band,
                                ptrdiff_t n_bands, float *out, tl_err *err) {
    const tl_product_image *image = &product->image[part];
    int *file_band = tl_acquire(n_bands, sizeof *file_band);
    float *capacity = tl_acquire(n_cols, sizeof *capacity);
    if (file_band == NULL || capacity == NULL) {
        tl_release(file_band);
        tl_release(capacity);
        return tl_no_memory(err, "reading '%s'", product->path);
    }
    for (ptrdiff_t b = 0; b < n_bands; b++) {
        file_band[b] = image->dataset_band == NULL ? band[b] : image->dataset_band[band[b] - 1];
    }
    const ptrdiff_t height = GDALGetRasterYSize(image->dataset);
    const ptrdiff_t file_row0 = image->flip ? height - row0 - n_rows : row0;
    const GSpacing pixel = sizeof(float);
    tl_io_call call;
    tl_io_begin(&call);
    const CPLErr answer =
        GDALDatasetRasterIOEx(image->dataset, GF_Read, (int)col0, (int)file_row0, (int)n_cols,
                              (int)n_rows, out, (int)n_cols, (int)n_rows, GDT_Float32, (int)n_bands,
                              file_band, pixel, pixel * n_cols, pixel * n_cols * n_rows, NULL);
    CPLErr status = tl_io_read_status(&call, answer);
    const int window[4] = {(int)col0, (int)file_row0, (int)n_cols, (int)n_rows};
    tl_code code = TL_OK;
    if (status == CE_None && !call.failed) {
        code = tl_io_validity_apply(image->validity, image->dataset, window, file_band, n_bands,
                                    out, err);
    }
    status = tl_io_read_status(&call, status);
    tl_io_end(&call);
    for (ptrdiff_t b = 0; b < n_bands && image->flip; b++) {
        swap_rows(out + b * n_rows * n_cols, n_rows, n_cols, capacity);
    }
    tl_release(file_band);
    tl_release(capacity);
    if (code == TL_NOMEM) {
        return code;
    }
    if (status != CE_None || code != TL_OK || call.failed) {
        return tl_fail(err, TL_IO,
                       "%s: rows %td to %td of part %s of '%s' cannot be read; the file may be "
                       "damaged or cut off%s",
                       product->parameter, file_row0 + 1, file_row0 + n_rows,
                       product->info.part[part].name, product->path, tl_io_words(&call));
    }
    return TL_OK;
}

tl_code tl_products_read(tl_product *product, ptrdiff_t part, ptrdiff_t row0, ptrdiff_t n_rows,
                         const int *band, ptrdiff_t n_bands, float *out, tl_err *err) {
    if (part < 0 || part >= product->info.n_parts) {
        return tl_fail(err, TL_ARG, "%s: part %td is wanted but '%s' has %td", product->parameter,
                       part + 1, product->path, product->info.n_parts);
    }
    const tl_product_part *p = &product->info.part[part];
    if (row0 < 0 || n_rows < 1 || row0 + n_rows > p->nrow) {
        return tl_fail(err, TL_SHAPE, "%s: rows %td..%td are not inside '%s' (%td rows)",
                       product->parameter, row0, row0 + n_rows - 1, product->path, p->nrow);
    }
    for (ptrdiff_t b = 0; b < n_bands; b++) {
        if (band[b] < 1 || band[b] > p->bands.n) {
            return tl_fail(err, TL_ARG, "%s: band %d is wanted but part %s of '%s' has %td",
                           product->parameter, band[b], p->name, product->path, p->bands.n);
        }
    }
    const tl_product_image *image = &product->image[part];
    if (image->placing != NULL) {
        return tl_products_read_placed(product, part, row0, n_rows, band, n_bands, out, err);
    }
    if (image->read == NULL) {
        return tl_products_read_window(product, part, 0, row0, p->ncol, n_rows, band, n_bands, out,
                                       err);
    }
    tl_io_call call;
    tl_io_begin(&call);
    const tl_code code = image->read(product, part, row0, n_rows, band, n_bands, out, err);
    tl_io_end(&call);
    return code;
}
