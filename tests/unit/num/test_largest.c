/* SPDX-License-Identifier: GPL-2.0-or-later
 * The largest of many correlations: what chance produces, and what exceeds it. */
#include "base/rng.h"
#include "kit/check.h"
#include "num/largest.h"
#include "num/stats.h"

enum { N = 40, BANDS = 30, PERMUTATIONS = 199 };

static const tl_largest_options usual = {.n_permutation = PERMUTATIONS, .seed = 1, .threads = 1};

/* Independent noise in all bands; one draw of it per index. */
static void noise(tl_matrix *x, double *y, uint32_t index) {
    tl_err err;
    tl_rng random = tl_rng_start(7, TL_STREAM_SIMULATE, index);
    CHECK_OK(tl_matrix_init(x, N, BANDS, &err));
    for (ptrdiff_t i = 0; i < N * BANDS; i++) {
        x->data[i] = tl_rng_normal(&random);
    }
    for (ptrdiff_t i = 0; i < N; i++) {
        y[i] = 1000.0 + tl_rng_normal(&random);
    }
}

static void all_count(int *counts) {
    for (int j = 0; j < BANDS; j++) {
        counts[j] = 1;
    }
}

/* Without any relation p is below 0.05 in about 5 of 100 studies. Of 200 studies with p <= 0.05
 * in 5 %, 22 or more happen once in a thousand times. */
static void noise_is_rarely_taken_for_a_relation(void **state) {
    (void)state;
    int counts[BANDS];
    double adjusted[BANDS];
    double y[N];
    tl_err err;
    int found = 0;
    all_count(counts);
    for (uint32_t k = 0; k < 200; k++) {
        tl_matrix x;
        tl_largest out;
        noise(&x, y, k);
        CHECK_OK(tl_num_largest(&x, y, counts, &usual, NULL, adjusted, &out, &err));
        found += out.p <= 0.05;
        /* The level and p are two sides of one test. */
        assert_int_equal(out.p <= 0.05, out.largest > out.level);
        tl_matrix_free(&x);
    }
    assert_in_range(found, 1, 21);
}

static void a_true_relation_stands_above_chance_and_only_there(void **state) {
    (void)state;
    int counts[BANDS];
    double adjusted[BANDS];
    double y[N];
    double band[N];
    tl_err err;
    tl_matrix x;
    tl_largest out;
    all_count(counts);
    noise(&x, y, 1000);
    for (ptrdiff_t i = 0; i < N; i++) {
        band[i] = tl_matrix_row(&x, i)[11] -= 3.0 * (y[i] - 1000.0);
    }
    CHECK_OK(tl_num_largest(&x, y, counts, &usual, NULL, adjusted, &out, &err));
    assert_int_equal(out.at, 11);
    CHECK_NEAR(out.largest, fabs(tl_num_pearson(band, y, N)), 1e-12);
    CHECK_NEAR(out.p, 1.0 / (PERMUTATIONS + 1), 1e-15);
    CHECK_NEAR(adjusted[11], out.p, 0.0);
    for (int j = 0; j < BANDS; j++) {
        assert_true(adjusted[j] >= out.p && adjusted[j] <= 1.0);
        assert_true(j == 11 || adjusted[j] > 0.05);
    }
    /* A single band needs |r| = 0.312 for p = 0.05 with 40 samples; 30 bands need more. */
    assert_true(out.level > 0.312 && out.level < 0.7);
    tl_matrix_free(&x);
}

/* Three samples have six orders, and |r| of 1 2 3 with themselves is 1 for two of them. */
static void ties_with_the_real_order_count(void **state) {
    (void)state;
    tl_err err;
    tl_matrix x;
    tl_largest out;
    double adjusted;
    const int counts = 1;
    const double y[3] = {1.0, 2.0, 3.0};
    const tl_largest_options many = {.n_permutation = 5999, .seed = 3, .threads = 2};
    CHECK_OK(tl_matrix_init(&x, 3, 1, &err));
    memcpy(x.data, y, sizeof y);
    CHECK_OK(tl_num_largest(&x, y, &counts, &many, NULL, &adjusted, &out, &err));
    CHECK_NEAR(out.largest, 1.0, 1e-15);
    /* Four standard errors of a share of 1/3 in 6000 draws. */
    CHECK_NEAR(out.p, 1.0 / 3.0, 0.025);
    tl_matrix_free(&x);
}

static void threads_change_nothing(void **state) {
    (void)state;
    int counts[BANDS];
    double one[BANDS];
    double two[BANDS];
    double y[N];
    tl_err err;
    tl_matrix x;
    tl_largest a;
    tl_largest b;
    tl_largest_options options = usual;
    all_count(counts);
    noise(&x, y, 5);
    x.data[17] = (double)NAN;
    CHECK_OK(tl_num_largest(&x, y, counts, &options, NULL, one, &a, &err));
    options.threads = 3;
    CHECK_OK(tl_num_largest(&x, y, counts, &options, NULL, two, &b, &err));
    assert_memory_equal(one, two, sizeof one);
    assert_memory_equal(&a, &b, sizeof a);
    tl_matrix_free(&x);
}

static void bands_left_out_and_constant_ones_have_no_p(void **state) {
    (void)state;
    int counts[BANDS];
    double adjusted[BANDS];
    double y[N];
    tl_err err;
    tl_matrix x;
    tl_largest out;
    all_count(counts);
    noise(&x, y, 9);
    counts[3] = 0;
    for (ptrdiff_t i = 0; i < N; i++) {
        tl_matrix_row(&x, i)[3] = y[i];
        tl_matrix_row(&x, i)[4] = 0.1;
    }
    tl_matrix_row(&x, 0)[5] = (double)NAN;
    CHECK_OK(tl_num_largest(&x, y, counts, &usual, NULL, adjusted, &out, &err));
    assert_true(out.at != 3 && out.largest < 0.8);
    assert_true(isnan(adjusted[3]) && isnan(adjusted[4]) && !isnan(adjusted[5]));
    const tl_largest_options none = {.n_permutation = 0, .threads = 1};
    CHECK_OK(tl_num_largest(&x, y, counts, &none, NULL, adjusted, &out, &err));
    assert_true(isnan(out.p) && isnan(out.level) && out.at >= 0 && isnan(adjusted[5]));
    tl_matrix_free(&x);
}

static void lost_memory_is_reported_and_nothing_is_kept(void **state) {
    (void)state;
    int counts[BANDS];
    double adjusted[BANDS];
    double y[N];
    tl_err err;
    tl_matrix x;
    tl_largest out;
    all_count(counts);
    noise(&x, y, 2);
    const ptrdiff_t before = tl_live_blocks();
    for (ptrdiff_t k = 0; k < 7; k++) {
        tl_fail_after(k);
        const tl_code code = tl_num_largest(&x, y, counts, &usual, NULL, adjusted, &out, &err);
        tl_fail_after(-1);
        assert_int_equal(code, TL_NOMEM);
        assert_true(tl_live_blocks() == before);
    }
    tl_matrix_free(&x);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(noise_is_rarely_taken_for_a_relation),
        cmocka_unit_test(a_true_relation_stands_above_chance_and_only_there),
        cmocka_unit_test(ties_with_the_real_order_count),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(bands_left_out_and_constant_ones_have_no_p),
        cmocka_unit_test(lost_memory_is_reported_and_nothing_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
