/* SPDX-License-Identifier: GPL-2.0-or-later
 * A map against the distance to streams: exact means on a map that is made of the distance, and a
 * test that finds what is there and not what is not. */
#include "base/grid.h"
#include "base/rng.h"
#include "kit/check.h"
#include "mapstat/profile.h"

enum { ROWS = 48, COLS = 60, CELLS = ROWS * COLS };

static const double border[] = {10.0, 40.0, 100.0};
static unsigned char mark[CELLS];

static tl_profile_options options_of(ptrdiff_t n_placement) {
    return (tl_profile_options){.border = border,
                                .n_border = 3,
                                .n_placement = n_placement,
                                .seed = 1,
                                .spearman = 1,
                                .threads = 1};
}

/* A stream of order 1 down column 12 and one of order 2 down column 36, on cells of 10 m. */
static void make_world(tl_grid *map) {
    tl_err err;
    const tl_georef geo = {.transform = {0, 10, 0, 0, 0, -10}, .metres_per_unit = 1.0};
    CHECK_OK(tl_grid_init(map, ROWS, COLS, &geo, &err));
    memset(mark, 0, sizeof mark);
    for (int row = 0; row < ROWS; row++) {
        mark[row * COLS + 12] = TL_PROFILE_NO_ORDER + 1;
        mark[row * COLS + 36] = TL_PROFILE_NO_ORDER + 2;
    }
}

static int columns_away(int col) {
    return abs(col - 12) < abs(col - 36) ? abs(col - 12) : abs(col - 36);
}

/* Some autocorrelated field that has nothing to do with the streams. */
static float waves(int row, int col) {
    return (float)(sin(0.31 * row + 0.17 * col) + cos(0.11 * row - 0.23 * col + 1.0));
}

static void a_map_made_of_the_distance_gives_its_means(void **state) {
    (void)state;
    tl_err err;
    tl_grid map;
    make_world(&map);
    double sum[4] = {0}, count[4] = {0};
    for (int i = 0; i < CELLS; i++) {
        const int away = columns_away(i % COLS);
        map.data[i] = 3.0F + (float)away;
        if (i % 7 == 0) {
            map.data[i] = NAN;
            continue;
        }
        const int k = away < 1 ? 0 : (away < 4 ? 1 : (away < 10 ? 2 : 3));
        sum[k] += 3.0 + away;
        count[k] += 1.0;
    }
    tl_profile profile;
    const tl_profile_options options = options_of(99);
    CHECK_OK(tl_mapstat_profile(&map, mark, &options, NULL, &profile, &err));
    assert_int_equal(profile.n_row, 1 + 4 + 2);
    for (int k = 0; k < 4; k++) {
        const tl_profile_row *row = &profile.row[k + 1];
        CHECK_NEAR((double)row->n, count[k], 0.0);
        CHECK_NEAR(row->mean, sum[k] / count[k], 1e-12);
        CHECK_NEAR(row->from_m, k == 0 ? 0.0 : border[k - 1], 0.0);
    }
    CHECK_NEAR(profile.row[1].median, 3.0, 0.0);
    CHECK_NEAR(profile.row[1].standard_error, 0.0, 0.0);
    CHECK_NEAR(profile.farthest_m, 230.0, 0.0);
    CHECK_NEAR(profile.pearson, 1.0, 1e-12);
    CHECK_NEAR(profile.spearman, 1.0, 1e-12);
    /* Only shifts along the streams, or onto each other, do as well. */
    assert_true(profile.placed_pearson.p < 0.1);
    assert_true(profile.row[1].placed.p < 0.1 && profile.row[1].mean < profile.row[1].placed.low);
    assert_int_equal(profile.row[5].order, 1);
    assert_int_equal(profile.row[6].order, 2);
    CHECK_NEAR((double)(profile.row[5].n + profile.row[6].n), (double)profile.row[0].n, 0.0);
    assert_true(isnan(profile.row[0].placed.p));
    tl_mapstat_profile_free(&profile);
    tl_grid_free(&map);
}

