/* SPDX-License-Identifier: GPL-2.0-or-later
 * Ninety-one samples get the mean, spread, skewness and kurtosis that were asked for. */
#include "simulate/marginals.h"

#include "kit/check.h"
#include "num/stats.h"
#include "simulate/fields.h"

enum { N = 91 };

static void draw_scores(int64_t seed, double z[N], double error[N]) {
    for (ptrdiff_t i = 0; i < N; i++) {
        double four[4];
        tl_simulate_normal4(seed, TL_SIMULATE_USE_NUGGET, i, 0, four);
        z[i] = 0.8 * four[0] + 0.3; /* scores at samples are not exactly standard */
        error[i] = 0.05 * fmax(-3.0, fmin(3.0, four[1]));
    }
}

/* Organic matter, arsenic and copper of the defaults, for twenty draws of scores. The documented
 * tolerance is 2 %. */
static void samples_reach_the_four_moments(void **state) {
    (void)state;
    const tl_simulate_moments wanted[3] = {
        {20.0, 0.32, 0.6, 0.72}, {40.0, 1.7, 3.6, 17.0}, {30.0, 0.42, 1.6, 4.5}};
    tl_err err = {0};
    double z[N];
    double error[N];
    double value[N];
    for (int64_t seed = 1; seed <= 20; seed++) {
        draw_scores(seed, z, error);
        for (int j = 0; j < 3; j++) {
            tl_simulate_marginal fit;
            tl_simulate_moments reached;
            CHECK_OK(tl_simulate_marginal_fit(z, error, N, &wanted[j], &fit, &reached, &err));
            for (int i = 0; i < N; i++) {
                value[i] = tl_simulate_marginal_value(&fit, z[i]) * (1.0 + error[i]);
                assert_true(value[i] > 0.0);
            }
            const double mean = tl_num_mean(value, N);
            CHECK_NEAR(mean, wanted[j].mean, 1e-9 * wanted[j].mean);
            CHECK_NEAR(tl_num_sd(value, N) / mean, wanted[j].cv, 0.02 * wanted[j].cv);
            CHECK_NEAR(tl_num_skewness(value, N), wanted[j].skewness,
                       0.02 * fmax(1.0, wanted[j].skewness));
            CHECK_NEAR(tl_num_kurtosis(value, N), wanted[j].kurtosis,
                       0.02 * fmax(1.0, wanted[j].kurtosis));
            assert_true(tl_simulate_moments_miss(&reached, &wanted[j]) < 0.02);
            tl_simulate_marginal_free(&fit);
        }
    }
}

static void values_rise_with_the_score_and_stay_above_the_floor(void **state) {
    (void)state;
    const tl_simulate_moments wanted = {40.0, 1.7, 3.6, 17.0};
    tl_err err = {0};
    double z[N];
    double error[N];
    draw_scores(7, z, error);
    tl_simulate_marginal fit;
    tl_simulate_moments reached;
    CHECK_OK(tl_simulate_marginal_fit(z, error, N, &wanted, &fit, &reached, &err));
    double before = tl_simulate_marginal_value(&fit, -5.01);
    assert_true(before >= 4.0);
    for (double at = -5.0; at < 5.0; at += 0.01) {
        const double value = tl_simulate_marginal_value(&fit, at);
        assert_true(value >= before);
        before = value;
    }
    /* Between the usual scores the rise is strict. */
    assert_true(tl_simulate_marginal_value(&fit, 1.0) > tl_simulate_marginal_value(&fit, 0.9));
    tl_simulate_marginal_free(&fit);
    tl_simulate_marginal_free(&fit);
}

static void impossible_moments_are_refused(void **state) {
    (void)state;
    tl_err err = {0};
    double z[N];
    double error[N];
    draw_scores(1, z, error);
    tl_simulate_marginal fit;
    tl_simulate_moments reached;
    const tl_simulate_moments flat = {20.0, 0.3, 3.0, 0.72};
    assert_int_equal(tl_simulate_marginal_fit(z, error, N, &flat, &fit, &reached, &err), TL_ARG);
    assert_non_null(strstr(err.text, "skewness^2 - 2"));
    const tl_simulate_moments negative = {-1.0, 0.3, 0.0, 0.0};
    assert_int_equal(tl_simulate_marginal_fit(z, error, N, &negative, &fit, &reached, &err),
                     TL_ARG);
    const tl_simulate_moments peak = {20.0, 0.3, 9.0, 300.0};
    assert_int_equal(tl_simulate_marginal_fit(z, error, N, &peak, &fit, &reached, &err), TL_ARG);
    const tl_simulate_moments fine = {20.0, 0.3, 0.0, 0.0};
    assert_int_equal(tl_simulate_marginal_fit(z, error, 9, &fine, &fit, &reached, &err), TL_ARG);
}

static void a_failing_allocation_leaves_nothing_behind(void **state) {
    (void)state;
    tl_err err = {0};
    double z[N];
    double error[N];
    draw_scores(1, z, error);
    const tl_simulate_moments wanted = {20.0, 0.3, 0.5, 0.7};
    const ptrdiff_t before = tl_live_blocks();
    for (ptrdiff_t k = 0; k < 4; k++) {
        tl_simulate_marginal fit;
        tl_simulate_moments reached;
        tl_fail_after(k);
        const tl_code code = tl_simulate_marginal_fit(z, error, N, &wanted, &fit, &reached, &err);
        tl_fail_after(-1);
        assert_int_equal(code, TL_NOMEM);
        assert_int_equal(tl_live_blocks(), before);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(samples_reach_the_four_moments),
        cmocka_unit_test(values_rise_with_the_score_and_stay_above_the_floor),
        cmocka_unit_test(impossible_moments_are_refused),
        cmocka_unit_test(a_failing_allocation_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
