/* SPDX-License-Identifier: GPL-2.0-or-later
 * The small network: its gradient, what it can learn, the same bits through every function, and
 * untrusted files. */
#include "inversion/net.h"

#include "base/rng.h"
#include "inversion/net_step.h"
#include "kit/check.h"

/* n samples of m features; y is a bent function of two of them. */
static void make_data(ptrdiff_t n, ptrdiff_t m, tl_matrix *x, double *y) {
    tl_rng rng = tl_rng_start(23, TL_STREAM_SIMULATE, 0);
    assert_int_equal(tl_matrix_init(x, n, m, NULL), TL_OK);
    for (ptrdiff_t i = 0; i < n; i++) {
        double *row = tl_matrix_row(x, i);
        for (ptrdiff_t j = 0; j < m; j++) {
            row[j] = 0.3 + 0.05 * tl_rng_normal(&rng);
        }
        const double a = (row[0] - 0.3) / 0.05;
        y[i] = 20.0 + 5.0 * fabs(a) + 2.0 * (row[1] - 0.3) / 0.05 + 0.3 * tl_rng_normal(&rng);
    }
}

/* Central differences: the loss is made of squares and straight pieces, so a step of 1e-6 leaves
 * rounding of 1e-16 / 1e-6 and nothing else unless a unit sits at its bend. */
static void the_gradient_is_that_of_the_loss(void **state) {
    (void)state;
    enum { n = 5, m = 7 };
    const ptrdiff_t count = tl_inversion_net_count(m);
    assert_int_equal(count, 7 * 64 + 64 + 64 * 32 + 32 + 32 * 16 + 16 + 16 + 1);
    double x[n * m];
    double y[n];
    double keep[n * TL_NET_UNITS];
    double *weights = tl_acquire(count, sizeof *weights);
    double *gradient = tl_acquire(count, sizeof *gradient);
    double *other = tl_acquire(count, sizeof *other);
    double *work = tl_acquire(tl_inversion_net_work(n), sizeof *work);
    tl_rng rng = tl_rng_start(6, TL_STREAM_SIMULATE, 0);
    for (int i = 0; i < n * m; i++) {
        x[i] = tl_rng_normal(&rng);
    }
    for (int i = 0; i < n; i++) {
        y[i] = tl_rng_normal(&rng);
    }
    for (int i = 0; i < n * TL_NET_UNITS; i++) {
        keep[i] = tl_rng_uniform(&rng) < 0.2 ? 0.0 : 1.25;
    }
    for (ptrdiff_t i = 0; i < count; i++) {
        weights[i] = 0.3 * tl_rng_normal(&rng);
    }
    for (int with_dropout = 0; with_dropout < 2; with_dropout++) {
        const double *factors = with_dropout ? keep : NULL;
        const double loss =
            tl_inversion_net_loss(m, x, y, n, factors, 0.01, weights, gradient, work);
        assert_true(loss > 0.0);
        double largest = 0.0;
        for (ptrdiff_t i = 0; i < count; i++) {
            largest = fmax(largest, fabs(gradient[i]));
        }
        assert_true(largest > 0.1);
        for (ptrdiff_t i = 0; i < count; i++) {
            const double step = 1e-6;
            const double at = weights[i];
            weights[i] = at + step;
            const double above =
                tl_inversion_net_loss(m, x, y, n, factors, 0.01, weights, other, work);
            weights[i] = at - step;
            const double below =
                tl_inversion_net_loss(m, x, y, n, factors, 0.01, weights, other, work);
            weights[i] = at;
            CHECK_NEAR((above - below) / (2.0 * step), gradient[i], 1e-6 * fmax(1.0, largest));
        }
    }
    tl_release(weights);
    tl_release(gradient);
    tl_release(other);
    tl_release(work);
}

/* A bend that no linear model can follow: on 300 samples the network explains most of it, also on
 * samples that it never saw. */
static void a_bent_function_is_learned(void **state) {
    (void)state;
    tl_err err = {0};
    enum { n = 400, learn = 300, m = 4 };
    tl_matrix x;
    double y[n];
    make_data(n, m, &x, y);
    tl_matrix first = x;
    first.nrow = learn;
    tl_net_options o = tl_inversion_net_defaults();
    o.starts = 2;
    o.dropout = 0.0;
    tl_net net;
    CHECK_OK(tl_inversion_net_fit(&first, y, &o, NULL, 0, &net, &err));
    double squares = 0.0;
    double around = 0.0;
    double mean = 0.0;
    for (int i = learn; i < n; i++) {
        mean += y[i] / (n - learn);
    }
    for (int i = learn; i < n; i++) {
        double value;
        CHECK_OK(tl_inversion_net_predict(&net, tl_matrix_row(&x, i), &value, &err));
        squares += (value - y[i]) * (value - y[i]);
        around += (y[i] - mean) * (y[i] - mean);
    }
    assert_true(1.0 - squares / around > 0.9);
    for (int s = 0; s < 2; s++) {
        assert_true(net.epochs[s] > 5 && net.epochs[s] <= 500);
    }
    tl_inversion_net_free(&net);
    tl_matrix_free(&x);
}