/* Over many unrelated maps p is small about as often as it claims. */
static void an_unrelated_map_is_not_found(void **state) {
    (void)state;
    tl_err err;
    tl_grid map;
    make_world(&map);
    int small = 0;
    for (int k = 0; k < 40; k++) {
        tl_rng random = tl_rng_start(k, TL_STREAM_SIMULATE, 2);
        const double shift = 40.0 * tl_rng_uniform(&random), turn = 1.6 * tl_rng_uniform(&random);
        for (int i = 0; i < CELLS; i++) {
            const double row = i / COLS, col = i % COLS;
            map.data[i] = waves((int)(row * cos(turn) + col * sin(turn) + shift),
                                (int)(col * cos(turn) - row * sin(turn) + 2.0 * shift));
        }
        tl_profile profile;
        tl_profile_options options = options_of(49);
        options.spearman = 0;
        CHECK_OK(tl_mapstat_profile(&map, mark, &options, NULL, &profile, &err));
        small += profile.placed_pearson.p <= 0.1;
        assert_true(isnan(profile.spearman) && isnan(profile.placed_spearman.p));
        tl_mapstat_profile_free(&profile);
    }
    /* 4 of 40 are expected; with independent maps 12 or more happen once in 2600 times. */
    assert_true(small < 12);
    tl_grid_free(&map);
}

static void threads_change_nothing_and_seeds_do(void **state) {
    (void)state;
    tl_err err;
    tl_grid map;
    make_world(&map);
    for (int i = 0; i < CELLS; i++) {
        map.data[i] = waves(i / COLS, i % COLS);
    }
    tl_profile one, two, other;
    tl_profile_options options = options_of(20);
    CHECK_OK(tl_mapstat_profile(&map, mark, &options, NULL, &one, &err));
    options.threads = 3;
    CHECK_OK(tl_mapstat_profile(&map, mark, &options, NULL, &two, &err));
    options.seed = 2;
    CHECK_OK(tl_mapstat_profile(&map, mark, &options, NULL, &other, &err));
    for (ptrdiff_t k = 1; k < one.n_row; k++) {
        CHECK_NEAR(one.row[k].placed.mean, two.row[k].placed.mean, 0.0);
        CHECK_NEAR(one.row[k].placed.p, two.row[k].placed.p, 0.0);
        CHECK_NEAR(one.row[k].mean, other.row[k].mean, 0.0);
    }
    assert_true(fabs(one.placed_pearson.mean - other.placed_pearson.mean) > 1e-6);
    tl_mapstat_profile_free(&one);
    tl_mapstat_profile_free(&two);
    tl_mapstat_profile_free(&other);
    tl_grid_free(&map);
}

static void what_cannot_be_compared_is_said(void **state) {
    (void)state;
    tl_err err;
    const ptrdiff_t before = tl_live_blocks();
    tl_grid map;
    make_world(&map);
    for (int i = 0; i < CELLS; i++) {
        map.data[i] = waves(i / COLS, i % COLS);
    }
    tl_profile profile;
    const tl_profile_options options = options_of(3);
    tl_code code = TL_NOMEM;
    for (ptrdiff_t n = 0; code == TL_NOMEM; n++) {
        tl_fail_after(n);
        code = tl_mapstat_profile(&map, mark, &options, NULL, &profile, &err);
        tl_fail_after(-1);
    }
    assert_int_equal(code, TL_OK);
    tl_mapstat_profile_free(&profile);
    memset(mark, 0, sizeof mark);
    assert_int_equal(tl_mapstat_profile(&map, mark, &options, NULL, &profile, &err), TL_DATA);
    mark[5] = TL_PROFILE_NO_ORDER;
    CHECK_OK(tl_mapstat_profile(&map, mark, &options, NULL, &profile, &err));
    assert_int_equal(profile.n_row, 5); /* an unknown order has no row */
    tl_mapstat_profile_free(&profile);
    for (int i = 2; i < CELLS; i++) {
        map.data[i] = NAN;
    }
    assert_int_equal(tl_mapstat_profile(&map, mark, &options, NULL, &profile, &err), TL_DATA);
    tl_grid_free(&map);
    assert_int_equal(tl_live_blocks(), before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_map_made_of_the_distance_gives_its_means),
        cmocka_unit_test(an_unrelated_map_is_not_found),
        cmocka_unit_test(threads_change_nothing_and_seeds_do),
        cmocka_unit_test(what_cannot_be_compared_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
