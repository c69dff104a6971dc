/* SPDX-License-Identifier: GPL-2.0-or-later
 * Inner products and sums of vectors keep to their order of summation, at every width. */
#include "num/vector.h"

#include "kit/check.h"

enum { LONGEST = 67 };

static void fill(double *a, double *b) {
    for (int i = 0; i < LONGEST; i++) {
        a[i] = sin(1.7 * i) * pow(10.0, i % 7 - 3);
        b[i] = cos(0.3 * i) / 3.0;
    }
}

static void the_inner_product_adds_from_first_to_last(void **state) {
    (void)state;
    /* 1e16 absorbs the first 1, so any other order leads to another sum. */
    const double a[4] = {1e16, 1.0, -1e16, 1.0};
    const double b[4] = {1.0, 1.0, 1.0, 1.0};
    assert_true(tl_num_dot(a, b, 4) == 1.0);
    assert_true(tl_num_dot(a, b, 0) == 0.0);
}

static void an_inner_product_with_nan_is_nan(void **state) {
    (void)state;
    const double a[2] = {1.0, (double)NAN};
    const double b[2] = {1.0, 0.0};
    assert_true(isnan(tl_num_dot(a, b, 2)));
}

static void both_sums_have_the_bits_of_one_element_after_the_other(void **state) {
    (void)state;
    double from[LONGEST];
    double start[LONGEST];
    fill(from, start);
    for (ptrdiff_t n = 0; n <= LONGEST; n++) {
        double narrow[LONGEST];
        double wide[LONGEST];
        memcpy(narrow, start, sizeof narrow);
        memcpy(wide, start, sizeof wide);
        tl_num_add_scaled(narrow, 1.0 / 7.0, from, n);
        tl_num_add_scaled_wide(wide, 1.0 / 7.0, from, n);
        for (ptrdiff_t i = 0; i < LONGEST; i++) {
            const volatile double product = 1.0 / 7.0 * from[i];
            const double wanted = i < n ? start[i] + product : start[i];
            assert_true(memcmp(&narrow[i], &wanted, sizeof wanted) == 0);
            assert_true(memcmp(&wide[i], &wanted, sizeof wanted) == 0);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_inner_product_adds_from_first_to_last),
        cmocka_unit_test(an_inner_product_with_nan_is_nan),
        cmocka_unit_test(both_sums_have_the_bits_of_one_element_after_the_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