/* Blocks of pixels, single spectra, any number of threads: the same bits; NaN stays NaN. */
static void every_way_has_the_same_bits(void **state) {
    (void)state;
    tl_err err = {0};
    enum { n = 40, m = 9, pixels = 100 };
    tl_matrix x;
    double y[n];
    make_data(n, m, &x, y);
    tl_net_options o = tl_inversion_net_defaults();
    o.starts = 3;
    o.epochs = 20;
    tl_net one;
    tl_net two;
    CHECK_OK(tl_inversion_net_fit(&x, y, &o, NULL, 4, &one, &err));
    o.threads = 2;
    CHECK_OK(tl_inversion_net_fit(&x, y, &o, NULL, 4, &two, &err));
    assert_memory_equal(one.weights.data, two.weights.data,
                        (size_t)(3 * one.weights.ncol) * sizeof(double));
    float u[m * pixels];
    double value[pixels];
    tl_rng rng = tl_rng_start(4, TL_STREAM_SIMULATE, 1);
    for (int i = 0; i < m * pixels; i++) {
        u[i] = (float)tl_rng_uniform(&rng);
    }
    u[3 * pixels + 70] = NAN;
    CHECK_OK(tl_inversion_net_predict_block(&two, u, pixels, value, &err));
    for (int i = 0; i < pixels; i++) {
        double row[m];
        double plain;
        for (int j = 0; j < m; j++) {
            row[j] = (double)u[j * pixels + i];
        }
        CHECK_OK(tl_inversion_net_predict(&one, row, &plain, &err));
        assert_true(i == 70 ? isnan(value[i]) && isnan(plain) : value[i] == plain);
    }
    tl_inversion_net_free(&one);
    tl_inversion_net_free(&two);
    tl_matrix_free(&x);
}

/* The mean of several starts is the mean of each of them alone; another number of the fit draws
 * again. */
static void starts_are_averaged(void **state) {
    (void)state;
    tl_err err = {0};
    enum { n = 30, m = 3 };
    tl_matrix x;
    double y[n];
    make_data(n, m, &x, y);
    tl_net_options o = tl_inversion_net_defaults();
    o.epochs = 15;
    o.starts = 2;
    tl_net both;
    tl_net other;
    CHECK_OK(tl_inversion_net_fit(&x, y, &o, NULL, 0, &both, &err));
    CHECK_OK(tl_inversion_net_fit(&x, y, &o, NULL, 1, &other, &err));
    assert_true(both.weights.data[0] != other.weights.data[0]);
    assert_true(both.weights.data[0] != tl_matrix_row(&both.weights, 1)[0]);
    double mean = 0.0;
    double value;
    tl_net one = both;
    one.starts = 1;
    CHECK_OK(tl_inversion_net_predict(&one, x.data, &value, &err));
    mean += 0.5 * value;
    one.weights.data = tl_matrix_row(&both.weights, 1);
    CHECK_OK(tl_inversion_net_predict(&one, x.data, &value, &err));
    mean += 0.5 * value;
    CHECK_OK(tl_inversion_net_predict(&both, x.data, &value, &err));
    CHECK_NEAR(value, mean, 1e-12 * fabs(mean));
    tl_inversion_net_free(&both);
    tl_inversion_net_free(&other);
    tl_matrix_free(&x);
}

static void inner_errors_are_those_of_held_out_rows(void **state) {
    (void)state;
    tl_err err = {0};
    enum { n = 24, m = 3 };
    tl_matrix x;
    double y[n];
    make_data(n, m, &x, y);
    ptrdiff_t row[n];
    for (int i = 0; i < n; i++) {
        row[i] = i;
    }
    tl_inner_set set[2] = {{.learn_y = y, .check_y = y + 12, .check_row = row + 12},
                           {.learn_y = y + 12, .check_y = y, .check_row = row}};
    set[0].learn_x = set[1].check_x = x;
    set[0].learn_x.nrow = set[1].check_x.nrow = 12;
    set[1].learn_x = set[0].check_x = set[0].learn_x;
    set[1].learn_x.data = set[0].check_x.data = tl_matrix_row(&x, 12);
    tl_net_options o = tl_inversion_net_defaults();
    o.epochs = 10;
    tl_net_setting best;
    double error[n];
    CHECK_OK(tl_inversion_net_tune(set, 2, n, &o, 2, &best, error, &err));
    o.starts = 1;
    tl_net net;
    double value;
    CHECK_OK(tl_inversion_net_fit(&set[1].learn_x, set[1].learn_y, &o, &best, 2, &net, &err));
    for (int i = 0; i < 12; i++) {
        CHECK_OK(tl_inversion_net_predict(&net, tl_matrix_row(&x, i), &value, &err));
        CHECK_NEAR(error[i], value - y[i], 0.0);
    }
    tl_inversion_net_free(&net);
    tl_matrix_free(&x);
}

