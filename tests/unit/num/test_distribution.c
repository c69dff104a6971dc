/* SPDX-License-Identifier: GPL-2.0-or-later
 * Distributions against R. */
#include "kit/check.h"
#include "num/distribution.h"

static void values_equal_those_of_r(void **state) {
    (void)state;
    CHECK_NEAR(tl_num_normal_quantile(0.975), 1.95996398454005, 1e-13);
    CHECK_NEAR(tl_num_normal_cdf(-1.3), 0.09680048458561, 1e-14);
    CHECK_NEAR(tl_num_t_quantile(0.95, 7.0), 1.89457860509001, 1e-11);
    CHECK_NEAR(tl_num_t_two_sided(3.18515291049, 9.0), 0.0110925807214, 1e-12);
    CHECK_NEAR(tl_num_t_two_sided(-3.18515291049, 9.0), 0.0110925807214, 1e-12);
    CHECK_NEAR(tl_num_chi2_quantile(0.95, 3.5), 8.66512176059049, 1e-9);
    CHECK_NEAR(tl_num_f_quantile(0.95, 3.0, 20.0), 3.09839121214078, 1e-9);
}

/* Arguments outside return NaN instead of ending the program. */
static void nothing_outside_the_range(void **state) {
    (void)state;
    assert_true(isnan(tl_num_normal_quantile(0.0)) && isnan(tl_num_normal_quantile(1.0)));
    assert_true(isnan(tl_num_normal_quantile((double)NAN)));
    assert_true(isnan(tl_num_t_quantile(0.5, 0.0)) && isnan(tl_num_t_two_sided(1.0, 0.0)));
    assert_true(isnan(tl_num_chi2_quantile(0.5, -1.0)) && isnan(tl_num_f_quantile(0.5, 1.0, 0.0)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_equal_those_of_r),
        cmocka_unit_test(nothing_outside_the_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
