/* SPDX-License-Identifier: GPL-2.0-or-later
 * Correlation of maps: exact cases, the modified t-test on a map with published numbers, zones and
 * halves. */
#include "base/grid.h"
#include "base/rng.h"
#include "kit/check.h"
#include "mapstat/correlate.h"

/* Two smooth maps of 10 x 12 cells of 10 m. */
static void make_pair(tl_grid *x, tl_grid *y) {
    tl_err err;
    const tl_georef geo = {.transform = {0, 10, 0, 0, 0, -10}, .metres_per_unit = 1.0};
    CHECK_OK(tl_grid_init(x, 10, 12, &geo, &err));
    CHECK_OK(tl_grid_init(y, 10, 12, &geo, &err));
    for (int i = 0; i < 10; i++) {
        for (int j = 0; j < 12; j++) {
            x->data[i * 12 + j] =
                (float)(sin(0.5 * i) + 0.3 * cos(0.7 * j) + 0.05 * ((7 * i + 3 * j) % 5));
            y->data[i * 12 + j] = (float)(0.6 * sin(0.5 * i + 0.4) + 0.4 * cos(0.7 * j) +
                                          0.08 * ((5 * i + 11 * j) % 7));
        }
    }
}

static const tl_correlate_options values_only = {0};
static const tl_correlate_options with_ranks = {.spearman = 1};

static tl_selection everything(const tl_grid *g) {
    return (tl_selection){.col_to = g->ncol};
}

/* The modified t-test as SpatialPack (R) defines it, with numbers worked out in double apart from
 * this code; the maps here are floats, hence 1e-6. */
static void modified_t_test_gives_the_known_numbers(void **state) {
    (void)state;
    tl_err err;
    tl_grid x, y;
    make_pair(&x, &y);
    tl_correlation c;
    const tl_selection all = everything(&x);
    CHECK_OK(tl_mapstat_correlate(&x, &y, &all, &values_only, &c, &err));
    assert_int_equal(c.n, 120);
    CHECK_NEAR(c.pearson, 0.8738985709910, 1e-6);
    CHECK_NEAR(c.n_effective, 9.3973448398684, 1e-5);
    CHECK_NEAR(c.p, 0.00151531967656, 1e-7);
    assert_true(isnan(c.spearman));
    /* With holes the pairs of each class change. */
    for (int j = 4; j <= 7; j++) {
        x.data[3 * 12 + j] = NAN;
        y.data[4 * 12 + j] = NAN;
    }
    x.data[0] = NAN;
    CHECK_OK(tl_mapstat_correlate(&x, &y, &all, &values_only, &c, &err));
    assert_int_equal(c.n, 111);
    CHECK_NEAR(c.pearson, 0.8853984056142, 1e-6);
    CHECK_NEAR(c.n_effective, 8.5638880483557, 1e-5);
    CHECK_NEAR(c.p, 0.00215143521164, 1e-7);
    CHECK_NEAR(c.p_naive / 4.7e-38, 1.0, 0.02);
    tl_grid_free(&x);
    tl_grid_free(&y);
}

/* A map correlates with an increasing line of itself exactly, with a decreasing one exactly
 * opposite; ranks do not see a monotone bend, values do. */
static void lines_correlate_exactly_and_ranks_ignore_bends(void **state) {
    (void)state;
    tl_err err;
    tl_grid x, y;
    make_pair(&x, &y);
    const tl_selection all = everything(&x);
    tl_correlation c;
    for (int i = 0; i < 120; i++) {
        x.data[i] = (float)(i / 2);
        y.data[i] = 7.0F - 2.0F * x.data[i];
    }
    CHECK_OK(tl_mapstat_correlate(&x, &y, &all, &with_ranks, &c, &err));
    CHECK_NEAR(c.pearson, -1.0, 1e-14);
    CHECK_NEAR(c.spearman, -1.0, 1e-14);
    for (int i = 0; i < 120; i++) {
        y.data[i] = expf(0.1F * x.data[i]);
    }
    CHECK_OK(tl_mapstat_correlate(&x, &y, &all, &with_ranks, &c, &err));
    CHECK_NEAR(c.spearman, 1.0, 1e-14);
    assert_true(c.pearson < 0.9);
    tl_grid_free(&x);
    tl_grid_free(&y);
}

/* Halves and zones together see every cell once, and each sees only its own. */
static void zones_and_halves_split_the_map(void **state) {
    (void)state;
    tl_err err;
    tl_grid x, y;
    make_pair(&x, &y);
    int zone[120];
    for (int i = 0; i < 120; i++) {
        zone[i] = i / 12 < 4 ? 1 : 2;
        if (i % 12 >= 6) {
            y.data[i] = 3.0F * x.data[i];
        } else {
            y.data[i] = -x.data[i];
        }
    }
    tl_correlation c;
    const tl_selection left = {.col_from = 0, .col_to = 6};
    const tl_selection right = {.col_from = 6, .col_to = 12};
    CHECK_OK(tl_mapstat_correlate(&x, &y, &left, &values_only, &c, &err));
    assert_int_equal(c.n, 60);
    CHECK_NEAR(c.pearson, -1.0, 1e-6);
    CHECK_OK(tl_mapstat_correlate(&x, &y, &right, &values_only, &c, &err));
    assert_int_equal(c.n, 60);
    CHECK_NEAR(c.pearson, 1.0, 1e-6);
    const tl_selection north = {.zone = zone, .wanted = 1, .col_to = 12};
    CHECK_OK(tl_mapstat_correlate(&x, &y, &north, &values_only, &c, &err));
    assert_int_equal(c.n, 48);
    tl_grid_free(&x);
    tl_grid_free(&y);
}

/* White noise is worth about as many cells as it has, a large smooth map far fewer; taking the
 * trend off leaves the noise, which is worth many again. */
