/* SPDX-License-Identifier: GPL-2.0-or-later
 * From spectra to features; see feature_map.h. */
#include "pipeline/feature_map.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "inversion/folds.h"
#include "json/json.h"
#include "model/document.h"

static ptrdiff_t inputs_of(const tl_feature_map *map) {
    return map->components > 0 ? map->components : map->p;
}

/* 1 when the own part is a spectrum that is transformed. */
static int transforms_own(const tl_feature_map *map) {
    return map->transform.n_steps > 0 && map->own > 0 && map->components == 0;
}

static int has_network(const tl_feature_map *map) {
    return map->network.kind != TL_TRANSFER_NONE;
}

static int is_supervised(const tl_feature_map *map) {
    return map->supervised.members > 0;
}

/* Features before the selection. */
static ptrdiff_t width_of(const tl_feature_map *map) {
    return map->own + (is_supervised(map) ? map->supervised.n_property
                       : has_network(map) ? map->network.n_out
                                          : map->generated.n_out);
}

/* Copies the first columns of a matrix. */
static tl_code first_columns(const tl_matrix *from, ptrdiff_t n, tl_matrix *to, tl_err *err) {
    TL_TRY(tl_matrix_init(to, from->nrow, n, err));
    for (ptrdiff_t i = 0; i < from->nrow; i++) {
        memcpy(tl_matrix_row(to, i), tl_matrix_row(from, i), (size_t)n * sizeof *to->data);
    }
    return TL_OK;
}

/* A copy of the input of the map. */
static tl_code copy_input(int components, int lab_features, const tl_training *t, tl_matrix *input,
                          tl_err *err) {
    if (lab_features) {
        return tl_matrix_copy(input, &t->lab, err);
    }
    if (components == 0) {
        return tl_matrix_copy(input, &t->scene, err);
    }
    *input = (tl_matrix){0};
    if (t->components.ncol < components) {
        return tl_fail(
            err, TL_DATA,
            "the number of MNF components of the scene is %d, but there are only %td; use fewer",
            components, t->components.ncol);
    }
    return first_columns(&t->components, components, input, err);
}

/* --- fitting --- */

tl_code tl_pipeline_feature_map_fit_transfer(const tl_training *t, const tl_recipe *r,
                                             const tl_transfer_options *o, tl_transfer *transfer,
                                             tl_err *err) {
    *transfer = (tl_transfer){0};
    if (!tl_pipeline_recipe_has_transfer(r)) {
        return TL_OK;
    }
    tl_matrix input;
    TL_TRY(copy_input(r->components, 0, t, &input, err));
    const tl_code code = tl_fusion_transfer_fit_grouped(o, &input, &t->lab, t->group, NULL, NULL,
                                                        NULL, transfer, err);
    tl_matrix_free(&input);
    return code;
}

/* The linear transfer as y = shift + weight' x. */
static tl_code set_linear(const tl_transfer *transfer, tl_linear *l, tl_err *err) {
    tl_matrix slope = {0};
    TL_TRY(tl_pipeline_linear_init(l, transfer->n_in, transfer->n_out, err));
    TL_TRY(tl_fusion_transfer_linear(transfer, &slope, l->shift, err));
    for (ptrdiff_t r = 0; r < slope.nrow; r++) {
        for (ptrdiff_t j = 0; j < slope.ncol; j++) {
            tl_matrix_row(&l->weight, j)[r] = tl_matrix_row(&slope, r)[j];
        }
    }
    tl_matrix_free(&slope);
    return TL_OK;
}

static tl_code settle_transform(tl_feature_map *map, const char *name, ptrdiff_t window,
                                ptrdiff_t degree, const double *wavelength_nm, tl_err *err) {
    (void)snprintf(map->name, sizeof map->name, "%s", name);
    if (strcmp(name, "none") == 0) {
        return TL_OK;
    }
    return tl_spectra_transform_init(name, window, degree, wavelength_nm, map->p, &map->transform,
                                     err);
}

static tl_code fit_supervised(const tl_training *t, const tl_recipe *r, uint32_t index,
                              tl_feature_map *map, tl_err *err) {
    const tl_matrix property = {.nrow = t->n, .ncol = 1, .data = t->y};
    tl_matrix input;
    TL_TRY(copy_input(r->components, 0, t, &input, err));
    const tl_code code = tl_fusion_supervised_fit(&r->supervised, &input, &t->lab, &property, index,
                                                  NULL, &map->supervised, err);
    tl_matrix_free(&input);
    return code;
}

