/* SPDX-License-Identifier: GPL-2.0-or-later
 * One line of the tables of the paper; see paper_fit.h. */
#include "pipeline/paper_fit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "inversion/folds.h"
#include "num/distribution.h"
#include "num/stats.h"

/* Fits of the same kind are numbered by feature set and start. */
static uint32_t fit_index(tl_paper_features features, int start) {
    return (uint32_t)features * (uint32_t)TL_PAPER_MAX_STARTS + (uint32_t)start;
}

/* --- what all lines share --- */

static double *copy_values(const double *from, const ptrdiff_t *row, ptrdiff_t n) {
    double *to = tl_acquire(n, sizeof *to);
    for (ptrdiff_t i = 0; to != NULL && i < n; i++) {
        to[i] = from[row[i]];
    }
    return to;
}

static ptrdiff_t *copy_groups(const ptrdiff_t *from, const ptrdiff_t *row, ptrdiff_t n) {
    ptrdiff_t *to = tl_acquire(n, sizeof *to);
    for (ptrdiff_t i = 0; to != NULL && i < n; i++) {
        to[i] = from == NULL ? row[i] : from[row[i]];
    }
    return to;
}

static tl_code fill_table(const tl_paper_split *split, tl_paper_table *t, tl_err *err) {
    t->train = tl_acquire(t->n_train, sizeof *t->train);
    t->test = tl_acquire(t->n_test, sizeof *t->test);
    t->look = tl_acquire(t->n_look, sizeof *t->look);
    t->fold = tl_acquire(t->n_train, sizeof *t->fold);
    if (t->train == NULL || t->test == NULL || t->look == NULL || t->fold == NULL) {
        return tl_no_memory(err, "the tables of the paper");
    }
    tl_pipeline_paper_rows(split, TL_PAPER_TRAIN, t->train);
    tl_pipeline_paper_rows(split, TL_PAPER_TEST, t->test);
    for (ptrdiff_t i = 0; i < t->n_look; i++) {
        t->look[i] = t->options->leaky ? i : t->train[i];
    }
    t->train_y = copy_values(t->y, t->train, t->n_train);
    t->look_y = copy_values(t->y, t->look, t->n_look);
    t->look_group = copy_groups(t->group, t->look, t->n_look);
    return t->train_y == NULL || t->look_y == NULL || t->look_group == NULL
               ? tl_no_memory(err, "the tables of the paper")
               : TL_OK;
}

tl_code tl_pipeline_paper_table_init(const tl_paper_data *data, const tl_paper_split *split,
                                     const tl_paper_options *options, tl_paper_table *table,
                                     tl_err *err) {
    *table = (tl_paper_table){.options = options,
                              .n = data->n,
                              .y = data->y,
                              .group = data->group,
                              .n_train = split->count[TL_PAPER_TRAIN],
                              .n_test = split->count[TL_PAPER_TEST]};
    table->n_look = options->leaky ? data->n : table->n_train;
    tl_code code;
    ptrdiff_t *group = NULL;
    TL_CHECK(fill_table(split, table, err));
    group = copy_groups(table->group, table->train, table->n_train);
    code = group == NULL ? tl_no_memory(err, "the tables of the paper")
                         : tl_inversion_folds(table->n_train, group, options->inner_folds,
                                              options->seed, 0, table->fold, err);
done:
    tl_release(group);
    if (code != TL_OK) {
        tl_pipeline_paper_table_free(table);
    }
    return code;
}

void tl_pipeline_paper_table_free(tl_paper_table *table) {
    tl_release(table->train);
    tl_release(table->test);
    tl_release(table->look);
    tl_release(table->look_y);
    tl_release(table->look_group);
    tl_release(table->train_y);
    tl_release(table->fold);
    *table = (tl_paper_table){0};
}

void tl_pipeline_paper_entry_free(tl_paper_entry *entry) {
    tl_release(entry->chosen);
    tl_release(entry->predicted);
    *entry = (tl_paper_entry){0};
}

/* --- which bands --- */

typedef struct choice {
    ptrdiff_t m;
    ptrdiff_t *number; /* [m] increasing */
    tl_matrix x;       /* [n, m] these features of all samples */
} choice;

static void free_choice(choice *c) {
    tl_release(c->number);
    tl_matrix_free(&c->x);
}

