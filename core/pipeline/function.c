/* SPDX-License-Identifier: GPL-2.0-or-later
 * Fit of transfer, selection and regression on training rows; see function.h. */
#include "pipeline/function.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "base/minmax.h"
#include "inversion/folds.h"
#include "pipeline/choice.h"

/* Number of spectra that are evaluated side by side. */
enum { PIECE = 64 };

static const tl_recipe *recipe_of(const tl_function_options *o, const tl_function *f) {
    return &o->recipe[f->recipe];
}

/* One vector on the spectrum instead of map and regression. */
static tl_code collapse(const tl_training *t, tl_feature_map *map, tl_regressor *regressor,
                        tl_function *f, tl_err *err) {
    f->scene = tl_acquire(f->p, sizeof *f->scene);
    if (f->scene == NULL) {
        return tl_no_memory(err, "%td bands", f->p);
    }
    f->intercept = regressor->intercept;
    return tl_pipeline_feature_map_carry_back(map, t->projection, regressor->coefficients, f->scene,
                                              &f->intercept, err);
}

/* Moves map and regression into f, or their product when both are linear. */
static tl_code assemble(const tl_training *t, tl_transfer *transfer, tl_feature_map *map,
                        tl_regressor *regressor, tl_function *f, tl_err *err) {
    f->p = map->p;
    f->m = map->m;
    f->kind = regressor->kind;
    f->setting = regressor->setting;
    if (map->chosen != NULL) {
        f->chosen = tl_acquire(map->m, sizeof *f->chosen);
        if (f->chosen == NULL) {
            return tl_no_memory(err, "%td bands", f->p);
        }
        memcpy(f->chosen, map->chosen, (size_t)map->m * sizeof *f->chosen);
    }
    if (tl_pipeline_feature_map_is_linear(map) && tl_inversion_regressor_is_linear(regressor)) {
        return collapse(t, map, regressor, f, err);
    }
    if (map->borrowed) {
        *transfer = (tl_transfer){0};
        map->borrowed = 0;
    }
    tl_pipeline_feature_map_narrow(map);
    f->map = *map;
    f->regressor = *regressor;
    *map = (tl_feature_map){0};
    *regressor = (tl_regressor){0};
    return TL_OK;
}

/* Fits the chosen recipe on all rows. The transfer may be moved into its map. */
static tl_code fit_chosen(const tl_training *t, const tl_function_options *o, tl_transfer *transfer,
                          const tl_choice *choice, uint32_t index, tl_function *f, tl_err *err) {
    const tl_recipe *r = recipe_of(o, f);
    const tl_regressor_options options = tl_pipeline_recipe_regressor(r);
    tl_feature_map map = {0};
    tl_regressor regressor = {0};
    tl_matrix x = {0};
    tl_code code;
    TL_CHECK(tl_pipeline_feature_map_fit(t, r, transfer, index, &map, &x, err));
    TL_CHECK(
        tl_inversion_regressor_fit(&x, t->y, &options, &choice->setting, index, &regressor, err));
    code = assemble(t, transfer, &map, &regressor, f, err);
done:
    tl_pipeline_feature_map_free(&map);
    tl_inversion_regressor_free(&regressor);
    tl_matrix_free(&x);
    return code;
}

/* Mean of exp(residual) over the rows the function was fitted on. */
static tl_code find_smearing(const tl_training *t, const tl_function_options *o, tl_function *f,
                             tl_err *err) {
    const int lab = recipe_of(o, f)->features == TL_FEATURES_LAB;
    double *value = tl_acquire(t->n, sizeof *value);
    if (value == NULL) {
        return tl_no_memory(err, "%td samples", t->n);
    }
    const tl_code code =
        tl_pipeline_function_evaluate(f, t->projection, lab ? &t->lab : &t->scene, value, err);
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < t->n; i++) {
        sum += exp(t->y[i] - value[i]);
    }
    f->smearing = sum / (double)t->n;
    tl_release(value);
    return code;
}

static tl_code check_training(const tl_training *t, tl_err *err) {
    if (t->n < 4 || tl_inversion_count_groups(t->group, t->n) < 2) {
        return tl_fail(
            err, TL_DATA,
            "%td training samples in %td independent groups are too few for a regression", t->n,
            tl_inversion_count_groups(t->group, t->n));
    }
    return TL_OK;
}

/* The recipe whose transfer is fitted before the choice: the first one that has one; -1: none. */
static int first_with_transfer(const tl_function_options *o) {
    for (int k = 0; k < o->recipes; k++) {
        if (tl_pipeline_recipe_has_transfer(&o->recipe[k])) {
            return k;
        }
    }
    return -1;
}

