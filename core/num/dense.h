/* SPDX-License-Identifier: GPL-2.0-or-later
 * One layer of a network for blocks of pixels in single precision: y = W x + b, with values below
 * zero set to zero on request. For maps; training uses num/matrix_product.h in double. */
#ifndef TL_NUM_DENSE_H
#define TL_NUM_DENSE_H

#include <stddef.h>

#include "base/status.h"

/* Pixels of one block; inputs and outputs of every layer are [units, TL_DENSE_PIXELS]. */
enum { TL_DENSE_PIXELS = 64 };

/* Owner; zeroed = empty. */
typedef struct tl_dense {
    ptrdiff_t n_in;
    ptrdiff_t n_out;
    ptrdiff_t padded; /* n_out rounded up to whole groups; outputs have as many rows */
    float *weight;    /* packed in groups of outputs: [padded / group, n_in, group] */
    float *bias;      /* [padded] */
} tl_dense;

/* Packs weights.
 *
 * weight  [n_out, n_in] row-major
 * bias    [n_out]; NULL = zero
 * layer   uninitialised; empty on failure
 * fails   TL_NOMEM */
tl_code tl_num_dense_init(tl_dense *layer, ptrdiff_t n_in, ptrdiff_t n_out, const double *weight,
                          const double *bias, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_num_dense_free(tl_dense *layer);

/* One block of pixels. Every value is one sum: the bias, then the inputs in increasing order,
 * products and sums rounded one by one, so it has the same bits on every processor and in every
 * lane.
 *
 * x        [n_in, TL_DENSE_PIXELS]
 * y        [padded, TL_DENSE_PIXELS] out; rows from n_out on are zero; must not overlap x
 * rectify  1: values below zero become zero
 * NaN      spreads within its pixel, through rectify, too
 * cost     n_in padded TL_DENSE_PIXELS multiply-adds; no allocation */
void tl_num_dense(const tl_dense *layer, const float *x, float *y, int rectify);

#endif
