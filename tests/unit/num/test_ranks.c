/* SPDX-License-Identifier: GPL-2.0-or-later
 * Ranks: the lowest value is 1, ties share, missing values are not ranked, lack of memory is
 * reported. */
#include "kit/check.h"
#include "num/ranks.h"

/* 2 and 2 are in positions 2 and 3, so both get 2.5; the sum of all ranks stays m (m + 1) / 2. */
static void equal_values_share_their_mean_rank(void **state) {
    (void)state;
    const float x[6] = {5.0F, 2.0F, NAN, 2.0F, -1.0F, 9.0F};
    const double wanted[6] = {4.0, 2.5, 0.0, 2.5, 1.0, 5.0};
    double rank[6];
    tl_err err;
    CHECK_OK(tl_num_mean_ranks(x, 6, rank, &err));
    double sum = 0.0;
    for (int i = 0; i < 6; i++) {
        if (i == 2) {
            assert_true(isnan(rank[i]));
        } else {
            CHECK_NEAR(rank[i], wanted[i], 0.0);
            sum += rank[i];
        }
    }
    CHECK_NEAR(sum, 15.0, 0.0);
}

static void one_value_is_the_first_and_none_is_fine(void **state) {
    (void)state;
    const float x[2] = {NAN, 3.0F};
    double rank[2];
    tl_err err;
    CHECK_OK(tl_num_mean_ranks(x, 2, rank, &err));
    CHECK_NEAR(rank[1], 1.0, 0.0);
    CHECK_OK(tl_num_mean_ranks(x, 0, rank, &err));
}

static void lost_memory_is_reported_and_nothing_is_kept(void **state) {
    (void)state;
    const float x[2] = {1.0F, 2.0F};
    double rank[2];
    tl_err err;
    const ptrdiff_t before = tl_live_blocks();
    tl_fail_after(0);
    const tl_code code = tl_num_mean_ranks(x, 2, rank, &err);
    tl_fail_after(-1);
    assert_int_equal(code, TL_NOMEM);
    assert_true(tl_live_blocks() == before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_values_share_their_mean_rank),
        cmocka_unit_test(one_value_is_the_first_and_none_is_fine),
        cmocka_unit_test(lost_memory_is_reported_and_nothing_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