static void odd_data_are_survived_or_named(void **state) {
    (void)state;
    tl_err err = {0};
    enum { n = 12, m = 3 };
    tl_matrix x;
    double y[n];
    make_data(n, m, &x, y);
    tl_net net;
    tl_net_options o = tl_inversion_net_defaults();
    o.epochs = 5;
    o.starts = 1;
    /* A constant feature and a constant property. */
    for (int i = 0; i < n; i++) {
        tl_matrix_row(&x, i)[1] = 0.1;
        y[i] = 4.0;
    }
    double value;
    CHECK_OK(tl_inversion_net_fit(&x, y, &o, NULL, 0, &net, &err));
    CHECK_OK(tl_inversion_net_predict(&net, x.data, &value, &err));
    assert_true(isfinite(value));
    tl_inversion_net_free(&net);
    x.nrow = 3; /* too few to hold one out */
    CHECK_OK(tl_inversion_net_fit(&x, y, &o, NULL, 0, &net, &err));
    assert_int_equal(net.epochs[0], 5);
    tl_inversion_net_free(&net);
    x.nrow = 1;
    assert_int_equal(tl_inversion_net_fit(&x, y, &o, NULL, 0, &net, &err), TL_DATA);
    x.nrow = n;
    o.dropout = 1.0;
    assert_int_equal(tl_inversion_net_fit(&x, y, &o, NULL, 0, &net, &err), TL_ARG);
    assert_non_null(strstr(err.text, "dropout"));
    o.dropout = 0.2;
    const ptrdiff_t before = tl_live_blocks();
    tl_code code = TL_NOMEM;
    ptrdiff_t allowed = 0;
    for (; code == TL_NOMEM; allowed++) {
        tl_fail_after(allowed);
        code = tl_inversion_net_fit(&x, y, &o, NULL, 0, &net, &err);
        tl_fail_after(-1);
        tl_inversion_net_free(&net);
        assert_int_equal(tl_live_blocks(), before);
    }
    assert_int_equal(code, TL_OK);
    assert_true(allowed > 10);
    tl_matrix_free(&x);
}

static void files_keep_every_bit_and_are_checked(void **state) {
    (void)state;
    tl_err err = {0};
    enum { n = 20, m = 3 };
    tl_matrix x;
    double y[n];
    make_data(n, m, &x, y);
    tl_net_options o = tl_inversion_net_defaults();
    o.epochs = 5;
    o.starts = 2;
    tl_net net;
    tl_net back;
    json_t *json;
    CHECK_OK(tl_inversion_net_fit(&x, y, &o, NULL, 0, &net, &err));
    CHECK_OK(tl_inversion_net_to_json(&net, &json, &err));
    CHECK_OK(tl_inversion_net_from_json(json, m, &back, &err));
    double value[2];
    CHECK_OK(tl_inversion_net_predict(&net, x.data, &value[0], &err));
    CHECK_OK(tl_inversion_net_predict(&back, x.data, &value[1], &err));
    CHECK_NEAR(value[0], value[1], 0.0);
    assert_int_equal(back.epochs[1], net.epochs[1]);
    tl_inversion_net_free(&back);
    assert_int_equal(tl_inversion_net_from_json(json, m + 1, &back, &err), TL_FORMAT);
    json_t *scale = json_array_get(json_object_get(json, "scale"), 1);
    (void)json_array_set_new(scale, 2, json_real(0.0));
    assert_int_equal(tl_inversion_net_from_json(json, m, &back, &err), TL_FORMAT);
    assert_non_null(strstr(err.text, "scale.1.2"));
    (void)json_array_set_new(scale, 2, json_real(1.0));
    (void)json_array_set_new(json_object_get(json, "epochs"), 0, json_real(1.5));
    assert_int_equal(tl_inversion_net_from_json(json, m, &back, &err), TL_FORMAT);
    (void)json_array_set_new(json_object_get(json, "epochs"), 0, json_integer(2));
    (void)json_array_remove(json_array_get(json_object_get(json, "weights"), 0), 5);
    assert_int_equal(tl_inversion_net_from_json(json, m, &back, &err), TL_FORMAT);
    assert_null(back.epochs);
    json_decref(json);
    tl_inversion_net_free(&net);
    tl_matrix_free(&x);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_gradient_is_that_of_the_loss),
        cmocka_unit_test(a_bent_function_is_learned),
        cmocka_unit_test(every_way_has_the_same_bits),
        cmocka_unit_test(starts_are_averaged),
        cmocka_unit_test(inner_errors_are_those_of_held_out_rows),
        cmocka_unit_test(odd_data_are_survived_or_named),
        cmocka_unit_test(files_keep_every_bit_and_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