tl_code tl_pipeline_function_fit(const tl_training *t, const tl_function_options *o,
                                 tl_transfer *given, uint32_t index, tl_function *f, tl_err *err) {
    *f = (tl_function){.smearing = 1.0};
    TL_TRY(check_training(t, err));
    tl_function_options inner = *o;
    tl_transfer transfer = {0};
    tl_choice choice;
    tl_code code = TL_OK;
    int fitted = first_with_transfer(o);
    if (given != NULL && fitted >= 0) {
        transfer = *given;
        *given = (tl_transfer){0};
    } else if (fitted >= 0) {
        TL_CHECK(tl_pipeline_feature_map_fit_transfer(t, &o->recipe[fitted], &o->transfer,
                                                      &transfer, err));
    }
    /* The ridge strength depends on spectra only; choosing it once per training set instead of once
     * per inner fold saves most of the time and uses no test row. */
    if (transfer.ds.lambda > 0.0) {
        inner.transfer.lambda = transfer.ds.lambda;
    }
    TL_CHECK(tl_pipeline_choose(t, &inner, index, &choice, err));
    f->recipe = choice.recipe;
    memcpy(f->inner_rmse, choice.rmse, sizeof f->inner_rmse);
    if (fitted >= 0 && recipe_of(o, f)->components != o->recipe[fitted].components) {
        tl_fusion_transfer_free(&transfer);
        TL_CHECK(tl_pipeline_feature_map_fit_transfer(t, recipe_of(o, f), &inner.transfer,
                                                      &transfer, err));
    }
    TL_CHECK(fit_chosen(t, o, &transfer, &choice, index, f, err));
    if (o->log) {
        TL_CHECK(find_smearing(t, o, f, err));
    }
done:
    tl_fusion_transfer_free(&transfer);
    if (code != TL_OK) {
        tl_pipeline_function_free(f);
    }
    return code;
}

/* --- values --- */

static double linear_value(const tl_function *f, const double *x) {
    double sum = f->intercept;
    for (ptrdiff_t j = 0; j < f->p; j++) {
        sum += f->scene[j] * x[j];
    }
    return sum;
}

/* Memory of one piece. */
typedef struct piece_work {
    double *spectrum;   /* [p, n] */
    double *components; /* [components, n] */
    double *scratch;
    float *u; /* [m, n] */
} piece_work;

static void free_piece(piece_work *w) {
    tl_release(w->spectrum);
    tl_release(w->components);
    tl_release(w->scratch);
    tl_release(w->u);
}

static tl_code open_piece(const tl_function *f, piece_work *w, tl_err *err) {
    const ptrdiff_t map = tl_pipeline_feature_map_scratch(&f->map, PIECE);
    const ptrdiff_t regressor = tl_inversion_regressor_scratch(&f->regressor);
    w->spectrum = tl_acquire(f->p * PIECE, sizeof *w->spectrum);
    w->components = tl_acquire((ptrdiff_t)f->map.components * PIECE, sizeof *w->components);
    w->scratch = tl_acquire(tl_max(map, regressor), sizeof *w->scratch);
    w->u = tl_acquire(f->m * PIECE, sizeof *w->u);
    return w->spectrum == NULL || w->components == NULL || w->scratch == NULL || w->u == NULL
               ? tl_no_memory(err, "%td bands", f->p)
               : TL_OK;
}

static tl_code evaluate_piece(const tl_function *f, const tl_linear *projection, const tl_matrix *x,
                              ptrdiff_t from, ptrdiff_t n, piece_work *w, double *value,
                              tl_err *err) {
    for (ptrdiff_t i = 0; i < n; i++) {
        for (ptrdiff_t j = 0; j < f->p; j++) {
            w->spectrum[j * n + i] = tl_matrix_row(x, from + i)[j];
        }
    }
    if (f->map.components > 0) {
        tl_pipeline_linear_block(projection, f->map.components, w->spectrum, n, w->components);
    }
    TL_TRY(tl_pipeline_feature_map_block(&f->map, w->spectrum, w->components, n, w->u, w->scratch,
                                         err));
    return tl_inversion_regressor_predict_block(&f->regressor, w->u, n, value + from, w->scratch,
                                                err);
}

tl_code tl_pipeline_function_evaluate(const tl_function *f, const tl_linear *projection,
                                      const tl_matrix *x, double *value, tl_err *err) {
    if (x->ncol != f->p) {
        return tl_fail(err, TL_SHAPE, "spectra have %td bands, the model has %td", x->ncol, f->p);
    }
    if (f->scene != NULL) {
        for (ptrdiff_t i = 0; i < x->nrow; i++) {
            value[i] = linear_value(f, tl_matrix_row(x, i));
        }
        return TL_OK;
    }
    piece_work w = {0};
    tl_code code = open_piece(f, &w, err);
    for (ptrdiff_t from = 0; code == TL_OK && from < x->nrow; from += PIECE) {
        const ptrdiff_t n = tl_min(x->nrow - from, PIECE);
        code = evaluate_piece(f, projection, x, from, n, &w, value, err);
    }
    free_piece(&w);
    return code;
}

void tl_pipeline_function_free(tl_function *f) {
    if (f != NULL) {
        tl_release(f->chosen);
        tl_release(f->scene);
        tl_pipeline_feature_map_free(&f->map);
        tl_inversion_regressor_free(&f->regressor);
        *f = (tl_function){0};
    }
}
