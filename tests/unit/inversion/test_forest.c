/* SPDX-License-Identifier: GPL-2.0-or-later
 * Regression forests: quality against scikit-learn, what a tree must do on data whose answer is
 * known, the same bits through every function, and untrusted files. */
#include "inversion/forest.h"

#include "base/rng.h"
#include "kit/check.h"

static double reference_number(const json_t *reference, const char *key) {
    return json_number_value(json_object_get(reference, key));
}

static void read_friedman(tl_matrix *x, double *y) {
    tl_matrix table;
    assert_true(kit_reference_csv("rf/friedman1.csv", &table));
    assert_int_equal(tl_matrix_init(x, table.nrow, table.ncol - 1, NULL), TL_OK);
    for (ptrdiff_t i = 0; i < table.nrow; i++) {
        y[i] = tl_matrix_row(&table, i)[0];
        memcpy(tl_matrix_row(x, i), tl_matrix_row(&table, i) + 1,
               (size_t)x->ncol * sizeof *x->data);
    }
    tl_matrix_free(&table);
}

/* Forests differ between programs by their draws; the mean of five seeds must lie within 0.015 of
 * the mean over twenty seeds of scikit-learn (whose single seeds spread by 0.005). */
static void quality_equals_the_reference(void **state) {
    (void)state;
    tl_err err = {0};
    KIT_REFERENCE(reference, "rf/expected.json");
    tl_matrix x;
    double y[300];
    read_friedman(&x, y);
    assert_int_equal(x.nrow, 300);
    tl_matrix learn = x;
    learn.nrow = 200;
    double mean = 0.0;
    for (int i = 200; i < 300; i++) {
        mean += y[i] / 100.0;
    }
    double test_r2 = 0.0;
    double oob_r2 = 0.0;
    for (int seed = 1; seed <= 5; seed++) {
        tl_forest_options o = tl_inversion_forest_defaults();
        o.seed = seed;
        o.mtry = (int)reference_number(reference, "mtry");
        o.min_leaf = (int)reference_number(reference, "min_leaf");
        o.trees = (int)reference_number(reference, "trees");
        tl_forest f;
        CHECK_OK(tl_inversion_forest_fit(&learn, y, &o, NULL, 0, &f, &err));
        double squares = 0.0;
        double around = 0.0;
        for (int i = 200; i < 300; i++) {
            const double e = tl_inversion_forest_predict(&f, tl_matrix_row(&x, i)) - y[i];
            squares += e * e;
            around += (y[i] - mean) * (y[i] - mean);
        }
        test_r2 += (1.0 - squares / around) / 5.0;
        oob_r2 += f.oob_r2 / 5.0;
        tl_inversion_forest_free(&f);
    }
    CHECK_NEAR(test_r2, reference_number(reference, "R2_test_mean"), 0.015);
    CHECK_NEAR(oob_r2, reference_number(reference, "R2_oob_mean"), 0.015);
    tl_matrix_free(&x);
    json_decref(reference);
}

/* n samples of m features; y follows the first two, steeply. */
static void make_data(ptrdiff_t n, ptrdiff_t m, tl_matrix *x, double *y) {
    tl_rng rng = tl_rng_start(17, TL_STREAM_SIMULATE, 0);
    assert_int_equal(tl_matrix_init(x, n, m, NULL), TL_OK);
    for (ptrdiff_t i = 0; i < n; i++) {
        double *row = tl_matrix_row(x, i);
        for (ptrdiff_t j = 0; j < m; j++) {
            /* Few distinct values, so that ties occur. */
            row[j] = floor(20.0 * tl_rng_uniform(&rng)) / 20.0;
        }
        y[i] = 100.0 + (row[0] > 0.5 ? 10.0 : 0.0) + 3.0 * row[1] + 0.1 * tl_rng_normal(&rng);
    }
}

