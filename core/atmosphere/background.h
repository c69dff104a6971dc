/* SPDX-License-Identifier: GPL-2.0-or-later
 * The mean brightness around each cell of a scene, band by band, kept on a coarse grid. */
#ifndef TL_ATMOSPHERE_BACKGROUND_H
#define TL_ATMOSPHERE_BACKGROUND_H

#include <stddef.h>

#include "base/status.h"

/* Owner; zeroed = empty. */
typedef struct tl_background {
    ptrdiff_t n_bands;
    ptrdiff_t cell; /* side of a coarse cell, in cells of the scene */
    ptrdiff_t nrow; /* coarse */
    ptrdiff_t ncol;
    float *mean; /* [n_bands, nrow, ncol]; sums until tl_atmosphere_background_finish */
    int *count;  /* [n_bands, nrow, ncol] */
} tl_background;

/* fails  TL_NOMEM */
tl_code tl_atmosphere_background_init(tl_background *b, ptrdiff_t n_bands, ptrdiff_t nrow,
                                      ptrdiff_t ncol, ptrdiff_t cell, tl_err *err);

/* Adds one row of one band of the scene. Rows of a band must come in order; bands may be added by
 * several threads.
 *
 * values  [ncol of the scene]; NaN is skipped */
void tl_atmosphere_background_add(tl_background *b, ptrdiff_t band, ptrdiff_t row,
                                  const float *values, ptrdiff_t ncol);

/* Turns sums into means over windows of 2 half + 1 coarse cells on a side.
 *
 * fails  TL_NOMEM */
tl_code tl_atmosphere_background_finish(tl_background *b, ptrdiff_t half, tl_err *err);

/* The mean around cells of a row, bilinear between coarse cells.
 *
 * out  [ncol]; NaN where the band has no value at all */
void tl_atmosphere_background_row(const tl_background *b, ptrdiff_t band, ptrdiff_t row,
                                  ptrdiff_t ncol, float *out);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_atmosphere_background_free(tl_background *b);

#endif
