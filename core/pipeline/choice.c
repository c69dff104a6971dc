/* SPDX-License-Identifier: GPL-2.0-or-later
 * Inner cross-validation over recipes; see choice.h. */
#include "pipeline/choice.h"

#include <math.h>

#include "base/alloc.h"
#include "inversion/folds.h"

/* Random draws inside a fit are numbered by its index times this, plus the number of the inner set
 * plus one, so that every selection of a run has different draws. */
enum { draws_per_fit = 64 };

/* One inner division with the transfers that were fitted on its learning rows. */
typedef struct inner_fold {
    tl_training learn;
    tl_training check;
    ptrdiff_t *check_row;
    tl_transfer transfer;
    int components; /* inputs of transfer; -1: there is none yet */
} inner_fold;

typedef struct choice_work {
    const tl_training *t;
    const tl_function_options *o;
    uint32_t index;
    int folds;
    inner_fold *fold;  /* [folds] */
    tl_inner_set *set; /* [folds] features of the current recipe */
    double *error;     /* [n] */
} choice_work;

static void free_set(tl_inner_set *s) {
    tl_matrix_free(&s->learn_x);
    tl_matrix_free(&s->check_x);
    *s = (tl_inner_set){0};
}

static void free_work(choice_work *w) {
    for (int k = 0; w->fold != NULL && k < w->folds; k++) {
        tl_pipeline_training_free(&w->fold[k].learn);
        tl_pipeline_training_free(&w->fold[k].check);
        tl_fusion_transfer_free(&w->fold[k].transfer);
        tl_release(w->fold[k].check_row);
    }
    for (int k = 0; w->set != NULL && k < w->folds; k++) {
        free_set(&w->set[k]);
    }
    tl_release(w->fold);
    tl_release(w->set);
    tl_release(w->error);
}

/* Row numbers with fold[i] == which (inside) or != which; returns their number. */
static ptrdiff_t rows_of_fold(const int *fold, ptrdiff_t n, int which, int inside,
                              ptrdiff_t *rows) {
    ptrdiff_t count = 0;
    for (ptrdiff_t i = 0; i < n; i++) {
        if ((fold[i] == which) == inside) {
            rows[count++] = i;
        }
    }
    return count;
}

static tl_code divide(choice_work *w, const int *fold, ptrdiff_t *rows, tl_err *err) {
    const ptrdiff_t n = w->t->n;
    for (int k = 0; k < w->folds; k++) {
        inner_fold *f = &w->fold[k];
        f->components = -1;
        ptrdiff_t count = rows_of_fold(fold, n, k, 0, rows);
        TL_TRY(tl_pipeline_training_part(w->t, rows, count, &f->learn, err));
        f->check_row = tl_acquire(n, sizeof *f->check_row);
        if (f->check_row == NULL) {
            return tl_no_memory(err, "folds of %td samples", n);
        }
        count = rows_of_fold(fold, n, k, 1, f->check_row);
        TL_TRY(tl_pipeline_training_part(w->t, f->check_row, count, &f->check, err));
    }
    return TL_OK;
}

static tl_code open_work(choice_work *w, tl_err *err) {
    const ptrdiff_t n = w->t->n;
    const ptrdiff_t groups = tl_inversion_count_groups(w->t->group, n);
    w->folds = groups < w->o->inner_folds ? (int)groups : w->o->inner_folds;
    w->fold = tl_acquire(w->folds, sizeof *w->fold);
    w->set = tl_acquire(w->folds, sizeof *w->set);
    w->error = tl_acquire(n, sizeof *w->error);
    int *fold = tl_acquire(n, sizeof *fold);
    ptrdiff_t *rows = tl_acquire(n, sizeof *rows);
    tl_code code = TL_OK;
    if (w->fold == NULL || w->set == NULL || w->error == NULL || fold == NULL || rows == NULL) {
        code = tl_no_memory(err, "folds of %td samples", n);
        goto done;
    }
    TL_CHECK(tl_inversion_folds(n, w->t->group, w->folds, w->o->seed, w->index, fold, err));
    code = divide(w, fold, rows, err);
done:
    tl_release(fold);
    tl_release(rows);
    return code;
}

/* Fits the transfer of the recipe on the learning rows, unless the last one already has it. */
static tl_code settle_transfer(const choice_work *w, inner_fold *f, const tl_recipe *r,
                               tl_err *err) {
    if (!tl_pipeline_recipe_has_transfer(r) || f->components == r->components) {
        return TL_OK;
    }
    tl_fusion_transfer_free(&f->transfer);
    f->components = -1;
    TL_TRY(tl_pipeline_feature_map_fit_transfer(&f->learn, r, &w->o->transfer, &f->transfer, err));
    f->components = r->components;
    return TL_OK;
}

/* The recipe as fitted for the choice: one supervised network instead of several, which reduces the
 * accuracy of the recipe a little and saves most of the time. */
static tl_recipe for_choice(const tl_recipe *r) {
    tl_recipe quick = *r;
    quick.supervised.members = 1;
    return quick;
}

/* Features of one inner division. */
static tl_code make_set(choice_work *w, int k, const tl_recipe *r, tl_err *err) {
    inner_fold *f = &w->fold[k];
    tl_inner_set *s = &w->set[k];
    tl_feature_map map = {0};
    free_set(s);
    TL_TRY(settle_transfer(w, f, r, err));
    const tl_recipe quick = for_choice(r);
    TL_TRY(tl_pipeline_feature_map_fit(&f->learn, &quick, &f->transfer,
                                       w->index * draws_per_fit + 1 + (uint32_t)k, &map,
                                       &s->learn_x, err));
    const tl_code code = tl_pipeline_feature_map_rows(
        &map, &f->check, r->features == TL_FEATURES_LAB, &s->check_x, err);
    tl_pipeline_feature_map_free(&map);
    s->learn_y = f->learn.y;
    s->check_y = f->check.y;
    s->check_row = f->check_row;
    return code;
}

static double rmse_of(const double *error, ptrdiff_t n) {
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        sum += error[i] * error[i];
    }
    return sqrt(sum / (double)n);
}

static tl_code try_recipe(choice_work *w, int number, tl_choice *choice, tl_err *err) {
    const tl_recipe *r = &w->o->recipe[number];
    const tl_regressor_options regressor = tl_pipeline_recipe_regressor(r);
    tl_regressor_setting setting;
    if (number == 0 || !tl_pipeline_recipe_same_features(r, &w->o->recipe[number - 1])) {
        for (int k = 0; k < w->folds; k++) {
            TL_TRY(make_set(w, k, r, err));
        }
    }
    TL_TRY(tl_inversion_regressor_tune(w->set, w->folds, w->t->n, &regressor,
                                       w->index * draws_per_fit + 1, &setting, w->error, err));
    choice->rmse[number] = rmse_of(w->error, w->t->n);
    if (number == 0 || choice->rmse[number] < choice->rmse[choice->recipe]) {
        choice->recipe = number;
        choice->setting = setting;
    }
    return TL_OK;
}

tl_code tl_pipeline_choose(const tl_training *t, const tl_function_options *o, uint32_t index,
                           tl_choice *choice, tl_err *err) {
    *choice = (tl_choice){0};
    choice_work w = {.t = t, .o = o, .index = index};
    tl_code code = open_work(&w, err);
    for (int number = 0; code == TL_OK && number < o->recipes; number++) {
        code = try_recipe(&w, number, choice, err);
    }
    free_work(&w);
    return code;
}
