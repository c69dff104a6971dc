/* SPDX-License-Identifier: GPL-2.0-or-later
 * The exponential of many numbers equals that of the C library. */
#include "num/exponential.h"

#include "kit/check.h"

enum { COUNT = 200003 };

static void it_equals_the_exponential_of_the_library(void **state) {
    (void)state;
    double *x = tl_acquire(COUNT, sizeof *x);
    double *y = tl_acquire(COUNT, sizeof *y);
    for (ptrdiff_t i = 0; i < COUNT; i++) {
        x[i] = -708.0 + 1417.0 * (double)i / (double)(COUNT - 1);
    }
    tl_num_exp(COUNT, x, y);
    for (ptrdiff_t i = 0; i < COUNT; i++) {
        CHECK_NEAR(y[i] / exp(x[i]), 1.0, 4e-16);
    }
    tl_release(x);
    tl_release(y);
}

static void a_number_has_one_exponential_wherever_it_stands(void **state) {
    (void)state;
    double x[21];
    double together[21];
    for (int i = 0; i < 21; i++) {
        x[i] = 0.37 * i - 4.0;
    }
    tl_num_exp(21, x, together);
    for (int i = 0; i < 21; i++) {
        double alone = x[i];
        tl_num_exp(1, &alone, &alone);
        assert_true(memcmp(&alone, &together[i], sizeof alone) == 0);
    }
}

static void beyond_the_limits_it_stays_finite_and_nan_stays_nan(void **state) {
    (void)state;
    const double x[4] = {-INFINITY, INFINITY, 1e300, (double)NAN};
    double y[4];
    tl_num_exp(4, x, y);
    CHECK_NEAR(y[0] / exp(-708.0), 1.0, 4e-16);
    CHECK_NEAR(y[1] / exp(709.0), 1.0, 4e-16);
    CHECK_NEAR(y[2] / exp(709.0), 1.0, 4e-16);
    assert_true(isnan(y[3]));
}

static void in_single_precision_it_equals_the_library_too(void **state) {
    (void)state;
    float *x = tl_acquire(COUNT, sizeof *x);
    float *y = tl_acquire(COUNT, sizeof *y);
    for (ptrdiff_t i = 0; i < COUNT; i++) {
        x[i] = -87.0F + 174.9F * (float)i / (float)(COUNT - 1);
    }
    tl_num_exp_float(COUNT, x, y);
    for (ptrdiff_t i = 0; i < COUNT; i++) {
        CHECK_NEAR((double)y[i] / exp((double)x[i]), 1.0, 3e-7);
    }
    x[0] = NAN;
    x[1] = -INFINITY;
    x[2] = INFINITY;
    tl_num_exp_float(3, x, y);
    assert_true(isnan(y[0]));
    assert_true(y[1] > 0.0F && y[1] < 1e-37F);
    assert_true(isfinite(y[2]) && y[2] > 1e38F);
    tl_release(x);
    tl_release(y);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_equals_the_exponential_of_the_library),
        cmocka_unit_test(a_number_has_one_exponential_wherever_it_stands),
        cmocka_unit_test(beyond_the_limits_it_stays_finite_and_nan_stays_nan),
        cmocka_unit_test(in_single_precision_it_equals_the_library_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
