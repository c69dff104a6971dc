/* SPDX-License-Identifier: GPL-2.0-or-later
 * Support vector regression against exact solutions, and its map form against its plain form. */
#include "base/rng.h"
#include "inversion/standardise.h"
#include "inversion/svr.h"
#include "inversion/svr_solve.h"
#include "kit/check.h"

/* nirsoil: first column y, the others X, standardised by the training rows. */
typedef struct soil {
    tl_matrix train;
    tl_matrix test;
    double *y; /* of the training rows, in standard deviations */
} soil;

static void split_off_y(const tl_matrix *table, tl_matrix *x, double *y) {
    assert_int_equal(tl_matrix_init(x, table->nrow, table->ncol - 1, NULL), TL_OK);
    for (ptrdiff_t i = 0; i < table->nrow; i++) {
        y[i] = tl_matrix_row(table, i)[0];
        memcpy(tl_matrix_row(x, i), tl_matrix_row(table, i) + 1, (size_t)x->ncol * sizeof *x->data);
    }
}

static int read_soil(soil *s, double mean_y, double sd_y) {
    tl_matrix train;
    tl_matrix test;
    if (!kit_reference_csv("pls/nirsoil_train.csv", &train) ||
        !kit_reference_csv("pls/nirsoil_test.csv", &test)) {
        return 0;
    }
    tl_matrix x;
    tl_matrix x_test;
    double mean[70];
    double scale[70];
    double y_test[50];
    s->y = tl_acquire(train.nrow, sizeof *s->y);
    split_off_y(&train, &x, s->y);
    split_off_y(&test, &x_test, y_test);
    tl_inversion_moments(&x, mean, scale);
    assert_int_equal(tl_inversion_standardise(&x, mean, scale, &s->train, NULL), TL_OK);
    assert_int_equal(tl_inversion_standardise(&x_test, mean, scale, &s->test, NULL), TL_OK);
    for (ptrdiff_t i = 0; i < train.nrow; i++) {
        s->y[i] = (s->y[i] - mean_y) / sd_y;
    }
    tl_matrix_free(&train);
    tl_matrix_free(&test);
    tl_matrix_free(&x);
    tl_matrix_free(&x_test);
    return 1;
}

static void free_soil(soil *s) {
    tl_matrix_free(&s->train);
    tl_matrix_free(&s->test);
    tl_release(s->y);
}

/* Kernel of the rows of a with the rows of b. */
static void kernel_matrix(const tl_matrix *a, const tl_matrix *b, double gamma, tl_matrix *k) {
    assert_int_equal(tl_inversion_squared_distances(a, b, k, NULL), TL_OK);
    for (ptrdiff_t i = 0; i < a->nrow; i++) {
        for (ptrdiff_t j = 0; j < b->nrow; j++) {
            double value = 0.0;
            for (ptrdiff_t c = 0; c < a->ncol; c++) {
                value += tl_matrix_row(a, i)[c] * tl_matrix_row(b, j)[c];
            }
            double *cell = &tl_matrix_row(k, i)[j];
            *cell = gamma > 0.0 ? exp(-gamma * *cell) : value;
        }
    }
}

static double number(const json_t *json, const char *key) {
    return json_number_value(json_object_get(json, key));
}

static double objective(const tl_matrix *k, const double *y, const double *beta, double epsilon) {
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < k->nrow; i++) {
        double row = 0.0;
        for (ptrdiff_t j = 0; j < k->ncol; j++) {
            row += tl_matrix_row(k, i)[j] * beta[j];
        }
        sum += beta[i] * (row / 2.0 - y[i]) + epsilon * fabs(beta[i]);
    }
    return sum;
}