static tl_code build(const tl_training *t, const tl_recipe *r, const tl_transfer *transfer,
                     uint32_t index, tl_feature_map *map, tl_err *err) {
    const int lab = r->features == TL_FEATURES_LAB;
    map->p = lab ? t->lab.ncol : t->scene.ncol;
    map->components = lab ? 0 : r->components;
    map->own = r->features == TL_FEATURES_FUSED || r->features == TL_FEATURES_SUPERVISED
                   ? 0
                   : inputs_of(map);
    if (r->features == TL_FEATURES_SUPERVISED) {
        TL_TRY(fit_supervised(t, r, index, map, err));
    } else if (tl_pipeline_recipe_has_transfer(r) && tl_fusion_transfer_is_linear(transfer->kind)) {
        TL_TRY(set_linear(transfer, &map->generated, err));
    } else if (tl_pipeline_recipe_has_transfer(r)) {
        map->network = *transfer;
        map->borrowed = 1;
    }
    map->m = width_of(map);
    return settle_transform(map, r->transform, r->window, r->degree, t->wavelength_nm, err);
}

/* Features of lab spectra used instead of generated ones. Orthogonalisation is for both sides. */
static tl_code make_lab_features(const tl_feature_map *map, const tl_transfer *transfer,
                                 const tl_training *t, tl_matrix *x, tl_err *err) {
    TL_TRY(transfer->kind == TL_TRANSFER_EPO
               ? tl_pipeline_linear_rows(&map->generated, &t->lab, x, err)
               : tl_matrix_copy(x, &t->lab, err));
    if (map->transform.n_steps > 0) {
        TL_TRY(tl_spectra_transform_rows(&map->transform, x, err));
    }
    return TL_OK;
}

/* Features of a perfect transfer or network, on which the regression is fitted. */
static tl_code make_ideal_features(const tl_feature_map *map, const tl_recipe *r,
                                   const tl_transfer *transfer, const tl_training *t, tl_matrix *x,
                                   tl_err *err) {
    if (r->features != TL_FEATURES_SUPERVISED) {
        return make_lab_features(map, transfer, t, x, err);
    }
    TL_TRY(tl_matrix_init(x, t->n, 1, err));
    memcpy(x->data, t->y, (size_t)t->n * sizeof *x->data);
    return TL_OK;
}

/* Chooses among the features of the training rows x. */
static tl_code select_features(const tl_training *t, const tl_recipe *r, uint32_t index,
                               tl_feature_map *map, tl_matrix *x, tl_err *err) {
    const ptrdiff_t groups = tl_inversion_count_groups(t->group, t->n);
    tl_cars_options o = r->cars;
    tl_cars cars;
    o.runs = r->selection == TL_SELECTION_CARS ? 1 : o.runs;
    o.folds = groups < o.folds ? (int)groups : o.folds;
    TL_TRY(tl_inversion_cars(x, t->y, t->group, NULL, &o, index, NULL, &cars, err));
    map->chosen = tl_acquire(cars.n_chosen, sizeof *map->chosen);
    if (map->chosen != NULL) {
        map->m = 0;
        for (ptrdiff_t j = 0; j < cars.p; j++) {
            if (cars.chosen[j]) {
                map->chosen[map->m++] = j;
            }
        }
        tl_matrix_keep_columns(x, map->chosen, map->m);
    }
    tl_inversion_cars_free(&cars);
    return map->chosen == NULL ? tl_no_memory(err, "%td features", x->ncol) : TL_OK;
}

tl_code tl_pipeline_feature_map_fit(const tl_training *t, const tl_recipe *r,
                                    const tl_transfer *transfer, uint32_t index,
                                    tl_feature_map *map, tl_matrix *x, tl_err *err) {
    *map = (tl_feature_map){0};
    *x = (tl_matrix){0};
    tl_code code = build(t, r, transfer, index, map, err);
    const int ideal = r->features == TL_FEATURES_SUPERVISED ||
                      (r->features == TL_FEATURES_FUSED && r->calibration == TL_CALIBRATION_LAB);
    if (code == TL_OK) {
        code = ideal ? make_ideal_features(map, r, transfer, t, x, err)
                     : tl_pipeline_feature_map_rows(map, t, r->features == TL_FEATURES_LAB, x, err);
    }
    if (code == TL_OK && r->selection != TL_SELECTION_NONE) {
        code = select_features(t, r, index, map, x, err);
    }
    if (code != TL_OK) {
        tl_pipeline_feature_map_free(map);
        tl_matrix_free(x);
    }
    return code;
}