/* One step in one feature: every tree of one split finds the only right position. */
static void one_split_finds_the_step(void **state) {
    (void)state;
    tl_err err = {0};
    enum { n = 12 };
    tl_matrix x;
    double y[n];
    CHECK_OK(tl_matrix_init(&x, n, 1, &err));
    for (int i = 0; i < n; i++) {
        x.data[i] = i;
        y[i] = i < 6 ? 1.0 : 5.0;
    }
    tl_forest_options o = tl_inversion_forest_defaults();
    o.trees = 40;
    o.min_leaf = 1;
    tl_forest f;
    CHECK_OK(tl_inversion_forest_fit(&x, y, &o, NULL, 0, &f, &err));
    for (ptrdiff_t t = 0; t < f.trees; t++) {
        const tl_forest_node *root = f.node + f.root[t];
        assert_int_equal(f.root[t + 1] - f.root[t], 3);
        assert_int_equal(root->left, 1);
        /* Halfway between the outermost drawn samples of both sides of the step. */
        assert_true(root->threshold >= 3.0F && root->threshold <= 8.0F);
        assert_int_equal(2.0F * root->threshold, (int)(2.0F * root->threshold));
        CHECK_NEAR((double)f.value[f.root[t] + 1], 1.0, 0.0);
        CHECK_NEAR((double)f.value[f.root[t] + 2], 5.0, 0.0);
    }
    const double low = 1.0;
    const double high = 10.0;
    CHECK_NEAR(tl_inversion_forest_predict(&f, &low), 1.0, 1e-12);
    CHECK_NEAR(tl_inversion_forest_predict(&f, &high), 5.0, 1e-12);
    tl_inversion_forest_free(&f);
    tl_matrix_free(&x);
}

/* With all features looked at, no split of a slow search over the drawn samples is better than that
 * of the root. */
static void the_root_is_the_best_split(void **state) {
    (void)state;
    tl_err err = {0};
    enum { n = 60, m = 5 };
    tl_matrix x;
    double y[n];
    make_data(n, m, &x, y);
    tl_forest_options o = tl_inversion_forest_defaults();
    o.trees = 1;
    o.mtry = m;
    o.min_leaf = 4;
    for (uint32_t index = 0; index < 10; index++) {
        tl_forest f;
        CHECK_OK(tl_inversion_forest_fit(&x, y, &o, NULL, index, &f, &err));
        int drawn[n] = {0};
        tl_rng rng = tl_rng_start(o.seed, TL_STREAM_FOREST, index * 8192);
        for (int i = 0; i < n; i++) {
            drawn[tl_rng_below(&rng, n)]++;
        }
        double best = (double)INFINITY;
        for (int j = 0; j < m; j++) {
            for (int cut = 0; cut < n; cut++) {
                const double at = tl_matrix_row(&x, cut)[j];
                double sum[2] = {0};
                double squares[2] = {0};
                int count[2] = {0};
                for (int i = 0; i < n; i++) {
                    const int side = tl_matrix_row(&x, i)[j] > at;
                    sum[side] += drawn[i] * y[i];
                    squares[side] += drawn[i] * y[i] * y[i];
                    count[side] += drawn[i];
                }
                if (count[0] < 4 || count[1] < 4) {
                    continue;
                }
                const double error = squares[0] - sum[0] * sum[0] / count[0] + squares[1] -
                                     sum[1] * sum[1] / count[1];
                best = error < best ? error : best;
            }
        }
        /* The split that was taken, evaluated by itself. */
        double sum[2] = {0};
        double squares[2] = {0};
        int count[2] = {0};
        for (int i = 0; i < n; i++) {
            const int side = (float)tl_matrix_row(&x, i)[f.node[0].feature] > f.node[0].threshold;
            sum[side] += drawn[i] * y[i];
            squares[side] += drawn[i] * y[i] * y[i];
            count[side] += drawn[i];
        }
        const double taken =
            squares[0] - sum[0] * sum[0] / count[0] + squares[1] - sum[1] * sum[1] / count[1];
        CHECK_NEAR(taken, best, 1e-6);
        tl_inversion_forest_free(&f);
    }
    tl_matrix_free(&x);
}