/* One case of the reference file. exact: solved to 1e-8, else with libsvm's own 1e-3. */
static void check_case(const soil *s, const json_t *json, int exact) {
    tl_err err = {0};
    tl_matrix k;
    tl_matrix k_test;
    double beta[100];
    double intercept;
    const double cost = number(json, "C");
    const double gamma = number(json, "gamma");
    const double epsilon = number(json, "epsilon");
    kernel_matrix(&s->train, &s->train, gamma, &k);
    kernel_matrix(&s->test, &s->train, gamma, &k_test);
    tl_svr_kernel kernel;
    CHECK_OK(tl_inversion_svr_kernel_init(&kernel, 100, &err));
    tl_inversion_svr_kernel_take(&kernel, &k);
    CHECK_OK(tl_inversion_svr_solve(&kernel, s->y, cost, epsilon, exact ? 1e-8 : 1e-3, beta,
                                    &intercept, &err));
    const double wanted = number(json, "dual_objective");
    CHECK_NEAR(objective(&k, s->y, beta, epsilon), wanted, fabs(wanted) * (exact ? 1e-7 : 1e-4));
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < 100; i++) {
        sum += beta[i];
        assert_true(fabs(beta[i]) <= cost);
        if (exact) {
            const json_t *list = json_object_get(json, "beta");
            CHECK_NEAR(beta[i], json_number_value(json_array_get(list, (size_t)i)), 1e-2 * cost);
        }
    }
    CHECK_NEAR(sum, 0.0, 1e-9 * cost);
    for (ptrdiff_t i = 0; i < 50; i++) {
        double value = intercept;
        for (ptrdiff_t j = 0; j < 100; j++) {
            value += beta[j] * tl_matrix_row(&k_test, i)[j];
        }
        const json_t *list = json_object_get(json, "pred_test");
        CHECK_NEAR(value, json_number_value(json_array_get(list, (size_t)i)), exact ? 1e-5 : 1e-2);
    }
    tl_inversion_svr_kernel_free(&kernel);
    tl_matrix_free(&k);
    tl_matrix_free(&k_test);
}

/* Kernel, dual coefficients, objective and predictions are those of the exact solution. */
static void solutions_are_the_exact_ones(void **state) {
    (void)state;
    KIT_REFERENCE(file, "svr/svr_nirsoil.json");
    soil s;
    assert_true(read_soil(&s, number(file, "y_mean"), number(file, "y_sd")));
    const json_t *cases = json_object_get(file, "cases");
    assert_int_equal(json_array_size(cases), 8);
    for (size_t c = 0; c < json_array_size(cases); c++) {
        const json_t *one = json_array_get(cases, c);
        check_case(&s, one, json_is_string(json_object_get(one, "tol")));
    }
    free_soil(&s);
    json_decref(file);
}

/* Rows i with i mod 5 = k are held out. */
static void make_sets(const tl_matrix *x, const double *y, tl_inner_set *set) {
    const ptrdiff_t n = x->nrow;
    ptrdiff_t *learn = tl_acquire(n, sizeof *learn);
    for (ptrdiff_t k = 0; k < 5; k++) {
        ptrdiff_t l = 0;
        ptrdiff_t c = 0;
        set[k] = (tl_inner_set){.learn_y = tl_acquire(n, sizeof *y),
                                .check_y = tl_acquire(n, sizeof *y),
                                .check_row = tl_acquire(n, sizeof *learn)};
        for (ptrdiff_t i = 0; i < n; i++) {
            if (i % 5 == k) {
                set[k].check_y[c] = y[i];
                set[k].check_row[c++] = i;
            } else {
                set[k].learn_y[l] = y[i];
                learn[l++] = i;
            }
        }
        assert_int_equal(tl_matrix_take_rows(&set[k].learn_x, x, learn, l, NULL), TL_OK);
        assert_int_equal(tl_matrix_take_rows(&set[k].check_x, x, set[k].check_row, c, NULL), TL_OK);
    }
    tl_release(learn);
}

static void free_sets(tl_inner_set *set) {
    for (int k = 0; k < 5; k++) {
        tl_matrix_free(&set[k].learn_x);
        tl_matrix_free(&set[k].check_x);
        tl_release(set[k].learn_y);
        tl_release(set[k].check_y);
        tl_release(set[k].check_row);
    }
}

static double root_mean_square(const double *e, ptrdiff_t n) {
    double sum = 0.0;
    for (ptrdiff_t i = 0; i < n; i++) {
        sum += e[i] * e[i] / (double)n;
    }
    return sqrt(sum);
}

/* Solved to 1e-6, the error of every point of a grid is that of the reference, which scales once
 * for all folds. */