static void neighbours_cost_independence(void **state) {
    (void)state;
    tl_err err;
    tl_grid x, y;
    enum { ROWS = 60, COLUMNS_ = 90, CELLS = ROWS * COLUMNS_ };
    CHECK_OK(tl_grid_init(&x, ROWS, COLUMNS_, NULL, &err));
    CHECK_OK(tl_grid_init(&y, ROWS, COLUMNS_, NULL, &err));
    tl_rng random = tl_rng_start(1, TL_STREAM_SIMULATE, 0);
    for (int i = 0; i < CELLS; i++) {
        x.data[i] = (float)tl_rng_uniform(&random);
        y.data[i] = (float)tl_rng_uniform(&random);
    }
    const tl_selection all = everything(&x);
    tl_correlation c;
    CHECK_OK(tl_mapstat_correlate(&x, &y, &all, &values_only, &c, &err));
    CHECK_NEAR(c.n_effective / CELLS, 1.0, 0.02);
    assert_true(c.n_effective <= CELLS);
    for (int i = 0; i < CELLS; i++) {
        x.data[i] += 0.2F * (float)(i / COLUMNS_) + 0.1F * (float)(i % COLUMNS_);
        y.data[i] += 0.1F * (float)(i % COLUMNS_);
    }
    CHECK_OK(tl_mapstat_correlate(&x, &y, &all, &values_only, &c, &err));
    assert_true(c.n_effective < 10.0);
    assert_true(c.pearson > 0.3 && c.p_naive < 1e-6);
    const tl_correlate_options flat = {.spearman = 1, .detrend = 1};
    CHECK_OK(tl_mapstat_correlate(&x, &y, &all, &flat, &c, &err));
    CHECK_NEAR(c.n_effective / CELLS, 1.0, 0.02);
    CHECK_NEAR(c.pearson, 0.0, 0.05);
    tl_grid_free(&x);
    tl_grid_free(&y);
}

/* The interval is that of Fisher for n_effective pairs, holds r, and is wider than n cells would
 * make it; ranks are tested with the same number. */
static void the_interval_knows_about_neighbours(void **state) {
    (void)state;
    tl_err err;
    tl_grid x, y;
    make_pair(&x, &y);
    const tl_selection all = everything(&x);
    tl_correlation c;
    CHECK_OK(tl_mapstat_correlate(&x, &y, &all, &with_ranks, &c, &err));
    /* tanh(atanh(r) -+ 1.959964 / sqrt(n_effective - 3)). */
    CHECK_NEAR(c.low, 0.5186128, 1e-5);
    CHECK_NEAR(c.high, 0.9718311, 1e-5);
    assert_true(c.p_spearman > 1e-6 && c.p_spearman < 0.05);
    tl_grid_free(&x);
    tl_grid_free(&y);
}

/* A plane with the trend taken off is nothing: not testable, not a correlation of rounding. */
static void a_plane_without_its_trend_is_constant(void **state) {
    (void)state;
    tl_err err;
    tl_grid x, y;
    make_pair(&x, &y);
    for (int i = 0; i < 120; i++) {
        x.data[i] = 1000.0F + 0.3F * (float)(i / 12) - 0.7F * (float)(i % 12);
    }
    const tl_selection all = everything(&x);
    const tl_correlate_options flat = {.detrend = 1};
    tl_correlation c;
    CHECK_OK(tl_mapstat_correlate(&x, &y, &all, &flat, &c, &err));
    assert_true(c.n == 120 && isnan(c.pearson) && isnan(c.p));
    tl_grid_free(&x);
    tl_grid_free(&y);
}

static void what_cannot_be_answered_is_not_a_number(void **state) {
    (void)state;
    tl_err err;
    const ptrdiff_t before = tl_live_blocks();
    tl_grid x, y, z;
    make_pair(&x, &y);
    const tl_selection all = everything(&x);
    tl_correlation c;
    CHECK_OK(tl_grid_init(&z, 10, 12, &x.geo, &err));
    for (int i = 0; i < 120; i++) {
        z.data[i] = 0.1F;
    }
    CHECK_OK(tl_mapstat_correlate(&x, &z, &all, &with_ranks, &c, &err));
    assert_true(c.n == 120 && isnan(c.pearson) && isnan(c.p));
    for (int i = 2; i < 120; i++) {
        z.data[i] = NAN;
    }
    CHECK_OK(tl_mapstat_correlate(&x, &z, &all, &with_ranks, &c, &err));
    assert_true(c.n == 2 && isnan(c.pearson));
    tl_grid_free(&z);
    CHECK_OK(tl_grid_init(&z, 10, 11, NULL, &err));
    assert_int_equal(tl_mapstat_correlate(&x, &z, &all, &with_ranks, &c, &err), TL_SHAPE);
    tl_code code = TL_NOMEM;
    for (ptrdiff_t n = 0; code == TL_NOMEM; n++) {
        tl_fail_after(n);
        code = tl_mapstat_correlate(&x, &y, &all, &with_ranks, &c, &err);
        tl_fail_after(-1);
    }
    assert_int_equal(code, TL_OK);
    tl_grid_free(&x);
    tl_grid_free(&y);
    tl_grid_free(&z);
    assert_int_equal(tl_live_blocks(), before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(modified_t_test_gives_the_known_numbers),
        cmocka_unit_test(lines_correlate_exactly_and_ranks_ignore_bends),
        cmocka_unit_test(zones_and_halves_split_the_map),
        cmocka_unit_test(neighbours_cost_independence),
        cmocka_unit_test(the_interval_knows_about_neighbours),
        cmocka_unit_test(a_plane_without_its_trend_is_constant),
        cmocka_unit_test(what_cannot_be_answered_is_not_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