void tl_pipeline_feature_map_narrow(tl_feature_map *map) {
    if (map->chosen == NULL || map->own > 0 || map->generated.n_out == 0 ||
        map->transform.n_steps > 0) {
        return;
    }
    tl_pipeline_linear_keep(&map->generated, map->chosen, map->m);
    tl_release(map->chosen);
    map->chosen = NULL;
}

/* --- rows --- */

static tl_code generate(const tl_feature_map *map, const tl_matrix *input, tl_matrix *generated,
                        tl_err *err) {
    if (is_supervised(map)) {
        return tl_fusion_supervised_predict(&map->supervised, input, generated, err);
    }
    return has_network(map) ? tl_fusion_transfer_apply(&map->network, input, generated, err)
                            : tl_pipeline_linear_rows(&map->generated, input, generated, err);
}

/* Feature k of all features of row i. */
static double feature_at(const tl_feature_map *map, const tl_matrix *input,
                         const tl_matrix *generated, ptrdiff_t i, ptrdiff_t k) {
    return k < map->own ? tl_matrix_row(input, i)[k] : tl_matrix_row(generated, i)[k - map->own];
}

tl_code tl_pipeline_feature_map_rows(const tl_feature_map *map, const tl_training *t,
                                     int lab_features, tl_matrix *x, tl_err *err) {
    tl_matrix input = {0};
    tl_matrix generated = {0};
    tl_code code;
    *x = (tl_matrix){0};
    TL_CHECK(copy_input(map->components, lab_features, t, &input, err));
    if (width_of(map) > map->own) {
        TL_CHECK(generate(map, &input, &generated, err));
    }
    if (transforms_own(map)) {
        TL_CHECK(tl_spectra_transform_rows(&map->transform, &input, err));
    }
    if (generated.data != NULL && map->transform.n_steps > 0) {
        TL_CHECK(tl_spectra_transform_rows(&map->transform, &generated, err));
    }
    TL_CHECK(tl_matrix_init(x, t->n, map->m, err));
    for (ptrdiff_t i = 0; i < t->n; i++) {
        for (ptrdiff_t j = 0; j < map->m; j++) {
            const ptrdiff_t k = map->chosen == NULL ? j : map->chosen[j];
            const double value = feature_at(map, &input, &generated, i, k);
            /* Maps use features in single precision. The features of a collapsed network differ by
             * less than that, and a regression must not depend on such differences. */
            tl_matrix_row(x, i)[j] = has_network(map) ? (double)(float)value : value;
        }
    }
done:
    tl_matrix_free(&input);
    tl_matrix_free(&generated);
    return code;
}

/* --- collapsing --- */

int tl_pipeline_feature_map_is_linear(const tl_feature_map *map) {
    return !has_network(map) && !is_supervised(map) &&
           tl_spectra_transform_is_linear(&map->transform);
}

/* Converts coefficients c [p] on transformed values to those on the values before, in place. */
static tl_code undo_transform(const tl_feature_map *map, double *c, tl_err *err) {
    tl_matrix rows = {0};
    tl_matrix before = {0};
    tl_code code;
    TL_CHECK(tl_spectra_transform_linear(&map->transform, &rows, err));
    TL_CHECK(tl_matrix_init(&before, 1, rows.ncol, err));
    for (ptrdiff_t i = 0; i < rows.nrow; i++) {
        for (ptrdiff_t j = 0; j < rows.ncol; j++) {
            before.data[j] += c[i] * tl_matrix_row(&rows, i)[j];
        }
    }
    memcpy(c, before.data, (size_t)rows.ncol * sizeof *c);
done:
    tl_matrix_free(&rows);
    tl_matrix_free(&before);
    return code;
}

/* Converts coefficients on all features to coefficients on the inputs. */
static tl_code carry_to_input(const tl_feature_map *map, double *all, double *on_input,
                              double *constant, tl_err *err) {
    if (transforms_own(map)) {
        TL_TRY(undo_transform(map, all, err));
    }
    memcpy(on_input, all, (size_t)map->own * sizeof *all);
    if (map->generated.n_out == 0) {
        return TL_OK;
    }
    if (map->transform.n_steps > 0) {
        TL_TRY(undo_transform(map, all + map->own, err));
    }
    tl_pipeline_linear_carry_back(&map->generated, map->generated.n_out, all + map->own, on_input,
                                  constant);
    return TL_OK;
}

