/* SPDX-License-Identifier: GPL-2.0-or-later
 * The area of applicability of a model; see applicable_area.h. */
#include "pipeline/applicable_area.h"

#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "inversion/pls.h"

/* score_a = R_a . (x - mean). */
static tl_code projection_of(const tl_pls_space *space, tl_linear *out, tl_err *err) {
    const ptrdiff_t p = space->rotation.ncol;
    const ptrdiff_t k = tl_min(space->components, tl_area_components);
    TL_TRY(tl_pipeline_linear_init(out, p, k, err));
    for (ptrdiff_t a = 0; a < k; a++) {
        for (ptrdiff_t j = 0; j < p; j++) {
            const double r = tl_matrix_row(&space->rotation, a)[j];
            tl_matrix_row(&out->weight, j)[a] = r;
            out->shift[a] -= r * space->mean[j];
        }
    }
    return TL_OK;
}

/* The latent variables of all samples. */
static tl_code make_projection(const tl_training *all, tl_linear *out, tl_err *err) {
    tl_pls pls = {0};
    tl_pls_space space = {0};
    tl_code code;
    TL_CHECK(
        tl_inversion_pls_fit_space(&all->scene, all->y, tl_area_components, 0, &pls, &space, err));
    if (space.components < 1) {
        code = tl_fail(
            err, TL_DATA,
            "the spectra of all samples are the same, or unrelated to the property; a model of "
            "them has no area of applicability");
        goto done;
    }
    code = projection_of(&space, out, err);
done:
    tl_inversion_pls_free(&pls);
    tl_inversion_pls_space_free(&space);
    return code;
}

static tl_code copy_components(const tl_linear *projection, const tl_training *all,
                               tl_matrix *components, tl_err *err) {
    tl_matrix whole = {0};
    const ptrdiff_t k = tl_min(projection->n_out, tl_area_components);
    TL_TRY(tl_pipeline_linear_rows(projection, &all->scene, &whole, err));
    const tl_code code = tl_matrix_init(components, all->n, k, err);
    for (ptrdiff_t i = 0; code == TL_OK && i < all->n; i++) {
        memcpy(tl_matrix_row(components, i), tl_matrix_row(&whole, i), (size_t)k * sizeof(double));
    }
    tl_matrix_free(&whole);
    return code;
}

static tl_code fit_area(const tl_matrix *components, const double *y, const int *fold,
                        tl_applicability *area, tl_err *err) {
    double *weight = tl_acquire(components->ncol, sizeof *weight);
    if (weight == NULL) {
        return tl_no_memory(err, "%td scores", components->ncol);
    }
    tl_code code = tl_inversion_applicability_weights(components, y, weight, err);
    if (code == TL_OK) {
        code = tl_inversion_applicability_fit(components, weight, fold, 1, area, err);
    }
    tl_release(weight);
    return code;
}

static tl_code copy_all(const tl_pipeline_data *data, int log_y, tl_training *all, tl_err *err) {
    ptrdiff_t *rows = tl_acquire(data->n, sizeof *rows);
    if (rows == NULL) {
        return tl_no_memory(err, "%td samples", data->n);
    }
    for (ptrdiff_t i = 0; i < data->n; i++) {
        rows[i] = i;
    }
    const tl_code code = tl_pipeline_training_take(data, rows, data->n, log_y, all, err);
    tl_release(rows);
    return code;
}

tl_code tl_pipeline_area_fit(const tl_pipeline_data *data, const int *fold, int log_y,
                             tl_linear *projection, tl_applicability *area, tl_err *err) {
    tl_training all = {0};
    tl_matrix components = {0};
    tl_code code;
    *projection = (tl_linear){0};
    *area = (tl_applicability){0};
    TL_CHECK(copy_all(data, log_y, &all, err));
    TL_CHECK(data->projection != NULL ? tl_pipeline_linear_copy(projection, data->projection, err)
                                      : make_projection(&all, projection, err));
    TL_CHECK(copy_components(projection, &all, &components, err));
    code = fit_area(&components, all.y, fold, area, err);
done:
    tl_pipeline_training_free(&all);
    tl_matrix_free(&components);
    if (code != TL_OK) {
        tl_pipeline_linear_free(projection);
    }
    return code;
}