static void errors_of_a_grid_are_those_of_the_reference(void **state) {
    (void)state;
    tl_err err = {0};
    KIT_REFERENCE(file, "svr/svr_nirsoil.json");
    soil s;
    assert_true(read_soil(&s, number(file, "y_mean"), number(file, "y_sd")));
    const json_t *rows = json_object_get(json_object_get(file, "cv_grid"), "rows");
    assert_int_equal(json_array_size(rows), 18);
    for (size_t r = 0; r < 18; r++) {
        const json_t *row = json_array_get(rows, r);
        double error[100];
        tl_matrix all;
        kernel_matrix(&s.train, &s.train, number(row, "gamma"), &all);
        for (ptrdiff_t fold = 0; fold < 5; fold++) {
            tl_matrix k;
            tl_svr_kernel kernel;
            double y[80];
            double beta[80];
            double intercept;
            CHECK_OK(tl_matrix_init(&k, 80, 80, &err));
            for (ptrdiff_t i = 0; i < 80; i++) {
                const ptrdiff_t at = i / 4 * 5 + (i % 4 + fold + 1) % 5;
                y[i] = s.y[at];
                for (ptrdiff_t j = 0; j < 80; j++) {
                    tl_matrix_row(&k, i)[j] =
                        tl_matrix_row(&all, at)[j / 4 * 5 + (j % 4 + fold + 1) % 5];
                }
            }
            CHECK_OK(tl_inversion_svr_kernel_init(&kernel, 80, &err));
            tl_inversion_svr_kernel_take(&kernel, &k);
            CHECK_OK(tl_inversion_svr_solve(&kernel, y, number(row, "C"), number(row, "epsilon"),
                                            1e-6, beta, &intercept, &err));
            for (ptrdiff_t i = fold; i < 100; i += 5) {
                error[i] = intercept - s.y[i];
                for (ptrdiff_t j = 0; j < 80; j++) {
                    error[i] +=
                        beta[j] * tl_matrix_row(&all, i)[j / 4 * 5 + (j % 4 + fold + 1) % 5];
                }
            }
            tl_inversion_svr_kernel_free(&kernel);
            tl_matrix_free(&k);
        }
        tl_matrix_free(&all);
        const double wanted = number(row, "RMSECV_z");
        CHECK_NEAR(root_mean_square(error, 100), wanted, 1e-4 * wanted);
    }
    free_soil(&s);
    json_decref(file);
}

/* n rows of m features, the property a smooth bump of the first two. */
static void bumps(ptrdiff_t n, ptrdiff_t m, tl_matrix *x, double *y) {
    tl_rng rng = tl_rng_start(5, TL_STREAM_SIMULATE, 0);
    assert_int_equal(tl_matrix_init(x, n, m, NULL), TL_OK);
    for (ptrdiff_t i = 0; i < n; i++) {
        double *row = tl_matrix_row(x, i);
        for (ptrdiff_t j = 0; j < m; j++) {
            row[j] = 0.3 + 0.05 * tl_rng_normal(&rng);
        }
        const double a = (row[0] - 0.3) / 0.05;
        const double b = (row[1] - 0.3) / 0.05;
        y[i] = 20.0 + 8.0 * exp(-0.3 * (a * a + b * b)) + 0.1 * tl_rng_normal(&rng);
    }
}

/* The choice is no worse than any point of the grid tried by hand through fit and predict, its
 * errors are those of that setting, and threads do not change a bit. */
static void tuning_finds_the_best_point(void **state) {
    (void)state;
    tl_err err = {0};
    enum { n = 40 };
    tl_matrix x;
    double y[n];
    double error[n];
    double again[n];
    tl_inner_set set[5];
    bumps(n, 3, &x, y);
    make_sets(&x, y, set);
    tl_svr_options o = tl_inversion_svr_defaults();
    o.n_cost = 3;
    o.n_width = 3;
    o.refine = 0;
    o.stop = 1e-3;
    tl_svr_setting best;
    CHECK_OK(tl_inversion_svr_tune(set, 5, n, &o, 0, &best, error, &err));
    const double least = root_mean_square(error, n);
    int seen = 0;
    for (int p = 0; p < 27; p++) {
        const tl_svr_setting tried = {o.cost[p / 9], o.width[p / 3 % 3], o.tube[p % 3]};
        double by_hand[n];
        for (int k = 0; k < 5; k++) {
            tl_svr svr;
            CHECK_OK(
                tl_inversion_svr_fit(&set[k].learn_x, set[k].learn_y, &o, &tried, 0, &svr, &err));
            for (ptrdiff_t i = 0; i < set[k].check_x.nrow; i++) {
                by_hand[set[k].check_row[i]] =
                    tl_inversion_svr_predict(&svr, tl_matrix_row(&set[k].check_x, i)) -
                    set[k].check_y[i];
            }
            tl_inversion_svr_free(&svr);
        }
        assert_true(root_mean_square(by_hand, n) >= least * (1.0 - 1e-12));
        if (memcmp(&tried, &best, sizeof best) == 0) {
            seen++;
            for (ptrdiff_t i = 0; i < n; i++) {
                CHECK_NEAR(by_hand[i], error[i], 1e-10);
            }
        }
    }
    assert_int_equal(seen, 1);
    o.refine = 1;
    CHECK_OK(tl_inversion_svr_tune(set, 5, n, &o, 0, &best, error, &err));
    assert_true(root_mean_square(error, n) <= least);
    o.threads = 2;
    tl_svr_setting same;
    CHECK_OK(tl_inversion_svr_tune(set, 5, n, &o, 7, &same, again, &err));
    assert_memory_equal(&best, &same, sizeof best);
    assert_memory_equal(error, again, sizeof error);
    free_sets(set);
    tl_matrix_free(&x);
}

