/* SPDX-License-Identifier: GPL-2.0-or-later
 * Divisions of samples: one out, spatial blocks, the gradient split, given folds. */
#include "base/rng.h"
#include "inversion/folds.h"
#include "kit/check.h"

enum { N = 120 };

/* N locations, uniform in a square of 10 km. */
static void scatter(double *x, double *y) {
    tl_rng rng = tl_rng_start(5, TL_STREAM_SIMULATE, 0);
    for (int i = 0; i < N; i++) {
        x[i] = 500000.0 + 10000.0 * tl_rng_uniform(&rng);
        y[i] = 4000000.0 + 10000.0 * tl_rng_uniform(&rng);
    }
}

static void every_group_is_left_out_once(void **state) {
    (void)state;
    tl_err err = {0};
    const ptrdiff_t group[6] = {4, 4, 9, 2, 9, 7};
    const int want[6] = {0, 0, 1, 2, 1, 3};
    tl_division d;
    const tl_division_scheme scheme = {.kind = TL_DIVIDE_ONE_OUT};
    CHECK_OK(
        tl_inversion_divide(&scheme, &(tl_division_data){.n = 6, .group = group}, 0, &d, &err));
    assert_int_equal(d.folds, 4);
    assert_memory_equal(d.fold, want, sizeof want);
    tl_inversion_division_free(&d);
    const ptrdiff_t one[6] = {1, 1, 1, 1, 1, 1};
    assert_int_equal(
        tl_inversion_divide(&scheme, &(tl_division_data){.n = 6, .group = one}, 0, &d, &err),
        TL_DATA);
    assert_null(d.fold);
}

/* Samples of one fold lie together: the nearest other sample of a test sample is a training sample
 * less often than with random folds, and folds stay balanced. */
static void blocks_keep_neighbours_together(void **state) {
    (void)state;
    tl_err err = {0};
    double x[N];
    double y[N];
    scatter(x, y);
    const tl_division_data data = {.n = N, .x = x, .y = y};
    int strangers[2] = {0};
    for (uint32_t repeat = 0; repeat < 5; repeat++) {
        for (int spatial = 0; spatial < 2; spatial++) {
            const tl_division_scheme scheme = {
                .kind = spatial ? TL_DIVIDE_SPATIAL : TL_DIVIDE_RANDOM, .folds = 5, .seed = 3};
            tl_division d;
            CHECK_OK(tl_inversion_divide(&scheme, &data, repeat, &d, &err));
            int size[5] = {0};
            for (int i = 0; i < N; i++) {
                int nearest = i == 0;
                for (int j = 0; j < N; j++) {
                    if (j != i && hypot(x[i] - x[j], y[i] - y[j]) <
                                      hypot(x[i] - x[nearest], y[i] - y[nearest])) {
                        nearest = j;
                    }
                }
                strangers[spatial] += d.fold[i] != d.fold[nearest];
                size[d.fold[i]]++;
            }
            for (int f = 0; f < 5; f++) {
                assert_in_range(size[f], 16, 32);
            }
            if (spatial) {
                assert_in_range(d.blocks, 10, 30);
                assert_true(d.block_side > 1000.0 && d.block_side < 5000.0);
            }
            tl_inversion_division_free(&d);
        }
    }
    /* Random folds part a pair 4 times in 5; pairs much nearer than a block seldom part. */
    assert_true(strangers[0] > 5 * N * 7 / 10);
    assert_true(strangers[1] < 5 * N * 4 / 10);
}

/* With blocks of a given side two samples in one fold block never part, whatever the repeat; the
 * same call returns the same folds, another repeat others. */
