/* SPDX-License-Identifier: GPL-2.0-or-later
 * Ridge regression fulfils its normal equations, with more features than samples and with fewer. */
#include "base/rng.h"
#include "inversion/ridge.h"
#include "kit/check.h"

static void noisy_line(ptrdiff_t n, ptrdiff_t m, tl_matrix *x, double *y) {
    tl_rng rng = tl_rng_start(21, TL_STREAM_SIMULATE, 0);
    assert_int_equal(tl_matrix_init(x, n, m, NULL), TL_OK);
    for (ptrdiff_t i = 0; i < n; i++) {
        double *row = tl_matrix_row(x, i);
        for (ptrdiff_t j = 0; j < m; j++) {
            row[j] = 0.3 + 0.1 * (double)j / (double)m + 0.1 * tl_rng_normal(&rng);
        }
        y[i] = 4.0 + 3.0 * row[0] - 2.0 * row[1] + 0.1 * tl_rng_normal(&rng);
    }
}

/* X'(y - b0 - X b) = lambda b and the residuals sum to zero, X centred. */
static void check_normal_equations(ptrdiff_t n, ptrdiff_t m, double share) {
    tl_err err = {0};
    tl_matrix x;
    tl_ridge fit;
    double *y = tl_acquire(n, sizeof *y);
    double *mean = tl_acquire(m, sizeof *mean);
    double *slope = tl_acquire(m, sizeof *slope);
    noisy_line(n, m, &x, y);
    const tl_ridge_options o = tl_inversion_ridge_defaults();
    const tl_ridge_setting setting = {share};
    CHECK_OK(tl_inversion_ridge_fit(&x, y, &o, &setting, 0, &fit, &err));
    double trace = 0.0;
    double sum = 0.0;
    for (ptrdiff_t k = 0; k < n * m; k++) {
        mean[k % m] += x.data[k] / (double)n;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        const double *row = tl_matrix_row(&x, i);
        const double residual = y[i] - tl_inversion_ridge_predict(&fit, row);
        sum += residual;
        for (ptrdiff_t j = 0; j < m; j++) {
            trace += (row[j] - mean[j]) * (row[j] - mean[j]);
            slope[j] += (row[j] - mean[j]) * residual;
        }
    }
    CHECK_NEAR(sum, 0.0, 1e-11);
    for (ptrdiff_t j = 0; j < m; j++) {
        CHECK_NEAR(slope[j], share * trace / (double)n * fit.coefficients[j], 1e-11);
    }
    tl_release(y);
    tl_release(mean);
    tl_release(slope);
    tl_inversion_ridge_free(&fit);
    tl_matrix_free(&x);
}

static void normal_equations_hold(void **state) {
    (void)state;
    check_normal_equations(40, 7, 1e-3);
    check_normal_equations(40, 7, 10.0);
    check_normal_equations(15, 60, 1e-3);
    check_normal_equations(15, 60, 10.0);
    check_normal_equations(12, 12, 0.1);
}

/* Every second row is held out in turn: the errors are those of fits made one by one, and the
 * choice is the best of them. */