/* Copies the marked columns. */
static tl_code copy_marked(const tl_matrix *x, const int *marked, choice *c, tl_err *err) {
    c->number = tl_acquire(x->ncol, sizeof *c->number);
    if (c->number == NULL) {
        return tl_no_memory(err, "the tables of the paper");
    }
    for (ptrdiff_t j = 0; j < x->ncol; j++) {
        if (marked[j]) {
            c->number[c->m++] = j;
        }
    }
    TL_TRY(tl_matrix_copy(&c->x, x, err));
    tl_matrix_keep_columns(&c->x, c->number, c->m);
    return TL_OK;
}

static tl_code choose_by_cars(const tl_paper_table *t, const tl_matrix *x, uint32_t index,
                              choice *c, tl_err *err) {
    tl_cars_options o = t->options->cars;
    o.runs = 1;
    o.seed = t->options->seed;
    o.threads = t->options->threads;
    tl_matrix look = {0};
    tl_cars cars = {0};
    tl_code code;
    *c = (choice){0};
    TL_CHECK(tl_matrix_take_rows(&look, x, t->look, t->n_look, err));
    TL_CHECK(tl_inversion_cars(&look, t->look_y, t->look_group, NULL, &o, index, NULL, &cars, err));
    code = copy_marked(x, cars.chosen, c, err);
done:
    tl_matrix_free(&look);
    tl_inversion_cars_free(&cars);
    if (code != TL_OK) {
        free_choice(c);
    }
    return code;
}

/* p of Pearson's r between a column and the property on the rows that may be used. */
static double p_of_column(const tl_paper_table *t, const tl_matrix *x, ptrdiff_t j, double *work) {
    const ptrdiff_t n = t->n_look;
    for (ptrdiff_t i = 0; i < n; i++) {
        work[i] = tl_matrix_row(x, t->look[i])[j];
    }
    const double r = tl_num_pearson(work, t->look_y, n);
    const double df = (double)(n - 2);
    if (isnan(r)) {
        return 1.0;
    }
    return r * r < 1.0 ? tl_num_t_two_sided(r * sqrt(df / (1.0 - r * r)), df) : 0.0;
}

/* All bands when none is significant. */
static tl_code choose_significant(const tl_paper_table *t, const tl_matrix *x, choice *c,
                                  tl_err *err) {
    *c = (choice){0};
    double *work = tl_acquire(t->n_look, sizeof *work);
    int *marked = tl_acquire(x->ncol, sizeof *marked);
    ptrdiff_t found = 0;
    tl_code code =
        work == NULL || marked == NULL ? tl_no_memory(err, "the tables of the paper") : TL_OK;
    TL_CHECK(code);
    for (ptrdiff_t j = 0; j < x->ncol; j++) {
        marked[j] = p_of_column(t, x, j, work) < t->options->significance;
        found += marked[j];
    }
    for (ptrdiff_t j = 0; j < x->ncol && found == 0; j++) {
        marked[j] = 1;
    }
    code = copy_marked(x, marked, c, err);
done:
    tl_release(work);
    tl_release(marked);
    if (code != TL_OK) {
        free_choice(c);
    }
    return code;
}

/* --- settings --- */

static void free_sets(tl_inner_set *set, int n_sets) {
    for (int k = 0; set != NULL && k < n_sets; k++) {
        tl_matrix_free(&set[k].learn_x);
        tl_matrix_free(&set[k].check_x);
        tl_release(set[k].learn_y);
        tl_release(set[k].check_y);
        tl_release(set[k].check_row);
    }
    tl_release(set);
}

/* A set that learns from some rows and checks others. */
static tl_code make_set(const tl_paper_table *t, const tl_matrix *x, const ptrdiff_t *learn,
                        ptrdiff_t n_learn, const ptrdiff_t *check, ptrdiff_t n_check,
                        tl_inner_set *set, tl_err *err) {
    TL_TRY(tl_matrix_take_rows(&set->learn_x, x, learn, n_learn, err));
    TL_TRY(tl_matrix_take_rows(&set->check_x, x, check, n_check, err));
    set->learn_y = copy_values(t->y, learn, n_learn);
    set->check_y = copy_values(t->y, check, n_check);
    return set->learn_y == NULL || set->check_y == NULL
               ? tl_no_memory(err, "the tables of the paper")
               : TL_OK;
}