static void whole_blocks_are_dealt(void **state) {
    (void)state;
    tl_err err = {0};
    double x[N];
    double y[N];
    for (int i = 0; i < N; i++) { /* 12 clusters of 10 samples, 100 m wide, 10 km apart */
        x[i] = 10000.0 * (double)(i % 4) + 10.0 * (double)(i / 12);
        y[i] = 10000.0 * (double)((i / 4) % 3) + 7.0 * (double)(i / 12);
    }
    int fold[N];
    int again[N];
    int changed = 0;
    tl_spatial_blocks blocks;
    for (uint32_t repeat = 0; repeat < 10; repeat++) {
        CHECK_OK(
            tl_inversion_spatial_folds(N, NULL, x, y, 4, 5000.0, 1, repeat, fold, &blocks, &err));
        CHECK_OK(
            tl_inversion_spatial_folds(N, NULL, x, y, 4, 5000.0, 1, repeat, again, NULL, &err));
        assert_memory_equal(fold, again, sizeof fold);
        assert_in_range(blocks.blocks, 12, 20);
        CHECK_OK(
            tl_inversion_spatial_folds(N, NULL, x, y, 4, 5000.0, 1, repeat + 1, again, NULL, &err));
        changed += memcmp(fold, again, sizeof fold) != 0;
    }
    assert_true(changed > 5);
    /* Chosen blocks are larger than the clusters. */
    CHECK_OK(tl_inversion_spatial_folds(N, NULL, x, y, 4, 0.0, 1, 0, fold, &blocks, &err));
    assert_true(blocks.side > 1000.0);
}

/* A group that reaches over several blocks stays in one fold. */
static void groups_reach_over_blocks(void **state) {
    (void)state;
    tl_err err = {0};
    double x[N];
    double y[N];
    ptrdiff_t group[N];
    int fold[N];
    scatter(x, y);
    for (int i = 0; i < N; i++) {
        group[i] = i % 40;
    }
    CHECK_OK(tl_inversion_spatial_folds(N, group, x, y, 5, 0.0, 1, 0, fold, NULL, &err));
    for (int i = 0; i < N; i++) {
        assert_int_equal(fold[i], fold[i % 40]);
    }
}

static void places_that_make_no_blocks_are_refused(void **state) {
    (void)state;
    tl_err err = {0};
    double x[N];
    double y[N];
    int fold[N];
    scatter(x, y);
    assert_int_equal(tl_inversion_spatial_folds(N, NULL, x, y, 5, 40000.0, 1, 0, fold, NULL, &err),
                     TL_DATA);
    assert_non_null(strstr(err.text, "smaller block side"));
    assert_int_equal(tl_inversion_spatial_folds(N, NULL, x, y, 5, -1.0, 1, 0, fold, NULL, &err),
                     TL_ARG);
    assert_int_equal(tl_inversion_spatial_folds(N, NULL, x, y, 1, 0.0, 1, 0, fold, NULL, &err),
                     TL_ARG);
    x[7] = (double)NAN;
    assert_int_equal(tl_inversion_spatial_folds(N, NULL, x, y, 5, 0.0, 1, 0, fold, NULL, &err),
                     TL_DATA);
    assert_non_null(strstr(err.text, "1 of 120 have none"));
    for (int i = 0; i < N; i++) {
        x[i] = 1.0;
        y[i] = 2.0;
    }
    assert_int_equal(tl_inversion_spatial_folds(N, NULL, x, y, 5, 0.0, 1, 0, fold, NULL, &err),
                     TL_DATA);
    assert_non_null(strstr(err.text, "same coordinates"));
}

/* Without groups the division is the gradient split; with groups whole groups are tested, by their
 * means. */
