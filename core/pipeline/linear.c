/* SPDX-License-Identifier: GPL-2.0-or-later
 * Linear maps of spectra; see linear.h. */
#include "pipeline/linear.h"

#include <string.h>

#include "base/alloc.h"
#include "base/wide.h"
#include "json/json.h"
#include "model/document.h"
#include "num/vector.h"

tl_code tl_pipeline_linear_init(tl_linear *l, ptrdiff_t n_in, ptrdiff_t n_out, tl_err *err) {
    *l = (tl_linear){.n_in = n_in, .n_out = n_out};
    tl_code code;
    TL_CHECK(tl_matrix_init(&l->weight, n_in, n_out, err));
    l->shift = tl_acquire(n_out, sizeof *l->shift);
    code = l->shift == NULL ? tl_no_memory(err, "%td features", n_out) : TL_OK;
done:
    if (code != TL_OK) {
        tl_pipeline_linear_free(l);
    }
    return code;
}

tl_code tl_pipeline_linear_copy(tl_linear *to, const tl_linear *from, tl_err *err) {
    *to = (tl_linear){0};
    if (from->shift == NULL) {
        return TL_OK;
    }
    TL_TRY(tl_pipeline_linear_init(to, from->n_in, from->n_out, err));
    memcpy(to->shift, from->shift, (size_t)from->n_out * sizeof *to->shift);
    memcpy(to->weight.data, from->weight.data,
           (size_t)(from->n_in * from->n_out) * sizeof *to->weight.data);
    return TL_OK;
}

/* to += c[0] x_0 + .. + c[3] x_3, added one after the other. */
TL_WIDE_CLONES static void add_four(const double *c, ptrdiff_t c_step, const double *restrict x,
                                    ptrdiff_t n, double *restrict to) {
    const double c0 = c[0];
    const double c1 = c[c_step];
    const double c2 = c[2 * c_step];
    const double c3 = c[3 * c_step];
    for (ptrdiff_t i = 0; i < n; i++) {
        double s = to[i] + c0 * x[i];
        s = s + c1 * x[n + i];
        s = s + c2 * x[2 * n + i];
        to[i] = s + c3 * x[3 * n + i];
    }
}

void tl_pipeline_linear_row(const tl_linear *l, const double *in, double *out) {
    memcpy(out, l->shift, (size_t)l->n_out * sizeof *out);
    for (ptrdiff_t j = 0; j < l->n_in; j++) {
        tl_num_add_scaled_wide(out, in[j], tl_matrix_row(&l->weight, j), l->n_out);
    }
}

tl_code tl_pipeline_linear_rows(const tl_linear *l, const tl_matrix *in, tl_matrix *out,
                                tl_err *err) {
    *out = (tl_matrix){0};
    if (in->ncol != l->n_in) {
        return tl_fail(err, TL_SHAPE, "spectra have %td values, the model needs %td", in->ncol,
                       l->n_in);
    }
    TL_TRY(tl_matrix_init(out, in->nrow, l->n_out, err));
    for (ptrdiff_t i = 0; i < in->nrow; i++) {
        tl_pipeline_linear_row(l, tl_matrix_row(in, i), tl_matrix_row(out, i));
    }
    return TL_OK;
}

void tl_pipeline_linear_block(const tl_linear *l, ptrdiff_t outputs, const double *in, ptrdiff_t n,
                              double *out) {
    for (ptrdiff_t r = 0; r < outputs; r++) {
        for (ptrdiff_t i = 0; i < n; i++) {
            out[r * n + i] = l->shift[r];
        }
    }
    /* Four inputs at a time for all outputs, so that the inputs stay in the fastest cache. */
    ptrdiff_t j = 0;
    for (; j + 4 <= l->n_in; j += 4) {
        const double *w = tl_matrix_row(&l->weight, j);
        for (ptrdiff_t r = 0; r < outputs; r++) {
            add_four(w + r, l->n_out, in + j * n, n, out + r * n);
        }
    }
    for (; j < l->n_in; j++) {
        const double *w = tl_matrix_row(&l->weight, j);
        for (ptrdiff_t r = 0; r < outputs; r++) {
            tl_num_add_scaled_wide(out + r * n, w[r], in + j * n, n);
        }
    }
}

void tl_pipeline_linear_carry_back(const tl_linear *l, ptrdiff_t outputs, const double *c,
                                   double *coefficients, double *constant) {
    for (ptrdiff_t r = 0; r < outputs; r++) {
        *constant += c[r] * l->shift[r];
    }
    for (ptrdiff_t j = 0; j < l->n_in; j++) {
        const double *w = tl_matrix_row(&l->weight, j);
        for (ptrdiff_t r = 0; r < outputs; r++) {
            coefficients[j] += c[r] * w[r];
        }
    }
}

void tl_pipeline_linear_keep(tl_linear *l, const ptrdiff_t *output, ptrdiff_t n) {
    for (ptrdiff_t r = 0; r < n; r++) {
        l->shift[r] = l->shift[output[r]];
    }
    tl_matrix_keep_columns(&l->weight, output, n);
    l->n_out = n;
}

tl_code tl_pipeline_linear_to_json(const tl_linear *l, json_t **json, tl_err *err) {
    *json = tl_json_object();
    tl_code code = *json == NULL ? tl_no_memory(err, "the model") : TL_OK;
    if (code == TL_OK) {
        code = tl_model_put_vector(*json, "shift", l->shift, l->n_out, err);
    }
    if (code == TL_OK) {
        code = tl_model_put_table(*json, "weight", &l->weight, err);
    }
    if (code != TL_OK) {
        json_decref(*json);
        *json = NULL;
    }
    return code;
}

tl_code tl_pipeline_linear_from_json(const json_t *json, ptrdiff_t n_in, tl_linear *l,
                                     tl_err *err) {
    tl_matrix shift;
    *l = (tl_linear){0};
    TL_TRY(tl_model_vector(json, "shift", -1, &shift, err));
    *l = (tl_linear){.n_in = n_in, .n_out = shift.ncol, .shift = shift.data};
    const tl_code code = tl_model_table(json, "weight", n_in, l->n_out, &l->weight, err);
    if (code != TL_OK) {
        tl_pipeline_linear_free(l);
    }
    return code;
}

void tl_pipeline_linear_free(tl_linear *l) {
    if (l != NULL) {
        tl_release(l->shift);
        tl_matrix_free(&l->weight);
        *l = (tl_linear){0};
    }
}
