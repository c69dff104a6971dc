/* SPDX-License-Identifier: GPL-2.0-or-later
 * Permutation test: what may be exchanged, and that p is uniform when there is nothing to find. */
#include "base/rng.h"
#include "inversion/permutation.h"
#include "kit/check.h"
#include "num/stats.h"

enum { N = 20 };

/* Every arrangement is the values in another order; replicates keep one value; another number
 * returns another order. */
static void values_are_exchanged(void **state) {
    (void)state;
    tl_err err = {0};
    double y[N];
    double sorted[N];
    double permuted[N];
    double other[N];
    ptrdiff_t movable = 0;
    for (int i = 0; i < N; i++) {
        y[i] = (double)(i * i);
    }
    CHECK_OK(tl_inversion_permute(y, N, NULL, 1, 1, permuted, &movable, &err));
    assert_int_equal(movable, N);
    CHECK_OK(tl_inversion_permute(y, N, NULL, 1, 2, other, NULL, &err));
    assert_memory_not_equal(permuted, other, sizeof other);
    memcpy(sorted, permuted, sizeof sorted);
    tl_num_sort(sorted, N);
    assert_memory_equal(sorted, y, sizeof y);
    /* Replicates of unequal number: one value per group before and after. */
    const ptrdiff_t group[8] = {1, 1, 1, 2, 3, 3, 4, 5};
    const double value[8] = {10.0, 10.0, 10.0, 20.0, 30.0, 30.0, 40.0, 50.0};
    int moved = 0;
    for (uint32_t k = 0; k < 20; k++) {
        CHECK_OK(tl_inversion_permute(value, 8, group, 1, k, permuted, &movable, &err));
        assert_int_equal(movable, 5);
        assert_true(permuted[0] == permuted[1] && permuted[1] == permuted[2]);
        assert_true(permuted[4] == permuted[5]);
        double sum = permuted[0] + permuted[3] + permuted[4] + permuted[6] + permuted[7];
        CHECK_NEAR(sum, 150.0, 0.0);
        moved += permuted[0] != 10.0;
    }
    assert_in_range(moved, 8, 20); /* 4 of 5 on average */
}

/* Different samples in one pixel: their values move together, in their order, to a group of as
 * many; the only group of three stays. */
static void groups_move_as_wholes(void **state) {
    (void)state;
    tl_err err = {0};
    const ptrdiff_t group[11] = {1, 1, 2, 3, 2, 3, 4, 5, 6, 6, 6};
    const double y[11] = {10.0, 11.0, 20.0, 30.0, 21.0, 31.0, 40.0, 50.0, 60.0, 61.0, 62.0};
    double permuted[11];
    ptrdiff_t movable = 0;
    int moved = 0;
    for (uint32_t k = 0; k < 20; k++) {
        CHECK_OK(tl_inversion_permute(y, 11, group, 1, k, permuted, &movable, &err));
        assert_int_equal(movable, 5);
        CHECK_NEAR(permuted[1], permuted[0] + 1.0, 0.0);
        CHECK_NEAR(permuted[4], permuted[2] + 1.0, 0.0);
        CHECK_NEAR(permuted[5], permuted[3] + 1.0, 0.0);
        CHECK_NEAR(permuted[6] + permuted[7], 90.0, 0.0);
        CHECK_NEAR(permuted[0] + permuted[2] + permuted[3], 60.0, 0.0);
        CHECK_NEAR(permuted[9], 61.0, 0.0);
        moved += permuted[0] != 10.0;
    }
    assert_in_range(moved, 5, 20); /* 2 of 3 on average */
}

typedef struct pair {
    double x[N];
} pair;

static tl_code correlation(void *arg, const double *y, ptrdiff_t number, double *statistic,
                           tl_err *err) {
    (void)number;
    (void)err;
    *statistic = tl_num_pearson(((pair *)arg)->x, y, N);
    return TL_OK;
}

/* 400 studies of pure noise: p falls below 0.1, 0.2, ... as often as it should. The largest
 * distance between their distribution and the uniform one stays below Kolmogorov's bound at 0.001,
 * 1.95 / sqrt(400) = 0.0975. Real relations get the smallest p there is. */