static void tuning_finds_the_best_share(void **state) {
    (void)state;
    tl_err err = {0};
    enum { n = 30, m = 20 };
    tl_matrix x;
    double y[n];
    double error[n];
    tl_inner_set set[2];
    noisy_line(n, m, &x, y);
    double half_y[2][n / 2];
    ptrdiff_t half[2][n / 2];
    for (ptrdiff_t i = 0; i < n; i++) {
        half[i % 2][i / 2] = i;
        half_y[i % 2][i / 2] = y[i];
    }
    for (int k = 0; k < 2; k++) {
        set[k] =
            (tl_inner_set){.learn_y = half_y[1 - k], .check_y = half_y[k], .check_row = half[k]};
        CHECK_OK(tl_matrix_take_rows(&set[k].learn_x, &x, half[1 - k], n / 2, &err));
        CHECK_OK(tl_matrix_take_rows(&set[k].check_x, &x, half[k], n / 2, &err));
    }
    for (int autoscale = 0; autoscale < 2; autoscale++) {
        tl_ridge_options o = tl_inversion_ridge_defaults();
        o.autoscale = autoscale;
        tl_ridge_setting best;
        CHECK_OK(tl_inversion_ridge_tune(set, 2, n, &o, 0, &best, error, &err));
        double chosen = 0.0;
        for (ptrdiff_t i = 0; i < n; i++) {
            chosen += error[i] * error[i];
        }
        for (int c = 0; c < o.n_share; c++) {
            const tl_ridge_setting setting = {o.share[c]};
            double squares = 0.0;
            for (int k = 0; k < 2; k++) {
                tl_ridge fit;
                CHECK_OK(tl_inversion_ridge_fit(&set[k].learn_x, set[k].learn_y, &o, &setting, 0,
                                                &fit, &err));
                for (ptrdiff_t i = 0; i < n / 2; i++) {
                    const double e =
                        tl_inversion_ridge_predict(&fit, tl_matrix_row(&set[k].check_x, i)) -
                        set[k].check_y[i];
                    squares += e * e;
                    if (setting.share == best.share) {
                        CHECK_NEAR(e, error[half[k][i]], 1e-11);
                    }
                }
                tl_inversion_ridge_free(&fit);
            }
            assert_true(squares >= chosen * (1.0 - 1e-10));
        }
        assert_true(best.share > o.share[0] && best.share < o.share[o.n_share - 1]);
    }
    for (int k = 0; k < 2; k++) {
        tl_matrix_free(&set[k].learn_x);
        tl_matrix_free(&set[k].check_x);
    }
    tl_matrix_free(&x);
}

/* Autoscaling makes the answer independent of the units of the features. */
static void autoscaling_forgets_units(void **state) {
    (void)state;
    tl_err err = {0};
    enum { n = 20, m = 4 };
    tl_matrix x;
    double y[n];
    noisy_line(n, m, &x, y);
    tl_ridge_options o = tl_inversion_ridge_defaults();
    o.autoscale = 1;
    const tl_ridge_setting setting = {0.1};
    tl_ridge plain;
    tl_ridge scaled;
    CHECK_OK(tl_inversion_ridge_fit(&x, y, &o, &setting, 0, &plain, &err));
    for (ptrdiff_t i = 0; i < n; i++) {
        tl_matrix_row(&x, i)[2] *= 1000.0;
    }
    CHECK_OK(tl_inversion_ridge_fit(&x, y, &o, &setting, 0, &scaled, &err));
    for (ptrdiff_t j = 0; j < m; j++) {
        CHECK_NEAR(scaled.coefficients[j] * (j == 2 ? 1000.0 : 1.0), plain.coefficients[j], 1e-11);
    }
    tl_inversion_ridge_free(&plain);
    tl_inversion_ridge_free(&scaled);
    tl_matrix_free(&x);
}

/* Nothing to learn from constant features: the mean is the answer. */
static void constant_features_give_the_mean(void **state) {
    (void)state;
    tl_err err = {0};
    tl_matrix x;
    const double y[4] = {1.0, 2.0, 4.0, 9.0};
    CHECK_OK(tl_matrix_init(&x, 4, 2, &err));
    const tl_ridge_options o = tl_inversion_ridge_defaults();
    const tl_ridge_setting setting = {0.1};
    tl_ridge fit;
    CHECK_OK(tl_inversion_ridge_fit(&x, y, &o, &setting, 0, &fit, &err));
    CHECK_NEAR(tl_inversion_ridge_predict(&fit, x.data), 4.0, 1e-14);
    tl_inversion_ridge_free(&fit);
    const ptrdiff_t before = tl_live_blocks();
    tl_code code = TL_NOMEM;
    for (ptrdiff_t k = 0; code != TL_OK; k++) {
        tl_fail_after(k);
        code = tl_inversion_ridge_fit(&x, y, &o, &setting, 0, &fit, NULL);
        tl_fail_after(-1);
        assert_true(code == TL_OK || code == TL_NOMEM);
        tl_inversion_ridge_free(&fit);
        assert_int_equal(tl_live_blocks(), before);
    }
    x.ncol = 0;
    assert_int_equal(tl_inversion_ridge_fit(&x, y, &o, &setting, 0, &fit, &err), TL_SHAPE);
    tl_matrix_free(&x);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(normal_equations_hold),
        cmocka_unit_test(tuning_finds_the_best_share),
        cmocka_unit_test(autoscaling_forgets_units),
        cmocka_unit_test(constant_features_give_the_mean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