/* Inner fold k of the training rows. */
static tl_code make_fold(const tl_paper_table *t, const tl_matrix *x, int k, tl_inner_set *set,
                         tl_err *err) {
    ptrdiff_t *row = tl_acquire(t->n_train, sizeof *row);
    set->check_row = tl_acquire(t->n_train, sizeof *set->check_row);
    if (row == NULL || set->check_row == NULL) {
        tl_release(row);
        return tl_no_memory(err, "the tables of the paper");
    }
    ptrdiff_t n_learn = 0;
    ptrdiff_t n_check = 0;
    for (ptrdiff_t i = 0; i < t->n_train; i++) {
        if (t->fold[i] != k) {
            row[n_learn++] = t->train[i];
        }
    }
    for (ptrdiff_t i = 0; i < t->n_train; i++) {
        if (t->fold[i] == k) {
            set->check_row[n_check] = i;
            row[n_learn + n_check++] = t->train[i];
        }
    }
    const tl_code code = make_set(t, x, row, n_learn, row + n_learn, n_check, set, err);
    tl_release(row);
    return code;
}

/* The leaky set: learns from the training rows and uses the test rows. */
static tl_code make_peek(const tl_paper_table *t, const tl_matrix *x, tl_inner_set *set,
                         tl_err *err) {
    set->check_row = tl_acquire(t->n_test, sizeof *set->check_row);
    if (set->check_row == NULL) {
        return tl_no_memory(err, "the tables of the paper");
    }
    for (ptrdiff_t i = 0; i < t->n_test; i++) {
        set->check_row[i] = i;
    }
    return make_set(t, x, t->train, t->n_train, t->test, t->n_test, set, err);
}

/* Chooses the setting of a regression: by inner folds, or by the test rows when leaky. */
static tl_code tune(const tl_paper_table *t, const tl_matrix *x, const tl_regressor_options *o,
                    uint32_t index, tl_regressor_setting *best, tl_err *err) {
    const int leaky = t->options->leaky;
    const int n_sets = leaky ? 1 : t->options->inner_folds;
    tl_inner_set *set = tl_acquire(n_sets, sizeof *set);
    double *error = tl_acquire(t->n, sizeof *error);
    tl_code code =
        set == NULL || error == NULL ? tl_no_memory(err, "the tables of the paper") : TL_OK;
    TL_CHECK(code);
    for (int k = 0; k < n_sets; k++) {
        TL_CHECK(leaky ? make_peek(t, x, &set[k], err) : make_fold(t, x, k, &set[k], err));
    }
    code = tl_inversion_regressor_tune(set, n_sets, leaky ? t->n_test : t->n_train, o, index, best,
                                       error, err);
done:
    free_sets(set, n_sets);
    tl_release(error);
    return code;
}

/* --- fits and scores --- */

static double predict_row(const tl_regressor *r, const double *row) {
    if (r->kind == TL_REGRESSOR_SVR) {
        return tl_inversion_svr_predict(&r->svr, row);
    }
    if (r->kind == TL_REGRESSOR_FOREST) {
        return tl_inversion_forest_predict(&r->forest, row);
    }
    double value = r->intercept;
    for (ptrdiff_t j = 0; j < r->m; j++) {
        value += r->coefficients[j] * row[j];
    }
    return value;
}

/* Tunes and fits on the training rows, predicts all rows. */
static tl_code fit_regressor(const tl_paper_table *t, const tl_matrix *x,
                             const tl_regressor_options *o, uint32_t index, tl_paper_entry *e,
                             tl_err *err) {
    tl_regressor r = {0};
    tl_regressor_setting setting = {0};
    tl_matrix learn = {0};
    tl_code code;
    if (o->kind != TL_REGRESSOR_FOREST) {
        TL_CHECK(tune(t, x, o, index, &setting, err));
    }
    TL_CHECK(tl_matrix_take_rows(&learn, x, t->train, t->n_train, err));
    TL_CHECK(tl_inversion_regressor_fit(&learn, t->train_y, o, &setting, index, &r, err));
    for (ptrdiff_t i = 0; i < t->n; i++) {
        e->predicted[i] = predict_row(&r, tl_matrix_row(x, i));
    }
    tl_inversion_regressor_describe(o->kind, &r.setting, e->setting);
done:
    tl_inversion_regressor_free(&r);
    tl_matrix_free(&learn);
    return code;
}

static tl_code fit_net(const tl_paper_table *t, const tl_matrix *x, uint32_t index,
                       tl_paper_entry *e, tl_err *err) {
    const tl_net_setting nothing = {0};
    tl_net_options o = t->options->net;
    o.seed = t->options->seed;
    o.threads = t->options->threads;
    tl_net net = {0};
    tl_matrix learn = {0};
    tl_code code;
    TL_CHECK(tl_matrix_take_rows(&learn, x, t->train, t->n_train, err));
    TL_CHECK(tl_inversion_net_fit(&learn, t->train_y, &o, &nothing, index, &net, err));
    for (ptrdiff_t i = 0; i < t->n; i++) {
        TL_CHECK(tl_inversion_net_predict(&net, tl_matrix_row(x, i), &e->predicted[i], err));
    }
done:
    tl_inversion_net_free(&net);
    tl_matrix_free(&learn);
    return code;
}