static void p_is_uniform_when_there_is_nothing(void **state) {
    (void)state;
    tl_err err = {0};
    enum { studies = 400 };
    const tl_permutation_options options = {.permutations = 99, .seed = 4, .threads = 1};
    double p[studies];
    pair one;
    double y[N];
    tl_permutation_result r;
    for (uint32_t s = 0; s < studies; s++) {
        tl_rng rng = tl_rng_start(8, TL_STREAM_SIMULATE, s);
        for (int i = 0; i < N; i++) {
            one.x[i] = tl_rng_normal(&rng);
            y[i] = tl_rng_normal(&rng);
        }
        const double observed = tl_num_pearson(one.x, y, N);
        const tl_permutation_options own = {.permutations = 99, .seed = (int64_t)s, .threads = 1};
        CHECK_OK(tl_inversion_permutation_test(correlation, &one, observed, y, N, NULL, &own, NULL,
                                               NULL, &r, &err));
        p[s] = r.p;
        CHECK_NEAR(r.median, 0.0, 0.15);
        CHECK_NEAR(r.level, 1.65 / sqrt(N - 1.0), 0.15);
    }
    tl_num_sort(p, studies);
    for (int s = 0; s < studies; s++) {
        CHECK_NEAR(p[s], ((double)s + 0.5) / (double)studies, 0.0975 + 0.005);
    }
    for (int i = 0; i < N; i++) {
        y[i] = 2.0 * one.x[i];
    }
    CHECK_OK(tl_inversion_permutation_test(correlation, &one, 1.0 - 1e-9, y, N, NULL, &options,
                                           NULL, NULL, &r, &err));
    assert_int_equal(r.reaching, 0);
    CHECK_NEAR(r.p, 0.01, 1e-15);
}

/* The same bytes with one and two threads; the values come in the order of their numbers. */
static void threads_change_nothing(void **state) {
    (void)state;
    tl_err err = {0};
    pair one;
    double y[N];
    double a[50];
    double b[50];
    tl_rng rng = tl_rng_start(8, TL_STREAM_SIMULATE, 9);
    for (int i = 0; i < N; i++) {
        one.x[i] = tl_rng_normal(&rng);
        y[i] = tl_rng_normal(&rng);
    }
    tl_permutation_options options = {.permutations = 50, .seed = 1, .threads = 1};
    tl_permutation_result r;
    tl_permutation_result q;
    CHECK_OK(tl_inversion_permutation_test(correlation, &one, 0.1, y, N, NULL, &options, a, NULL,
                                           &r, &err));
    options.threads = 2;
    CHECK_OK(tl_inversion_permutation_test(correlation, &one, 0.1, y, N, NULL, &options, b, NULL,
                                           &q, &err));
    assert_memory_equal(a, b, sizeof a);
    CHECK_NEAR(r.p, q.p, 0.0);
    double permuted[N];
    CHECK_OK(tl_inversion_permute(y, N, NULL, 1, 3, permuted, NULL, &err));
    CHECK_NEAR(a[2], tl_num_pearson(one.x, permuted, N), 0.0);
}

static tl_code missing(void *arg, const double *y, ptrdiff_t number, double *statistic,
                       tl_err *err) {
    (void)arg;
    (void)y;
    *statistic = (double)NAN;
    return number == 7 && arg != NULL ? tl_fail(err, TL_NUMERIC, "number %td failed", number)
                                      : TL_OK;
}

/* Statistics that do not exist count against the model; failures and invalid requests are
 * reported. */
static void trouble_is_reported(void **state) {
    (void)state;
    tl_err err = {0};
    double y[N];
    ptrdiff_t group[N];
    for (int i = 0; i < N; i++) {
        y[i] = (double)i;
        group[i] = i < 2 ? i : 2;
    }
    tl_permutation_options options = {.permutations = 19, .seed = 1, .threads = 2};
    tl_permutation_result r;
    CHECK_OK(tl_inversion_permutation_test(missing, NULL, 0.5, y, N, NULL, &options, NULL, NULL, &r,
                                           &err));
    CHECK_NEAR(r.p, 1.0, 0.0);
    assert_true(isnan(r.median) && isnan(r.level));
    assert_int_equal(
        tl_inversion_permutation_test(missing, y, 0.5, y, N, NULL, &options, NULL, NULL, &r, &err),
        TL_NUMERIC);
    assert_string_equal(err.text, "number 7 failed");
    assert_int_equal(tl_inversion_permutation_test(missing, NULL, 0.5, y, N, group, &options, NULL,
                                                   NULL, &r, &err),
                     TL_DATA);
    assert_int_equal(tl_inversion_permutation_test(missing, NULL, (double)NAN, y, N, NULL, &options,
                                                   NULL, NULL, &r, &err),
                     TL_DATA);
    options.permutations = 0;
    assert_int_equal(tl_inversion_permutation_test(missing, NULL, 0.5, y, N, NULL, &options, NULL,
                                                   NULL, &r, &err),
                     TL_ARG);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_exchanged),
        cmocka_unit_test(groups_move_as_wholes),
        cmocka_unit_test(p_is_uniform_when_there_is_nothing),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(trouble_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
