/* SPDX-License-Identifier: GPL-2.0-or-later
 * Reads ramps, which come from a VRT that anyone may have written; see places.h. */
#include "pixel_index.h"

#include <string.h>

#include "base/alloc.h"

/* n values, step floats apart: whole numbers from 0 to below limit that never fall. */
static int read_line(const float *value, ptrdiff_t step, ptrdiff_t n, ptrdiff_t limit, int *place) {
    int last = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        const float v = value[i * step];
        if (!(v >= 0.0F && v < (float)limit)) {
            return 0;
        }
        place[i] = (int)v;
        if ((float)place[i] < v || place[i] < last) {
            return 0;
        }
        last = place[i];
    }
    return 1;
}

/* 1 when all rows of columns are the first one, and all columns of rows are the first one. */
static int is_grid(const float *columns, const float *rows, const target *t) {
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

tl_code places_read(const float *columns, const float *rows, const target *t, ptrdiff_t n_cols,
                    ptrdiff_t n_rows, places *p, tl_err *err) {
    *p = (places){.n_cols = t->n_cols, .n_rows = t->n_rows};
    p->col = tl_acquire(t->n_cols, sizeof *p->col);
    p->row = tl_acquire(t->n_rows, sizeof *p->row);
    tl_code code = TL_OK;
    if (p->col == NULL || p->row == NULL) {
        code = tl_fail(err, TL_NOMEM, "out of memory for a block of %td x %td pixels.", t->n_rows,
                       t->n_cols);
    } else if (!read_line(columns, 1, t->n_cols, n_cols, p->col) ||
               !read_line(rows, t->n_cols, t->n_rows, n_rows, p->row) ||
               !is_grid(columns, rows, t)) {
        code = tl_fail(err, TL_ARG,
                       "the first two sources do not tell columns and rows of a scene of %td x %td "
                       "pixels; make the VRT again with tilth makevrt.",
                       n_cols, n_rows);
    }
    if (code != TL_OK) {
        places_free(p);
    }
    return code;
}

void places_free(places *p) {
    tl_release(p->col);
    tl_release(p->row);
    *p = (places){0};
}