/* Blocks of pixels, single spectra, and any number of threads: the same bits; NaN stays NaN. */
static void every_way_has_the_same_bits(void **state) {
    (void)state;
    tl_err err = {0};
    enum { n = 150, m = 7, pixels = 77 };
    tl_matrix x;
    double y[n];
    make_data(n, m, &x, y);
    tl_forest_options o = tl_inversion_forest_defaults();
    o.trees = 50;
    o.quantiles = 1;
    tl_forest one;
    tl_forest two;
    CHECK_OK(tl_inversion_forest_fit(&x, y, &o, NULL, 3, &one, &err));
    o.threads = 2;
    CHECK_OK(tl_inversion_forest_fit(&x, y, &o, NULL, 3, &two, &err));
    assert_int_equal(one.root[50], two.root[50]);
    assert_memory_equal(one.node, two.node, (size_t)one.root[50] * sizeof *one.node);
    float u[m * pixels];
    double value[pixels];
    tl_rng rng = tl_rng_start(4, TL_STREAM_SIMULATE, 1);
    for (int i = 0; i < m * pixels; i++) {
        u[i] = (float)tl_rng_uniform(&rng);
    }
    u[2 * pixels + 40] = NAN;
    CHECK_OK(tl_inversion_forest_predict_block(&two, u, pixels, value, &err));
    for (int i = 0; i < pixels; i++) {
        double row[m];
        for (int j = 0; j < m; j++) {
            row[j] = (double)u[j * pixels + i];
        }
        const double plain = tl_inversion_forest_predict(&one, row);
        assert_true(i == 40 ? isnan(value[i]) && isnan(plain) : value[i] == plain);
    }
    for (int i = 0; i < n; i++) {
        for (int t = 0; t < 50; t++) {
            assert_int_equal(one.leaf[t * n + i], two.leaf[t * n + i]);
        }
    }
    tl_inversion_forest_free(&one);
    tl_inversion_forest_free(&two);
    tl_matrix_free(&x);
}

/* Two features matter, the first one more; the others have almost no importance. */
static void importance_names_the_features(void **state) {
    (void)state;
    tl_err err = {0};
    enum { n = 200, m = 8 };
    tl_matrix x;
    double y[n];
    make_data(n, m, &x, y);
    tl_forest_options o = tl_inversion_forest_defaults();
    o.trees = 100;
    o.mtry = m;
    o.importance = 1;
    tl_forest f;
    CHECK_OK(tl_inversion_forest_fit(&x, y, &o, NULL, 0, &f, &err));
    assert_true(f.importance[0] > 20.0);
    assert_true(f.importance[1] > 0.2 && f.importance[1] < 3.0);
    for (int j = 2; j < m; j++) {
        assert_true(fabs(f.importance[j]) < 0.15 * f.importance[1]);
    }
    assert_true(f.oob_r2 > 0.95);
    tl_inversion_forest_free(&f);
    tl_matrix_free(&x);
}

/* y is uniform between 0 and 1 + 3 x: quantiles of a spectrum follow, and they rise with p. */
static void quantiles_follow_the_spread(void **state) {
    (void)state;
    tl_err err = {0};
    enum { n = 3000 };
    tl_matrix x;
    static double y[n];
    CHECK_OK(tl_matrix_init(&x, n, 1, &err));
    tl_rng rng = tl_rng_start(8, TL_STREAM_SIMULATE, 0);
    for (int i = 0; i < n; i++) {
        x.data[i] = tl_rng_uniform(&rng);
        y[i] = (1.0 + 3.0 * x.data[i]) * tl_rng_uniform(&rng);
    }
    tl_forest_options o = tl_inversion_forest_defaults();
    o.trees = 50;
    o.min_leaf = 200;
    o.quantiles = 1;
    tl_forest f;
    CHECK_OK(tl_inversion_forest_fit(&x, y, &o, NULL, 0, &f, &err));
    const double p[3] = {0.1, 0.5, 0.9};
    for (int i = 1; i < 10; i++) {
        const double at = 0.1 * i;
        double q[3];
        CHECK_OK(tl_inversion_forest_quantiles(&f, &at, p, 3, q, &err));
        for (int k = 0; k < 3; k++) {
            /* At least 200 samples share leaves with it: 3 sqrt(p (1 - p) / 200) is 0.11. */
            CHECK_NEAR(q[k] / (1.0 + 3.0 * at), p[k], 0.11);
            assert_true(k == 0 || q[k] > q[k - 1]);
        }
    }
    const double missing = (double)NAN;
    double q[3];
    CHECK_OK(tl_inversion_forest_quantiles(&f, &missing, p, 3, q, &err));
    assert_true(isnan(q[0]) && isnan(q[2]));
    tl_inversion_forest_free(&f);
    tl_matrix_free(&x);
}

