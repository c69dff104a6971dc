/* SPDX-License-Identifier: GPL-2.0-or-later
 * The rows that may be learnt from; see training.h. */
#include "pipeline/training.h"

#include <math.h>

#include "base/alloc.h"

static tl_code allocate(tl_training *t, int grouped, tl_err *err) {
    t->y = tl_acquire(t->n, sizeof *t->y);
    t->group = grouped ? tl_acquire(t->n, sizeof *t->group) : NULL;
    return t->y == NULL || (grouped && t->group == NULL) ? tl_no_memory(err, "%td samples", t->n)
                                                         : TL_OK;
}

static tl_code copy_values(const tl_pipeline_data *data, const ptrdiff_t *rows, int log_y,
                           tl_training *t, tl_err *err) {
    TL_TRY(allocate(t, data->group != NULL, err));
    for (ptrdiff_t i = 0; i < t->n; i++) {
        const double y = data->y[rows[i]];
        if (log_y && !(y > 0.0)) {
            return tl_fail(
                err, TL_DATA,
                "a model of the logarithm needs positive values, but a sample has the value %g", y);
        }
        t->y[i] = log_y ? log(y) : y;
        if (t->group != NULL) {
            t->group[i] = data->group[rows[i]];
        }
    }
    return TL_OK;
}

tl_code tl_pipeline_training_take(const tl_pipeline_data *data, const ptrdiff_t *rows,
                                  ptrdiff_t n_rows, int log_y, tl_training *t, tl_err *err) {
    *t = (tl_training){
        .n = n_rows, .projection = data->projection, .wavelength_nm = data->wavelength_nm};
    tl_code code = TL_OK;
    if (data->scene != NULL) {
        TL_CHECK(tl_matrix_take_rows(&t->scene, data->scene, rows, n_rows, err));
    }
    if (data->scene != NULL && data->projection != NULL) {
        TL_CHECK(tl_pipeline_linear_rows(data->projection, &t->scene, &t->components, err));
    }
    if (data->lab != NULL) {
        TL_CHECK(tl_matrix_take_rows(&t->lab, data->lab, rows, n_rows, err));
    }
    code = copy_values(data, rows, log_y, t, err);
done:
    if (code != TL_OK) {
        tl_pipeline_training_free(t);
    }
    return code;
}

static tl_code copy_rows(tl_matrix *to, const tl_matrix *from, const ptrdiff_t *rows,
                         ptrdiff_t n_rows, tl_err *err) {
    return from->data == NULL ? TL_OK : tl_matrix_take_rows(to, from, rows, n_rows, err);
}

tl_code tl_pipeline_training_part(const tl_training *from, const ptrdiff_t *rows, ptrdiff_t n_rows,
                                  tl_training *to, tl_err *err) {
    *to = (tl_training){
        .n = n_rows, .projection = from->projection, .wavelength_nm = from->wavelength_nm};
    tl_code code = TL_OK;
    TL_CHECK(copy_rows(&to->scene, &from->scene, rows, n_rows, err));
    TL_CHECK(copy_rows(&to->components, &from->components, rows, n_rows, err));
    TL_CHECK(copy_rows(&to->lab, &from->lab, rows, n_rows, err));
    TL_CHECK(allocate(to, from->group != NULL, err));
    for (ptrdiff_t i = 0; i < n_rows; i++) {
        to->y[i] = from->y[rows[i]];
        if (to->group != NULL) {
            to->group[i] = from->group[rows[i]];
        }
    }
done:
    if (code != TL_OK) {
        tl_pipeline_training_free(to);
    }
    return code;
}

void tl_pipeline_training_free(tl_training *t) {
    if (t != NULL) {
        tl_matrix_free(&t->scene);
        tl_matrix_free(&t->components);
        tl_matrix_free(&t->lab);
        tl_release(t->y);
        tl_release(t->group);
        *t = (tl_training){0};
    }
}
