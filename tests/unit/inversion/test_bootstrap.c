/* SPDX-License-Identifier: GPL-2.0-or-later
 * Bootstrap intervals: against the same formulas in R, by their coverage, and by their laws. */
#include "base/rng.h"
#include "inversion/bootstrap.h"
#include "kit/check.h"

enum { N = 25 };

static const double observed[N] = {2.1, 3.4, 1.8, 5.6,  4.4, 7.9, 3.3, 2.7, 6.1, 9.8, 1.2, 2.2, 3.9,
                                   4.8, 5.1, 0.9, 12.4, 6.6, 3.1, 2.9, 7.2, 4.0, 5.5, 8.3, 1.6};
static const double good[N] = {2.6, 3.1, 2.4, 5.0, 4.9, 6.6, 3.9, 2.2, 5.2, 7.9, 2.0, 2.8, 3.5,
                               4.1, 5.9, 1.8, 9.1, 6.0, 3.7, 2.1, 6.5, 4.6, 4.9, 7.1, 2.5};
static const double poor[N] = {3.6, 2.9, 3.4, 4.0, 4.2, 5.6, 4.9, 3.2, 4.2, 5.9, 3.0, 3.8, 3.0,
                               4.9, 4.2, 2.8, 6.1, 5.0, 4.7, 3.1, 5.1, 3.9, 5.0, 5.2, 3.5};

/* The same intervals by an R script that applies Efron's formulas to 200 000 draws: RMSE of `good`
 * 1.0361467 [0.7539, 1.6733], R2 0.8618705 [0.8152, 0.8928], RMSE of good - poor -1.0457755
 * [-1.5212, -0.7585]. With 20 000 draws an end scatters by about 1 % of the width (3 % for the
 * upper end of RMSE, which adjustment pushes to the 0.997 quantile). */
static void ends_equal_those_of_r(void **state) {
    (void)state;
    tl_err err = {0};
    tl_bootstrap_options o = tl_inversion_bootstrap_defaults();
    o.draws = 20000;
    o.threads = 2;
    tl_score_intervals s;
    CHECK_OK(tl_inversion_bootstrap(observed, good, N, NULL, &o, &s, &err));
    assert_int_equal(s.groups, N);
    assert_int_equal(s.rmse.method, TL_INTERVAL_BCA);
    CHECK_NEAR(s.rmse.estimate, 1.03614670776, 1e-11);
    CHECK_NEAR(s.rmse.lower, 0.7539, 0.01);
    CHECK_NEAR(s.rmse.upper, 1.6733, 0.03);
    CHECK_NEAR(s.r2.estimate, 0.861870491749, 1e-11);
    CHECK_NEAR(s.r2.lower, 0.8152, 0.003);
    CHECK_NEAR(s.r2.upper, 0.8928, 0.003);
    assert_int_equal(s.rpiq.method, TL_INTERVAL_PERCENTILE);
    assert_true(s.rpiq.lower < s.rpiq.estimate && s.rpiq.estimate < s.rpiq.upper);
    CHECK_OK(tl_inversion_bootstrap_difference(observed, good, poor, N, NULL, &o, &s, &err));
    CHECK_NEAR(s.rmse.estimate, -1.04577548099, 1e-10);
    CHECK_NEAR(s.rmse.lower, -1.5212, 0.015);
    CHECK_NEAR(s.rmse.upper, -0.7585, 0.015);
}

/* Acceleration needs samples: below 20 the ends are plain quantiles. */
static void few_groups_get_plain_quantiles(void **state) {
    (void)state;
    tl_err err = {0};
    const tl_bootstrap_options o = tl_inversion_bootstrap_defaults();
    tl_score_intervals s;
    CHECK_OK(tl_inversion_bootstrap(observed, good, 19, NULL, &o, &s, &err));
    assert_int_equal(s.rmse.method, TL_INTERVAL_PERCENTILE);
    CHECK_OK(tl_inversion_bootstrap(observed, good, 20, NULL, &o, &s, &err));
    assert_int_equal(s.rmse.method, TL_INTERVAL_BCA);
    /* Nine samples have no R2, so it has no interval either; RMSE has one. */
    CHECK_OK(tl_inversion_bootstrap(observed, good, 9, NULL, &o, &s, &err));
    assert_int_equal(s.r2.method, TL_INTERVAL_NONE);
    assert_true(isnan(s.r2.estimate) && isnan(s.r2.lower) && isnan(s.r2.upper));
    assert_int_equal(s.rmse.method, TL_INTERVAL_PERCENTILE);
    assert_int_equal(tl_inversion_bootstrap(observed, good, 2, NULL, &o, &s, &err), TL_DATA);
}

/* 200 studies of 40 samples whose errors have a standard deviation of 1: the 90 % interval of the
 * RMSE holds 1 in 83 to 95 % of them (at n = 40 the bootstrap of a variance covers a little less
 * than aimed; the binomial scatter of 200 studies is 2 %), and so does that of the bias. */
