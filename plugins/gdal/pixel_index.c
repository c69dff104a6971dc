/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reads the index rasters, which come from a VRT that anyone may have written; see
 * pixel_index.h. */
#include "pixel_index.h"

#include <string.h>

#include "base/alloc.h"

/* n values, step floats apart: whole numbers from 0 to below limit that never fall. */
static int read_line(const float *value, ptrdiff_t step, ptrdiff_t n, ptrdiff_t limit,
                     int *position) {
    int last = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        const float v = value[i * step];
        if (!(v >= 0.0F && v < (float)limit)) {
            return 0;
        }
        position[i] = (int)v;
        if ((float)position[i] < v || position[i] < last) {
            return 0;
        }
        last = position[i];
    }
    return 1;
}

/* 1 when all rows of columns are the first one, and all columns of rows are the first one. */
static int is_grid(const float *columns, const float *rows, const tl_gdal_target *t) {
    for (ptrdiff_t r = 0; r < t->n_rows; r++) {
        const float *across = rows + r * t->n_cols;
        if (memcmp(columns, columns + r * t->n_cols, (size_t)t->n_cols * sizeof *columns) != 0) {
            return 0;
        }
        for (ptrdiff_t c = 1; c < t->n_cols; c++) {
            if (across[c] < across[0] || across[c] > across[0]) {
                return 0;
            }
        }
    }
    return 1;
}

tl_code tl_gdal_pixel_index_read(const float *columns, const float *rows, const tl_gdal_target *t,
                                 ptrdiff_t n_cols, ptrdiff_t n_rows, tl_gdal_pixel_index *index,
                                 tl_err *err) {
    *index = (tl_gdal_pixel_index){.n_cols = t->n_cols, .n_rows = t->n_rows};
    index->col = tl_acquire(t->n_cols, sizeof *index->col);
    index->row = tl_acquire(t->n_rows, sizeof *index->row);
    tl_code code = TL_OK;
    if (index->col == NULL || index->row == NULL) {
        code = tl_no_memory(err, "a block of %td x %td pixels", t->n_rows, t->n_cols);
    } else if (!read_line(columns, 1, t->n_cols, n_cols, index->col) ||
               !read_line(rows, t->n_cols, t->n_rows, n_rows, index->row) ||
               !is_grid(columns, rows, t)) {
        code = tl_fail(
            err, TL_ARG,
            "the first two sources are not the columns and rows of a scene of %td x %td pixels; "
            "run tilth makevrt again",
            n_cols, n_rows);
    }
    if (code != TL_OK) {
        tl_gdal_pixel_index_free(index);
    }
    return code;
}

void tl_gdal_pixel_index_free(tl_gdal_pixel_index *index) {
    tl_release(index->col);
    tl_release(index->row);
    *index = (tl_gdal_pixel_index){0};
}