static void fitted_bumps(ptrdiff_t n, ptrdiff_t m, double cost, tl_svr *svr) {
    tl_err err = {0};
    tl_matrix x;
    double *y = tl_acquire(n, sizeof *y);
    bumps(n, m, &x, y);
    const tl_svr_options o = tl_inversion_svr_defaults();
    const tl_svr_setting setting = {cost, 0.7, 0.1};
    CHECK_OK(tl_inversion_svr_fit(&x, y, &o, &setting, 0, svr, &err));
    tl_matrix_free(&x);
    tl_release(y);
}

/* Pixels of the map form agree with the plain form, whatever their neighbours are; pixels far from
 * all training rows get the constant; bad features make their own pixel NaN and no other. */
static void the_map_form_is_the_plain_form(void **state) {
    (void)state;
    enum { m = 51, n = 150 };
    tl_svr svr;
    fitted_bumps(80, m, 8.0, &svr);
    assert_true(svr.n_support > 12);
    float *u = tl_acquire((ptrdiff_t)m * n, sizeof *u);
    float *alone = tl_acquire(m, sizeof *alone);
    float *scratch = tl_acquire(tl_inversion_svr_scratch(&svr), sizeof *scratch);
    double value[n];
    double size = 0.0;
    tl_rng rng = tl_rng_start(6, TL_STREAM_SIMULATE, 0);
    for (ptrdiff_t k = 0; k < (ptrdiff_t)m * n; k++) {
        u[k] = (float)(0.3 + 0.05 * tl_rng_normal(&rng));
    }
    for (ptrdiff_t j = 0; j < m; j++) {
        u[j * n + 7] = 1000.0F;
        u[j * n + 8] = (float)svr.mean[j];
    }
    u[3 * n + 9] = (float)NAN;
    u[5 * n + 10] = (float)INFINITY;
    for (ptrdiff_t s = 0; s < svr.n_support; s++) {
        size += fabs(svr.beta[s]) * svr.scale_y;
    }
    tl_inversion_svr_predict_block(&svr, u, n, value, scratch);
    for (ptrdiff_t i = 0; i < n; i++) {
        double row[m];
        for (ptrdiff_t j = 0; j < m; j++) {
            alone[j] = u[j * n + i];
            row[j] = (double)alone[j];
        }
        double single;
        tl_inversion_svr_predict_block(&svr, alone, 1, &single, scratch);
        assert_memory_equal(&single, &value[i], i == 9 || i == 10 ? 0 : sizeof single);
        if (i == 9 || i == 10) {
            assert_true(isnan(value[i]) && isnan(single));
        } else {
            /* Single precision distances of up to 500: 1e-5 of every term. */
            CHECK_NEAR(value[i], tl_inversion_svr_predict(&svr, row), 1e-5 * size);
        }
    }
    CHECK_NEAR(value[7], svr.mean_y + svr.scale_y * svr.intercept, 1e-12);
    tl_release(u);
    tl_release(alone);
    tl_release(scratch);
    tl_inversion_svr_free(&svr);
}