tl_code tl_pipeline_feature_map_carry_back(const tl_feature_map *map, const tl_linear *projection,
                                           const double *c, double *coefficients, double *constant,
                                           tl_err *err) {
    const ptrdiff_t inputs = inputs_of(map);
    double *all = tl_acquire(width_of(map), sizeof *all);
    double *on_input = tl_acquire(inputs, sizeof *on_input);
    tl_code code = TL_OK;
    if (all == NULL || on_input == NULL) {
        code = tl_no_memory(err, "%td features", width_of(map));
        goto done;
    }
    for (ptrdiff_t j = 0; j < map->m; j++) {
        all[map->chosen == NULL ? j : map->chosen[j]] = c[j];
    }
    TL_CHECK(carry_to_input(map, all, on_input, constant, err));
    if (map->components > 0) {
        tl_pipeline_linear_carry_back(projection, map->components, on_input, coefficients,
                                      constant);
    } else {
        memcpy(coefficients, on_input, (size_t)inputs * sizeof *on_input);
    }
done:
    tl_release(all);
    tl_release(on_input);
    return code;
}

/* --- pixels side by side --- */

/* Generated part, transformed own part, scratch of the transform. */
ptrdiff_t tl_pipeline_feature_map_scratch(const tl_feature_map *map, ptrdiff_t n) {
    const ptrdiff_t own = transforms_own(map) ? map->own * n : 0;
    const ptrdiff_t work = map->transform.n_steps > 0 ? (map->p + 2) * n + map->p : 0;
    return (width_of(map) - map->own) * n + own + work;
}

/* Features by networks of n pixels side by side, feature by feature. */
static tl_code run_network(const tl_feature_map *map, const double *input, ptrdiff_t n, double *out,
                           tl_err *err) {
    const ptrdiff_t inputs = inputs_of(map);
    tl_matrix rows = {0};
    tl_matrix generated = {0};
    tl_code code;
    TL_CHECK(tl_matrix_init(&rows, n, inputs, err));
    for (ptrdiff_t j = 0; j < inputs; j++) {
        for (ptrdiff_t i = 0; i < n; i++) {
            tl_matrix_row(&rows, i)[j] = input[j * n + i];
        }
    }
    TL_CHECK(generate(map, &rows, &generated, err));
    for (ptrdiff_t j = 0; j < generated.ncol; j++) {
        for (ptrdiff_t i = 0; i < n; i++) {
            out[j * n + i] = tl_matrix_row(&generated, i)[j];
        }
    }
done:
    tl_matrix_free(&rows);
    tl_matrix_free(&generated);
    return code;
}

void tl_pipeline_round_to_float(const double *from, ptrdiff_t n, float *to) {
    for (ptrdiff_t i = 0; i < n; i++) {
        to[i] = (float)from[i];
    }
}

tl_code tl_pipeline_feature_map_block(const tl_feature_map *map, const double *spectrum,
                                      const double *components, ptrdiff_t n, float *u,
                                      double *scratch, tl_err *err) {
    const double *input = map->components > 0 ? components : spectrum;
    const ptrdiff_t n_generated = width_of(map) - map->own;
    double *generated = scratch;
    double *own = scratch + n_generated * n;
    double *work = own + (transforms_own(map) ? map->own * n : 0);
    if (has_network(map) || is_supervised(map)) {
        TL_TRY(run_network(map, input, n, generated, err));
    } else if (n_generated > 0) {
        tl_pipeline_linear_block(&map->generated, n_generated, input, n, generated);
    }
    if (n_generated > 0 && map->transform.n_steps > 0) {
        tl_spectra_transform_block(&map->transform, generated, n, work);
    }
    if (transforms_own(map)) {
        memcpy(own, input, (size_t)(map->own * n) * sizeof *own);
        tl_spectra_transform_block(&map->transform, own, n, work);
        input = own;
    }
    for (ptrdiff_t j = 0; j < map->m; j++) {
        const ptrdiff_t k = map->chosen == NULL ? j : map->chosen[j];
        const double *from = k < map->own ? input + k * n : generated + (k - map->own) * n;
        tl_pipeline_round_to_float(from, n, u + j * n);
    }
    return TL_OK;
}

/* --- files --- */

static tl_code put_parts(const tl_feature_map *map, json_t *o, tl_err *err) {
    json_t *part = NULL;
    TL_TRY(tl_model_put_integer(o, "scores", map->components, err));
    TL_TRY(tl_model_put_flag(o, "own", map->own > 0, err));
    if (map->transform.n_steps > 0) {
        TL_TRY(tl_model_put_text(o, "transform", map->name, err));
        TL_TRY(tl_model_put_integer(o, "window", map->transform.window, err));
        TL_TRY(tl_model_put_integer(o, "degree", map->transform.degree, err));
    }
    if (map->generated.n_out > 0) {
        TL_TRY(tl_pipeline_linear_to_json(&map->generated, &part, err));
        TL_TRY(tl_model_put_json(o, "generated", part, err));
    }
    if (has_network(map)) {
        TL_TRY(tl_fusion_transfer_to_json(&map->network, &part, err));
        TL_TRY(tl_model_put_json(o, "transfer", part, err));
    }
    if (is_supervised(map)) {
        TL_TRY(tl_fusion_supervised_to_json(&map->supervised, &part, err));
        TL_TRY(tl_model_put_json(o, "supervised", part, err));
    }
    return TL_OK;
}

