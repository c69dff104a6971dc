/* SPDX-License-Identifier: GPL-2.0-or-later
 * Linear maps of spectra, for single rows and for many pixels side by side, with the same bits. */
#ifndef TL_PIPELINE_LINEAR_H
#define TL_PIPELINE_LINEAR_H

#include <jansson.h>
#include <stddef.h>

#include "base/matrix.h"
#include "base/status.h"

/* out_r = shift_r + sum_j weight[j, r] in_j, added in the order of j. Owner; zeroed = empty. */
typedef struct tl_linear {
    ptrdiff_t n_in;
    ptrdiff_t n_out;
    double *shift;    /* [n_out] */
    tl_matrix weight; /* [n_in, n_out] */
} tl_linear;

/* All zero.
 *
 * l      uninitialised; empty on failure
 * fails  TL_NOMEM */
tl_code tl_pipeline_linear_init(tl_linear *l, ptrdiff_t n_in, ptrdiff_t n_out, tl_err *err);

/* Deep copy into the uninitialised to; an empty map stays empty.
 *
 * fails  TL_NOMEM */
tl_code tl_pipeline_linear_copy(tl_linear *to, const tl_linear *from, tl_err *err);

/* One row.
 *
 * in   [n_in]
 * out  [n_out]
 * NaN  a NaN in the row makes all outputs NaN */
void tl_pipeline_linear_row(const tl_linear *l, const double *in, double *out);

/* All rows of a matrix.
 *
 * in     [n, n_in]
 * out    uninitialised, becomes [n, n_out]
 * fails  TL_SHAPE; TL_NOMEM */
tl_code tl_pipeline_linear_rows(const tl_linear *l, const tl_matrix *in, tl_matrix *out,
                                tl_err *err);

/* The first outputs of n pixels side by side, as by tl_pipeline_linear_row.
 *
 * outputs  1 .. n_out
 * in       [n_in, n]
 * out      [outputs, n] */
void tl_pipeline_linear_block(const tl_linear *l, ptrdiff_t outputs, const double *in, ptrdiff_t n,
                              double *out);

/* Converts coefficients c on the outputs to coefficients on the inputs: sum_r c_r out_r = constant
 * + sum_j coefficients_j in_j. They are added to the values there.
 *
 * c             [outputs] on the first outputs
 * coefficients  [n_in] in and out
 * constant      in and out */
void tl_pipeline_linear_carry_back(const tl_linear *l, ptrdiff_t outputs, const double *c,
                                   double *coefficients, double *constant);

/* Keeps these outputs and removes the others.
 *
 * output  [n] numbers in [0, n_out), increasing */
void tl_pipeline_linear_keep(tl_linear *l, const ptrdiff_t *output, ptrdiff_t n);

/* {"shift": [...], "weight": [[...], ...]}
 *
 * json   a new object, to be released with json_decref; NULL on failure
 * fails  TL_NUMERIC a number is not finite; TL_NOMEM */
tl_code tl_pipeline_linear_to_json(const tl_linear *l, json_t **json, tl_err *err);

/* Reads it back with the same bits.
 *
 * n_in   number of inputs expected
 * l      uninitialised; empty on failure
 * fails  TL_FORMAT; TL_NOMEM */
tl_code tl_pipeline_linear_from_json(const json_t *json, ptrdiff_t n_in, tl_linear *l, tl_err *err);

/* Frees; NULL, zeroed and already freed owners are fine. */
void tl_pipeline_linear_free(tl_linear *l);

#endif