static void inner_errors_are_those_of_held_out_rows(void **state) {
    (void)state;
    tl_err err = {0};
    enum { n = 40 };
    tl_matrix x;
    double y[n];
    make_data(n, 3, &x, y);
    tl_inner_set set[2] = {{.learn_x = x, .learn_y = y}, {.learn_x = x, .learn_y = y + 20}};
    ptrdiff_t row[n];
    for (int i = 0; i < n; i++) {
        row[i] = i;
    }
    set[0].learn_x.nrow = set[1].learn_x.nrow = 20;
    set[1].learn_x.data = tl_matrix_row(&x, 20);
    set[0].check_x = set[1].learn_x;
    set[1].check_x = set[0].learn_x;
    set[0].check_y = y + 20;
    set[1].check_y = y;
    set[0].check_row = row + 20;
    set[1].check_row = row;
    tl_forest_options o = tl_inversion_forest_defaults();
    tl_forest_setting best;
    double error[n];
    CHECK_OK(tl_inversion_forest_tune(set, 2, n, &o, 5, &best, error, &err));
    tl_forest f;
    o.trees = 100;
    CHECK_OK(tl_inversion_forest_fit(&set[1].learn_x, set[1].learn_y, &o, &best, 5, &f, &err));
    for (int i = 0; i < 20; i++) {
        CHECK_NEAR(error[i], tl_inversion_forest_predict(&f, tl_matrix_row(&x, i)) - y[i], 0.0);
    }
    tl_inversion_forest_free(&f);
    tl_matrix_free(&x);
}

static json_t *small_file(tl_forest *f) {
    tl_err err = {0};
    tl_matrix x;
    double y[40];
    json_t *json;
    make_data(40, 3, &x, y);
    tl_forest_options o = tl_inversion_forest_defaults();
    o.trees = 7;
    o.importance = 1;
    o.quantiles = 1;
    CHECK_OK(tl_inversion_forest_fit(&x, y, &o, NULL, 0, f, &err));
    CHECK_OK(tl_inversion_forest_to_json(f, &json, &err));
    tl_matrix_free(&x);
    return json;
}

static void files_keep_every_bit(void **state) {
    (void)state;
    tl_err err = {0};
    tl_forest f;
    tl_forest back;
    json_t *json = small_file(&f);
    CHECK_OK(tl_inversion_forest_from_json(json, 3, &back, &err));
    const size_t nodes = (size_t)f.root[7];
    assert_int_equal(back.root[7], f.root[7]);
    assert_memory_equal(back.node, f.node, nodes * sizeof *f.node);
    assert_memory_equal(back.value, f.value, nodes * sizeof *f.value);
    assert_memory_equal(back.y, f.y, 40 * sizeof *f.y);
    assert_memory_equal(back.depth, f.depth, 7 * sizeof *f.depth);
    assert_memory_equal(back.leaf, f.leaf, (size_t)(7 * 40) * sizeof *f.leaf);
    assert_memory_equal(back.importance, f.importance, 3 * sizeof *f.importance);
    CHECK_NEAR(back.oob_r2, f.oob_r2, 0.0);
    tl_inversion_forest_free(&back);
    assert_int_equal(tl_inversion_forest_from_json(json, 4, &back, &err), TL_FORMAT);
    json_decref(json);
    tl_inversion_forest_free(&f);
}

