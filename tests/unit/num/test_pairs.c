/* SPDX-License-Identifier: GPL-2.0-or-later
 * Correlations of pairs: known by algebra, deaf to gaps, silent where there is none. */
#include "kit/check.h"
#include "num/pairs.h"

/* With one degree of freedom t follows a Cauchy distribution: p = 1 - 2 atan(t) / pi, and
 * r = 0.5 of 3 pairs has t = 1 / sqrt(3), an angle of 30 degrees, so p = 2 / 3. */
static void three_pairs_follow_cauchy(void **state) {
    (void)state;
    CHECK_NEAR(tl_num_correlation_p(0.5, 3), 2.0 / 3.0, 1e-14);
    CHECK_NEAR(tl_num_correlation_p(-0.5, 3), 2.0 / 3.0, 1e-14);
    CHECK_NEAR(tl_num_correlation_p(0.0, 3), 1.0, 1e-14);
}

/* With two degrees of freedom p = 1 - t / sqrt(2 + t^2), which is 1 - |r|. */
static void four_pairs_have_p_one_minus_r(void **state) {
    (void)state;
    const double r[3] = {0.1, -0.6, 0.99};
    for (int k = 0; k < 3; k++) {
        CHECK_NEAR(tl_num_correlation_p(r[k], 4), 1.0 - fabs(r[k]), 1e-13);
    }
    CHECK_NEAR(tl_num_correlation_p(1.0, 4), 0.0, 0.0);
    assert_true(isnan(tl_num_correlation_p(0.5, 2)));
    assert_true(isnan(tl_num_correlation_p((double)NAN, 9)));
}

/* x = 1 2 3 4 with y = 1 3 2 4: both sums of squares are 5, the sum of products is 4, so r =
 * 0.8. */
static void pairs_with_a_gap_do_not_count(void **state) {
    (void)state;
    const double x[6] = {1.0, 2.0, (double)NAN, 3.0, 4.0, 50.0};
    const double y[6] = {1.0, 3.0, 77.0, 2.0, 4.0, (double)NAN};
    tl_pairs c;
    tl_err err;
    CHECK_OK(tl_num_correlate_pairs(x, y, 6, &c, &err));
    assert_int_equal(c.n, 4);
    CHECK_NEAR(c.pearson, 0.8, 1e-15);
    CHECK_NEAR(c.p, 0.2, 1e-13);
    CHECK_NEAR(c.spearman, 0.8, 1e-15);
    CHECK_NEAR(c.p_spearman, 0.2, 1e-13);
}

/* A curved but increasing relation is a linear one of the ranks. */
static void ranks_see_through_a_bend(void **state) {
    (void)state;
    double x[8];
    double y[8];
    for (int i = 0; i < 8; i++) {
        x[i] = i;
        y[i] = -exp((double)i);
    }
    tl_pairs c;
    tl_err err;
    CHECK_OK(tl_num_correlate_pairs(x, y, 8, &c, &err));
    CHECK_NEAR(c.spearman, -1.0, 1e-15);
    assert_true(c.pearson > -0.9);
}

/* 0.1 has no exact double: its mean over three differs from it, which must not look like spread. */
static void a_constant_side_has_no_correlation(void **state) {
    (void)state;
    const double x[3] = {0.1, 0.1, 0.1};
    const double y[3] = {1.0, 2.0, 4.0};
    tl_pairs c;
    tl_err err;
    CHECK_OK(tl_num_correlate_pairs(x, y, 3, &c, &err));
    assert_int_equal(c.n, 3);
    assert_true(isnan(c.pearson) && isnan(c.p) && isnan(c.spearman) && isnan(c.p_spearman));
    CHECK_OK(tl_num_correlate_pairs(y, x, 2, &c, &err));
    assert_true(isnan(c.pearson));
}

static void lost_memory_is_reported_and_nothing_is_kept(void **state) {
    (void)state;
    const double x[3] = {1.0, 2.0, 4.0};
    tl_pairs c;
    tl_err err;
    const ptrdiff_t before = tl_live_blocks();
    for (ptrdiff_t k = 0; k < 4; k++) {
        tl_fail_after(k);
        const tl_code code = tl_num_correlate_pairs(x, x, 3, &c, &err);
        tl_fail_after(-1);
        assert_int_equal(code, TL_NOMEM);
        assert_true(tl_live_blocks() == before);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_pairs_follow_cauchy),
        cmocka_unit_test(four_pairs_have_p_one_minus_r),
        cmocka_unit_test(pairs_with_a_gap_do_not_count),
        cmocka_unit_test(ranks_see_through_a_bend),
        cmocka_unit_test(a_constant_side_has_no_correlation),
        cmocka_unit_test(lost_memory_is_reported_and_nothing_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