static tl_code score_rows(const tl_paper_table *t, const double *predicted, const ptrdiff_t *row,
                          ptrdiff_t n, tl_scores *scores, tl_err *err) {
    double *observed = copy_values(t->y, row, n);
    double *value = copy_values(predicted, row, n);
    const tl_code code = observed == NULL || value == NULL
                             ? tl_no_memory(err, "the tables of the paper")
                             : tl_inversion_scores(observed, value, n, scores, err);
    tl_release(observed);
    tl_release(value);
    return code;
}

/* Fits one method to chosen features and copies it to best when it is the first, or scores better
 * on the test rows (only in leaky runs with several starts). */
static tl_code try_method(const tl_paper_table *t, tl_paper_method method, const choice *c,
                          int start, tl_paper_entry *best, tl_err *err) {
    const tl_paper_options *o = t->options;
    tl_paper_entry e = {.features = best->features, .method = method, .m = c->m, .start = start};
    tl_regressor_options regressor = method == TL_PAPER_PLSR  ? o->plsr
                                     : method == TL_PAPER_SVR ? o->svr
                                                              : o->forest;
    regressor.seed = o->seed;
    regressor.rule = o->leaky ? TL_COMPONENTS_MIN : regressor.rule;
    regressor.autoscale = regressor.autoscale || e.features == TL_PAPER_MIXED;
    regressor.svr.threads = o->threads;
    regressor.forest.threads = o->threads;
    const uint32_t index = fit_index(e.features, start);
    e.predicted = tl_acquire(t->n, sizeof *e.predicted);
    e.chosen = tl_acquire(c->m, sizeof *e.chosen);
    tl_code code = e.predicted == NULL || e.chosen == NULL
                       ? tl_no_memory(err, "the tables of the paper")
                       : TL_OK;
    TL_CHECK(code);
    memcpy(e.chosen, c->number, (size_t)c->m * sizeof *e.chosen);
    TL_CHECK(method == TL_PAPER_DNN_CARS ? fit_net(t, &c->x, index, &e, err)
                                         : fit_regressor(t, &c->x, &regressor, index, &e, err));
    TL_CHECK(score_rows(t, e.predicted, t->train, t->n_train, &e.train, err));
    TL_CHECK(score_rows(t, e.predicted, t->test, t->n_test, &e.test, err));
    if (best->predicted == NULL || e.test.rmse < best->test.rmse) {
        const tl_paper_entry worse = *best;
        *best = e;
        e = worse;
    }
done:
    tl_pipeline_paper_entry_free(&e);
    return code;
}

static int starts_of(const tl_paper_table *t) {
    return t->options->leaky ? t->options->starts : 1;
}

tl_code tl_pipeline_paper_fit_pair(const tl_paper_table *table, const tl_matrix *x,
                                   tl_paper_entry *entry, tl_err *err) {
    for (int start = 0; start < starts_of(table); start++) {
        choice c;
        TL_TRY(choose_by_cars(table, x, fit_index(entry[0].features, start), &c, err));
        tl_code code = try_method(table, TL_PAPER_PLSR, &c, start, &entry[0], err);
        if (code == TL_OK) {
            code = try_method(table, TL_PAPER_SVR, &c, start, &entry[1], err);
        }
        free_choice(&c);
        TL_TRY(code);
    }
    return TL_OK;
}

tl_code tl_pipeline_paper_fit_others(const tl_paper_table *table, const tl_matrix *scene,
                                     const tl_matrix *derived, tl_paper_entry *entry, tl_err *err) {
    entry[0].features = TL_PAPER_SCENE;
    entry[1].features = TL_PAPER_SCENE;
    choice significant;
    TL_TRY(choose_significant(table, derived, &significant, err));
    tl_code code = TL_OK;
    for (int start = 0; start < starts_of(table); start++) {
        choice c = {0};
        code = choose_by_cars(table, scene, fit_index(TL_PAPER_SCENE, start), &c, err);
        if (code == TL_OK) {
            code = try_method(table, TL_PAPER_FD_RF, &significant, start, &entry[0], err);
        }
        if (code == TL_OK) {
            code = try_method(table, TL_PAPER_DNN_CARS, &c, start, &entry[1], err);
        }
        free_choice(&c);
        if (code != TL_OK) {
            break;
        }
    }
    free_choice(&significant);
    return code;
}