/* Puts a number into a list of the file and wants the file to be refused. */
static void check_refused(const char *key, size_t at, double value) {
    tl_err err = {0};
    tl_forest f;
    tl_forest back;
    json_t *json = small_file(&f);
    assert_int_equal(json_array_set_new(json_object_get(json, key), at, json_real(value)), 0);
    assert_int_equal(tl_inversion_forest_from_json(json, 3, &back, &err), TL_FORMAT);
    assert_non_null(strstr(err.text, strcmp(key, "threshold") == 0 ? "left" : key));
    assert_null(back.root);
    json_decref(json);
    tl_inversion_forest_free(&f);
}

static void files_of_strangers_are_refused(void **state) {
    (void)state;
    check_refused("left", 0, 0.0);
    check_refused("left", 0, 1e5);
    check_refused("left", 0, 1.5);
    check_refused("left", 0, 60000.0);
    check_refused("left", 0, -1.0);
    check_refused("feature", 0, 3.0);
    check_refused("feature", 0, -2.0);
    check_refused("threshold", 0, 1e39);
    check_refused("value", 1, -1e39);
    check_refused("leaf", 5, 70000.0);
    check_refused("knots", 0, 0.0);
    tl_err err = {0};
    tl_forest f;
    tl_forest back;
    json_t *json = small_file(&f);
    (void)json_array_append_new(json_object_get(json, "knots"), json_integer(3));
    assert_int_equal(tl_inversion_forest_from_json(json, 3, &back, &err), TL_FORMAT);
    json_decref(json);
    tl_inversion_forest_free(&f);
}

static void bad_requests_are_named(void **state) {
    (void)state;
    tl_err err = {0};
    tl_matrix x;
    double y[10];
    make_data(10, 3, &x, y);
    tl_forest f;
    tl_forest_options o = tl_inversion_forest_defaults();
    o.mtry = 4;
    assert_int_equal(tl_inversion_forest_fit(&x, y, &o, NULL, 0, &f, &err), TL_ARG);
    assert_non_null(strstr(err.text, "mtry"));
    o.mtry = 0;
    o.trees = 0;
    assert_int_equal(tl_inversion_forest_fit(&x, y, &o, NULL, 0, &f, &err), TL_ARG);
    o.trees = 5;
    x.nrow = 0;
    assert_int_equal(tl_inversion_forest_fit(&x, y, &o, NULL, 0, &f, &err), TL_SHAPE);
    /* One sample, and equal samples, result in their value. */
    x.nrow = 1;
    CHECK_OK(tl_inversion_forest_fit(&x, y, &o, NULL, 0, &f, &err));
    CHECK_NEAR(tl_inversion_forest_predict(&f, x.data), y[0], 6e-8 * y[0]);
    double q;
    const double half = 0.5;
    assert_int_equal(tl_inversion_forest_quantiles(&f, x.data, &half, 1, &q, &err), TL_INTERNAL);
    tl_inversion_forest_free(&f);
    x.nrow = 10;
    const ptrdiff_t before = tl_live_blocks();
    tl_code code = TL_NOMEM;
    ptrdiff_t allowed = 0;
    o.importance = 1;
    for (; code == TL_NOMEM; allowed++) {
        tl_fail_after(allowed);
        code = tl_inversion_forest_fit(&x, y, &o, NULL, 0, &f, &err);
        tl_fail_after(-1);
        tl_inversion_forest_free(&f);
        assert_int_equal(tl_live_blocks(), before);
    }
    assert_int_equal(code, TL_OK);
    assert_true(allowed > 20);
    tl_matrix_free(&x);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quality_equals_the_reference),
        cmocka_unit_test(one_split_finds_the_step),
        cmocka_unit_test(the_root_is_the_best_split),
        cmocka_unit_test(every_way_has_the_same_bits),
        cmocka_unit_test(importance_names_the_features),
        cmocka_unit_test(quantiles_follow_the_spread),
        cmocka_unit_test(inner_errors_are_those_of_held_out_rows),
        cmocka_unit_test(files_keep_every_bit),
        cmocka_unit_test(files_of_strangers_are_refused),
        cmocka_unit_test(bad_requests_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