tl_code tl_pipeline_feature_map_to_json(const tl_feature_map *map, json_t **json, tl_err *err) {
    *json = tl_json_object();
    const tl_code code =
        *json == NULL ? tl_no_memory(err, "the model") : put_parts(map, *json, err);
    if (code != TL_OK) {
        json_decref(*json);
        *json = NULL;
    }
    return code;
}

static tl_code read_transform(const json_t *json, const double *wavelength_nm, tl_feature_map *map,
                              tl_err *err) {
    enum { widest = 10001 };
    const char *name = NULL;
    ptrdiff_t window = 0;
    ptrdiff_t degree = 0;
    TL_TRY(tl_model_text_or(json, "transform", "none", &name, err));
    TL_TRY(tl_model_integer_or(json, "window", 1, widest, 11, &window, err));
    TL_TRY(tl_model_integer_or(json, "degree", 0, widest, 2, &degree, err));
    const tl_code code = settle_transform(map, name, window, degree, wavelength_nm, err);
    return code == TL_ARG ? tl_fail_in(err, TL_FORMAT, "transform") : code;
}

/* The map without its selection. */
static tl_code read_parts(const json_t *json, tl_feature_map *map, tl_err *err) {
    const json_t *part = NULL;
    const ptrdiff_t inputs = inputs_of(map);
    int own = 0;
    TL_TRY(tl_model_flag(json, "own", &own, err));
    map->own = own ? inputs : 0;
    if (tl_model_has(json, "generated")) {
        TL_TRY(tl_model_object(json, "generated", &part, err));
        TL_TRY(tl_pipeline_linear_from_json(part, inputs, &map->generated, err));
    } else if (tl_model_has(json, "transfer")) {
        TL_TRY(tl_model_object(json, "transfer", &part, err));
        TL_TRY(tl_fusion_transfer_from_json(part, &map->network, err));
        if (map->network.n_in != inputs) {
            return tl_fail(err, TL_FORMAT, "transfer has %td inputs, but the map has %td",
                           map->network.n_in, inputs);
        }
    }
    if (tl_model_has(json, "supervised")) {
        TL_TRY(tl_model_object(json, "supervised", &part, err));
        TL_TRY(tl_fusion_supervised_from_json(part, &map->supervised, err));
        if (map->supervised.n_in != inputs || map->generated.n_out > 0 || has_network(map)) {
            return tl_fail(
                err, TL_FORMAT,
                "supervised has %td inputs and no other features, but the map has %td inputs",
                map->supervised.n_in, inputs);
        }
    }
    map->m = width_of(map);
    return map->m < 1 ? tl_fail(err, TL_FORMAT, "the map has no features") : TL_OK;
}

tl_code tl_pipeline_feature_map_from_json(const json_t *json, ptrdiff_t p,
                                          const double *wavelength_nm, ptrdiff_t projected,
                                          tl_feature_map *map, tl_err *err) {
    ptrdiff_t components = 0;
    *map = (tl_feature_map){.p = p};
    TL_TRY(tl_model_integer(json, "scores", 0, projected, &components, err));
    map->components = (int)components;
    tl_code code = read_parts(json, map, err);
    if (code == TL_OK) {
        code = read_transform(json, wavelength_nm, map, err);
    }
    if (code == TL_OK && map->transform.n_steps > 0 && map->m > map->own &&
        map->m - map->own != p) {
        code = tl_fail(err, TL_FORMAT, "the transform is not possible with %td bands, wanted %td",
                       p, map->m - map->own);
    }
    if (code != TL_OK) {
        tl_pipeline_feature_map_free(map);
    }
    return code;
}

void tl_pipeline_feature_map_free(tl_feature_map *map) {
    if (map != NULL) {
        tl_pipeline_linear_free(&map->generated);
        tl_fusion_supervised_free(&map->supervised);
        if (!map->borrowed) {
            tl_fusion_transfer_free(&map->network);
        }
        tl_spectra_transform_free(&map->transform);
        tl_release(map->chosen);
        *map = (tl_feature_map){0};
    }
}