static void intervals_hold_the_truth(void **state) {
    (void)state;
    tl_err err = {0};
    enum { studies = 200, n = 40 };
    int rmse = 0;
    int bias = 0;
    for (uint32_t k = 0; k < studies; k++) {
        tl_rng rng = tl_rng_start(21, TL_STREAM_SIMULATE, k);
        double y[n];
        double p[n];
        for (int i = 0; i < n; i++) {
            y[i] = 3.0 * tl_rng_normal(&rng);
            p[i] = y[i] + tl_rng_normal(&rng);
        }
        tl_bootstrap_options o = tl_inversion_bootstrap_defaults();
        o.draws = 500;
        o.level = 0.9;
        o.seed = (int64_t)k;
        tl_score_intervals s;
        CHECK_OK(tl_inversion_bootstrap(y, p, n, NULL, &o, &s, &err));
        rmse += s.rmse.lower <= 1.0 && 1.0 <= s.rmse.upper;
        bias += s.bias.lower <= 0.0 && 0.0 <= s.bias.upper;
    }
    print_message("90 %% intervals hold the true RMSE in %d, the true bias in %d of 200\n", rmse,
                  bias);
    assert_in_range(rmse, 166, 190);
    assert_in_range(bias, 166, 194);
}

/* Every sample scanned twice: with groups the intervals stay, without they shrink by sqrt 2. */
static void replicates_do_not_narrow_intervals(void **state) {
    (void)state;
    tl_err err = {0};
    double y[2 * N];
    double p[2 * N];
    ptrdiff_t group[2 * N];
    for (int i = 0; i < 2 * N; i++) {
        y[i] = observed[i % N];
        p[i] = good[i % N];
        group[i] = i % N;
    }
    const tl_bootstrap_options o = tl_inversion_bootstrap_defaults();
    tl_score_intervals once;
    tl_score_intervals twice;
    tl_score_intervals blind;
    CHECK_OK(tl_inversion_bootstrap(observed, good, N, NULL, &o, &once, &err));
    CHECK_OK(tl_inversion_bootstrap(y, p, (ptrdiff_t)2 * N, group, &o, &twice, &err));
    CHECK_OK(tl_inversion_bootstrap(y, p, (ptrdiff_t)2 * N, NULL, &o, &blind, &err));
    assert_int_equal(twice.groups, N);
    CHECK_NEAR(twice.rmse.lower, once.rmse.lower, 1e-9);
    CHECK_NEAR(twice.rmse.upper, once.rmse.upper, 1e-9);
    const double narrow = (blind.mae.upper - blind.mae.lower) / (once.mae.upper - once.mae.lower);
    CHECK_NEAR(narrow, sqrt(0.5), 0.1);
}

/* Two runs of one index share their draws, so a model minus itself is 0 without any scatter;
 * another index or seed has other draws; threads change nothing. */
static void draws_are_shared_and_repeatable(void **state) {
    (void)state;
    tl_err err = {0};
    tl_bootstrap_options o = tl_inversion_bootstrap_defaults();
    tl_score_intervals a;
    tl_score_intervals b;
    CHECK_OK(tl_inversion_bootstrap_difference(observed, good, good, N, NULL, &o, &a, &err));
    CHECK_NEAR(a.rmse.lower, 0.0, 0.0);
    CHECK_NEAR(a.rmse.upper, 0.0, 0.0);
    CHECK_OK(tl_inversion_bootstrap(observed, good, N, NULL, &o, &a, &err));
    o.threads = 2;
    CHECK_OK(tl_inversion_bootstrap(observed, good, N, NULL, &o, &b, &err));
    assert_memory_equal(&a.rmse, &b.rmse, sizeof a.rmse - sizeof a.rmse.method);
    assert_memory_equal(&a.ccc, &b.ccc, sizeof a.ccc - sizeof a.ccc.method);
    o.index = 1;
    CHECK_OK(tl_inversion_bootstrap(observed, good, N, NULL, &o, &b, &err));
    assert_true(a.rmse.lower != b.rmse.lower);
    o.draws = 99;
    assert_int_equal(tl_inversion_bootstrap(observed, good, N, NULL, &o, &b, &err), TL_ARG);
    o.draws = 100;
    o.level = 1.0;
    assert_int_equal(tl_inversion_bootstrap(observed, good, N, NULL, &o, &b, &err), TL_ARG);
}

static void memory_may_run_out(void **state) {
    (void)state;
    tl_bootstrap_options o = tl_inversion_bootstrap_defaults();
    o.draws = 100;
    const ptrdiff_t before = tl_live_blocks();
    tl_code code = TL_NOMEM;
    for (ptrdiff_t k = 0; code == TL_NOMEM; k++) {
        tl_score_intervals s;
        tl_fail_after(k);
        code = tl_inversion_bootstrap(observed, good, N, NULL, &o, &s, NULL);
        tl_fail_after(-1);
        assert_true(k < 300);
    }
    assert_int_equal(code, TL_OK);
    assert_int_equal(tl_live_blocks(), before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_equal_those_of_r),
        cmocka_unit_test(few_groups_get_plain_quantiles),
        cmocka_unit_test(intervals_hold_the_truth),
        cmocka_unit_test(replicates_do_not_narrow_intervals),
        cmocka_unit_test(draws_are_shared_and_repeatable),
        cmocka_unit_test(memory_may_run_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
