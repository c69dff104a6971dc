/* SPDX-License-Identifier: GPL-2.0-or-later
 * Owner of a dense table of doubles; see matrix.h. */
#include "base/matrix.h"

#include <stdint.h>
#include <string.h>

#include "base/alloc.h"

tl_code tl_matrix_init(tl_matrix *m, ptrdiff_t nrow, ptrdiff_t ncol, tl_err *err) {
    *m = (tl_matrix){0};
    const int fits = nrow >= 0 && ncol >= 0 && (ncol == 0 || nrow <= PTRDIFF_MAX / ncol);
    double *data = fits ? tl_acquire(nrow * ncol, sizeof *data) : NULL;
    if (data == NULL) {
        return tl_no_memory(err, "a table of %td x %td numbers", nrow, ncol);
    }
    *m = (tl_matrix){.nrow = nrow, .ncol = ncol, .data = data};
    return TL_OK;
}

tl_code tl_matrix_copy(tl_matrix *to, const tl_matrix *from, tl_err *err) {
    TL_TRY(tl_matrix_init(to, from->nrow, from->ncol, err));
    if (from->nrow > 0 && from->ncol > 0) {
        memcpy(to->data, from->data, (size_t)(from->nrow * from->ncol) * sizeof *to->data);
    }
    return TL_OK;
}

tl_code tl_matrix_take_rows(tl_matrix *to, const tl_matrix *from, const ptrdiff_t *index,
                            ptrdiff_t n, tl_err *err) {
    TL_TRY(tl_matrix_init(to, n, from->ncol, err));
    for (ptrdiff_t i = 0; i < n && from->ncol > 0; i++) {
        memcpy(tl_matrix_row(to, i), tl_matrix_row(from, index[i]),
               (size_t)from->ncol * sizeof *to->data);
    }
    return TL_OK;
}

void tl_matrix_keep_columns(tl_matrix *m, const ptrdiff_t *column, ptrdiff_t n) {
    if (m->data == NULL) {
        return;
    }
    /* Values only move towards the front, so none is overwritten before it has moved. */
    for (ptrdiff_t i = 0; i < m->nrow; i++) {
        for (ptrdiff_t k = 0; k < n; k++) {
            m->data[i * n + k] = m->data[i * m->ncol + column[k]];
        }
    }
    m->ncol = n;
}

void tl_matrix_free(tl_matrix *m) {
    if (m != NULL) {
        tl_release(m->data);
        *m = (tl_matrix){0};
    }
}
