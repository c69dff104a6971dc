/* SPDX-License-Identifier: GPL-2.0-or-later
 * Descriptive statistics against hand-made vectors and the quantile table of R. */
#include "kit/check.h"
#include "num/stats.h"

/* 1, 2, 3, 4, 10 has mean 4, sum of squares 50, of cubes 180, of fourth powers 1394 around it. */
static void five_numbers_have_their_moments(void **state) {
    (void)state;
    const double x[5] = {10.0, 1.0, 3.0, 2.0, 4.0};
    CHECK_NEAR(tl_num_mean(x, 5), 4.0, 1e-15);
    CHECK_NEAR(tl_num_sd(x, 5), sqrt(12.5), 1e-14);
    CHECK_NEAR(tl_num_skewness(x, 5), 36.0 / pow(10.0, 1.5), 1e-14);
    CHECK_NEAR(tl_num_kurtosis(x, 5), 1394.0 / 5.0 / 100.0 - 3.0, 1e-14);
}

static void constants_have_no_shape(void **state) {
    (void)state;
    const double x[3] = {7.0, 7.0, 7.0};
    const double y[3] = {1.0, 2.0, 3.0};
    assert_true(isnan(tl_num_skewness(x, 3)));
    assert_true(isnan(tl_num_kurtosis(x, 3)));
    assert_true(isnan(tl_num_pearson(x, y, 3)));
    assert_true(isnan(tl_num_pearson(y, x, 3)));
    assert_true(isnan(tl_num_mean(x, 0)));
    assert_true(isnan(tl_num_sd(x, 1)));
}

/* A straight line correlates perfectly whatever its offset; four corners of a square not at all. */
static void correlation_of_lines_and_squares(void **state) {
    (void)state;
    const double x[4] = {0.0, 1.0, 2.0, 3.0};
    const double up[4] = {1e6, 1e6 + 2.0, 1e6 + 4.0, 1e6 + 6.0};
    const double down[4] = {3.0, 2.0, 1.0, 0.0};
    const double corner_x[4] = {-1.0, -1.0, 1.0, 1.0};
    const double corner_y[4] = {-1.0, 1.0, -1.0, 1.0};
    CHECK_NEAR(tl_num_pearson(x, up, 4), 1.0, 1e-14);
    CHECK_NEAR(tl_num_pearson(x, down, 4), -1.0, 1e-14);
    CHECK_NEAR(tl_num_pearson(corner_x, corner_y, 4), 0.0, 1e-15);
}

/* The ends are the extremes, and a position that falls on a value returns that value without
 * mixing. */
static void quantiles_at_the_ends_and_on_values(void **state) {
    (void)state;
    const double x[5] = {1.0, 2.0, 4.0, 8.0, 16.0};
    for (int type = 6; type <= 8; type++) {
        assert_true(tl_num_quantile(x, 5, 0.0, type) == 1.0);
        assert_true(tl_num_quantile(x, 5, 1.0, type) == 16.0);
        assert_true(tl_num_quantile(x, 5, 0.5, type) == 4.0);
    }
    assert_true(isnan(tl_num_quantile(x, 0, 0.5, 7)));
    assert_true(isnan(tl_num_quantile(x, 5, 1.5, 7)));
    assert_true(isnan(tl_num_quantile(x, 5, 0.5, 1)));
}

static void quantiles_equal_the_table_of_r(void **state) {
    (void)state;
    tl_matrix table;
    if (!kit_reference_csv("metrics/quantile_types.csv", &table)) {
        print_message("SKIPPED: shared reference metrics/quantile_types.csv is not here\n");
        skip();
    }
    tl_matrix v;
    tl_matrix w;
    assert_true(kit_reference_csv("metrics/quantile_v.csv", &v));
    assert_true(kit_reference_csv("metrics/quantile_w.csv", &w));
    tl_num_sort(v.data, v.nrow);
    tl_num_sort(w.data, w.nrow);
    for (int type = 6; type <= 8; type++) {
        const double *row = tl_matrix_row(&table, type - 1);
        assert_int_equal((int)row[0], type);
        CHECK_NEAR(tl_num_quantile(v.data, v.nrow, 0.25, type), row[1], 1e-12 * row[1]);
        CHECK_NEAR(tl_num_quantile(v.data, v.nrow, 0.50, type), row[2], 1e-12 * row[2]);
        CHECK_NEAR(tl_num_quantile(v.data, v.nrow, 0.75, type), row[3], 1e-12 * row[3]);
        CHECK_NEAR(tl_num_quantile(w.data, w.nrow, 0.25, type), row[4], 1e-12 * row[4]);
        CHECK_NEAR(tl_num_quantile(w.data, w.nrow, 0.75, type), row[5], 1e-12 * row[5]);
    }
    tl_matrix_free(&table);
    tl_matrix_free(&v);
    tl_matrix_free(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(five_numbers_have_their_moments),
        cmocka_unit_test(constants_have_no_shape),
        cmocka_unit_test(correlation_of_lines_and_squares),
        cmocka_unit_test(quantiles_at_the_ends_and_on_values),
        cmocka_unit_test(quantiles_equal_the_table_of_r),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
