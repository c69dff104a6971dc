/* SPDX-License-Identifier: GPL-2.0-or-later
 * Owner of a dense table of doubles: rows = samples, columns = bands or features. */
#ifndef TL_BASE_MATRIX_H
#define TL_BASE_MATRIX_H

#include <stddef.h>

#include "base/status.h"

typedef struct tl_matrix {
    ptrdiff_t nrow;
    ptrdiff_t ncol;
    double *data; /* [nrow, ncol], row-major, no padding */
} tl_matrix;

/* Zero-filled matrix of that shape.
 *
 * m      uninitialised; empty on failure
 * nrow   may be 0, as may ncol
 * fails  TL_NOMEM */
tl_code tl_matrix_init(tl_matrix *m, ptrdiff_t nrow, ptrdiff_t ncol, tl_err *err);

/* Copies shape and values of from into the uninitialised to.
 *
 * fails  TL_NOMEM */
tl_code tl_matrix_copy(tl_matrix *to, const tl_matrix *from, tl_err *err);

/* Copies n rows of from into the uninitialised to.
 *
 * index  [n] row numbers in [0, from->nrow), in the order of the copy; a row may come twice
 * fails  TL_NOMEM */
tl_code tl_matrix_take_rows(tl_matrix *to, const tl_matrix *from, const ptrdiff_t *index,
                            ptrdiff_t n, tl_err *err);

/* Keeps these columns and removes the others, in place; an empty matrix stays empty.
 *
 * column  [n] numbers in [0, m->ncol), increasing */
void tl_matrix_keep_columns(tl_matrix *m, const ptrdiff_t *column, ptrdiff_t n);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_matrix_free(tl_matrix *m);

/* Address of row i. */
static inline double *tl_matrix_row(const tl_matrix *m, ptrdiff_t i) {
    return m->data + i * m->ncol;
}

#endif