static void gradient_goes_by_groups(void **state) {
    (void)state;
    tl_err err = {0};
    const double value[8] = {5.0, 1.0, 9.0, 3.0, 7.0, 2.0, 8.0, 4.0};
    int is_test[8];
    CHECK_OK(tl_inversion_gradient_split(value, 8, is_test, &err));
    const tl_division_scheme scheme = {.kind = TL_DIVIDE_GRADIENT};
    tl_division_data data = {.n = 8, .value = value};
    tl_division d;
    CHECK_OK(tl_inversion_divide(&scheme, &data, 0, &d, &err));
    assert_int_equal(d.folds, 1);
    for (int i = 0; i < 8; i++) {
        assert_int_equal(d.fold[i], is_test[i] ? 0 : -1);
    }
    tl_inversion_division_free(&d);
    /* Means 3 (rows 0, 1), 6 (2, 3), 4.5 (4, 5), 6 (6, 7): the second smallest is tested. */
    const ptrdiff_t group[8] = {1, 1, 2, 2, 3, 3, 4, 4};
    data.group = group;
    CHECK_OK(tl_inversion_divide(&scheme, &data, 0, &d, &err));
    for (int i = 0; i < 8; i++) {
        assert_int_equal(d.fold[i], group[i] == 3 ? 0 : -1);
    }
    tl_inversion_division_free(&d);
}

/* Given numbers keep their order, -1 is never tested; torn groups and empty parts are refused. */
static void given_folds_are_numbered(void **state) {
    (void)state;
    tl_err err = {0};
    const int given[6] = {7, -3, 2, 7, 5, -1};
    const int want[6] = {2, -1, 0, 2, 1, -1};
    const ptrdiff_t group[6] = {1, 2, 3, 4, 5, 1};
    const tl_division_scheme scheme = {.kind = TL_DIVIDE_GIVEN};
    tl_division_data data = {.n = 6, .given = given};
    tl_division d;
    CHECK_OK(tl_inversion_divide(&scheme, &data, 0, &d, &err));
    assert_int_equal(d.folds, 3);
    assert_memory_equal(d.fold, want, sizeof want);
    tl_inversion_division_free(&d);
    data.group = group;
    assert_int_equal(tl_inversion_divide(&scheme, &data, 0, &d, &err), TL_DATA);
    assert_non_null(strstr(err.text, "samples 1 and 6 belong together"));
    const int none[6] = {-1, -1, -1, -1, -1, -1};
    const int all[6] = {0};
    data = (tl_division_data){.n = 6, .given = none};
    assert_int_equal(tl_inversion_divide(&scheme, &data, 0, &d, &err), TL_DATA);
    assert_non_null(strstr(err.text, "no sample to test"));
    data.given = all;
    assert_int_equal(tl_inversion_divide(&scheme, &data, 0, &d, &err), TL_DATA);
    assert_non_null(strstr(err.text, "no sample to train on"));
}

/* Every allocation may fail, and nothing is lost. */
static void memory_may_run_out(void **state) {
    (void)state;
    double x[N];
    double y[N];
    scatter(x, y);
    const tl_division_data data = {.n = N, .x = x, .y = y, .value = x};
    for (int kind = TL_DIVIDE_RANDOM; kind <= TL_DIVIDE_GRADIENT; kind++) {
        const tl_division_scheme scheme = {.kind = (tl_division_kind)kind, .folds = 5};
        const ptrdiff_t before = tl_live_blocks();
        tl_code code = TL_NOMEM;
        for (ptrdiff_t k = 0; code == TL_NOMEM; k++) {
            tl_division d;
            tl_fail_after(k);
            code = tl_inversion_divide(&scheme, &data, 0, &d, NULL);
            tl_fail_after(-1);
            tl_inversion_division_free(&d);
            assert_true(k < 30);
        }
        assert_int_equal(code, TL_OK);
        assert_int_equal(tl_live_blocks(), before);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_group_is_left_out_once),
        cmocka_unit_test(blocks_keep_neighbours_together),
        cmocka_unit_test(whole_blocks_are_dealt),
        cmocka_unit_test(groups_reach_over_blocks),
        cmocka_unit_test(places_that_make_no_blocks_are_refused),
        cmocka_unit_test(gradient_goes_by_groups),
        cmocka_unit_test(given_folds_are_numbered),
        cmocka_unit_test(memory_may_run_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
