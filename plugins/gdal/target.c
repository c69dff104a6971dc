/* SPDX-License-Identifier: GPL-2.0-or-later
 * The block that GDAL requests; see target.h. */
#include "target.h"

#include <math.h>

#include "base/minmax.h"

/* Pixels computed at once. */
#define PIECE 8192

ptrdiff_t tl_gdal_target_piece_rows(const tl_gdal_target *t) {
    const ptrdiff_t rows = t->n_cols < PIECE ? PIECE / t->n_cols : 1;
    return tl_min(rows, t->n_rows);
}

void tl_gdal_target_write(const tl_gdal_target *t, float nodata, ptrdiff_t row0, ptrdiff_t n_rows,
                          float *result) {
    for (ptrdiff_t i = 0; !isnan(nodata) && i < n_rows * t->n_cols; i++) {
        result[i] = isnan(result[i]) ? nodata : result[i];
    }
    for (ptrdiff_t row = 0; row < n_rows; row++) {
        GDALCopyWords64(result + row * t->n_cols, GDT_Float32, (int)sizeof *result,
                        t->data + (row0 + row) * t->line_space, t->type, t->pixel_space, t->n_cols);
    }
}

void tl_gdal_target_write_all(const tl_gdal_target *t, float nodata, const float *result) {
    const ptrdiff_t n = t->n_cols;
    for (ptrdiff_t row = 0; row < t->n_rows; row++) {
        char *to = t->data + row * t->line_space;
        const float *from = result + row * n;
        GDALCopyWords64(from, GDT_Float32, (int)sizeof *from, to, t->type, t->pixel_space, n);
        for (ptrdiff_t i = 0; !isnan(nodata) && i < n; i++) {
            if (isnan(from[i])) {
                GDALCopyWords64(&nodata, GDT_Float32, 0, to + i * t->pixel_space, t->type, 0, 1);
            }
        }
    }
}

tl_code tl_gdal_target_check_sources(GDALDataType source_type, tl_err *err) {
    return source_type == GDT_Float32
               ? TL_OK
               : tl_fail(err, TL_ARG,
                         "the sources are %s; write "
                         "<SourceTransferType>Float32</SourceTransferType> into the band of the "
                         "VRT",
                         GDALGetDataTypeName(source_type));
}