/* A model read back predicts with the same bits; a changed one is refused. */
static void models_survive_a_file(void **state) {
    (void)state;
    tl_err err = {0};
    tl_svr svr;
    tl_svr back;
    json_t *json;
    fitted_bumps(30, 4, 2.0, &svr);
    CHECK_OK(tl_inversion_svr_to_json(&svr, &json, &err));
    CHECK_OK(tl_inversion_svr_from_json(json, 4, &back, &err));
    const double row[4] = {0.31, 0.28, 0.33, 0.3};
    const float u[4] = {0.31F, 0.28F, 0.33F, 0.3F};
    assert_true(tl_inversion_svr_predict(&svr, row) == tl_inversion_svr_predict(&back, row));
    float *scratch = tl_acquire(tl_inversion_svr_scratch(&svr), sizeof *scratch);
    double a;
    double b;
    tl_inversion_svr_predict_block(&svr, u, 1, &a, scratch);
    tl_inversion_svr_predict_block(&back, u, 1, &b, scratch);
    assert_true(a == b);
    tl_release(scratch);
    tl_inversion_svr_free(&back);
    assert_int_equal(tl_inversion_svr_from_json(json, 5, &back, &err), TL_FORMAT);
    const struct {
        const char *key;
        json_t *value;
    } hostile[] = {{"gamma", json_real(-1.0)},
                   {"beta", json_pack("[f]", 1.0)},
                   {"scale", json_pack("[ffff]", 1.0, 0.0, 1.0, 1.0)},
                   {"support", json_array()},
                   {"intercept", json_string("x")}};
    for (size_t k = 0; k < sizeof hostile / sizeof *hostile; k++) {
        json_t *copy = json_copy(json);
        json_object_set_new(copy, hostile[k].key, hostile[k].value);
        assert_int_equal(tl_inversion_svr_from_json(copy, 4, &back, &err), TL_FORMAT);
        assert_null(back.beta);
        json_decref(copy);
    }
    json_decref(json);
    tl_inversion_svr_free(&svr);
}

/* A property without variation is its own prediction; one sample is refused. */
static void nothing_to_learn(void **state) {
    (void)state;
    tl_err err = {0};
    tl_matrix x;
    double y[12];
    bumps(12, 2, &x, y);
    for (int i = 0; i < 12; i++) {
        y[i] = 3.0;
        tl_matrix_row(&x, i)[1] = 0.25;
    }
    tl_svr svr;
    const tl_svr_options o = tl_inversion_svr_defaults();
    const tl_svr_setting setting = {2.0, 0.5, 0.1};
    CHECK_OK(tl_inversion_svr_fit(&x, y, &o, &setting, 0, &svr, &err));
    CHECK_NEAR(tl_inversion_svr_predict(&svr, tl_matrix_row(&x, 0)), 3.0, 1e-12);
    tl_inversion_svr_free(&svr);
    x.nrow = 1;
    assert_int_equal(tl_inversion_svr_fit(&x, y, &o, &setting, 0, &svr, &err), TL_DATA);
    tl_matrix_free(&x);
}

/* Whichever allocation fails, the failure is reported and no memory is lost. */
static void memory_that_ends_is_reported(void **state) {
    (void)state;
    tl_matrix x;
    double y[20];
    double error[20];
    tl_inner_set set[5];
    bumps(20, 2, &x, y);
    make_sets(&x, y, set);
    tl_svr_options o = tl_inversion_svr_defaults();
    o.n_cost = 1;
    const ptrdiff_t before = tl_live_blocks();
    tl_code code = TL_NOMEM;
    for (ptrdiff_t k = 0; code != TL_OK; k++) {
        tl_svr svr = {0};
        tl_svr_setting best;
        tl_fail_after(k);
        code = tl_inversion_svr_tune(set, 5, 20, &o, 0, &best, error, NULL);
        if (code == TL_OK) {
            code = tl_inversion_svr_fit(&x, y, &o, &best, 0, &svr, NULL);
        }
        tl_fail_after(-1);
        assert_true(code == TL_OK || code == TL_NOMEM);
        tl_inversion_svr_free(&svr);
        assert_int_equal(tl_live_blocks(), before);
    }
    free_sets(set);
    tl_matrix_free(&x);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(solutions_are_the_exact_ones),
        cmocka_unit_test(errors_of_a_grid_are_those_of_the_reference),
        cmocka_unit_test(tuning_finds_the_best_point),
        cmocka_unit_test(the_map_form_is_the_plain_form),
        cmocka_unit_test(models_survive_a_file),
        cmocka_unit_test(nothing_to_learn),
        cmocka_unit_test(memory_that_ends_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
