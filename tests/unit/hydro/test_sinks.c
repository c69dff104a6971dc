/* SPDX-License-Identifier: GPL-2.0-or-later
 * Breaching and true sinks: laws that hold on any surface. */
#include "base/grid.h"
#include "base/rng.h"
#include "hydro/breach.h"
#include "hydro/fill.h"
#include "hydro/sinks.h"
#include "kit/check.h"
#include "terrain/neighbours.h"

static void make(tl_grid *g, ptrdiff_t nrow, ptrdiff_t ncol) {
    tl_err err;
    const tl_georef geo = {.transform = {0, 10, 0, 0, 0, -10}, .metres_per_unit = 1.0};
    CHECK_OK(tl_grid_init(g, nrow, ncol, &geo, &err));
}

static void make_rough(tl_grid *dem, ptrdiff_t nrow, ptrdiff_t ncol, int64_t seed, int levels) {
    make(dem, nrow, ncol);
    tl_rng rng = tl_rng_start(seed, TL_STREAM_SIMULATE, 0);
    for (ptrdiff_t at = 0; at < nrow * ncol; at++) {
        dem->data[at] = (float)floor(tl_rng_uniform(&rng) * levels) + 0.05F * (float)(at / ncol);
    }
    dem->data[nrow / 2 * ncol + ncol / 2] = NAN;
}

static int drains(const tl_grid *g, ptrdiff_t at) {
    int outlet = 0;
    int lower = 0;
    for (int i = 0; i < 8; i++) {
        const ptrdiff_t other = tl_terrain_neighbour(g, at / g->ncol, at % g->ncol, i);
        outlet |= other < 0;
        lower |= other >= 0 && g->data[other] < g->data[at];
    }
    return outlet || lower;
}

/* Without limits every pit and flat is drained, no cell is raised, and a surface without pits
 * stays. */
static void ditches_drain_every_pit(void **state) {
    (void)state;
    tl_err err;
    for (int k = 0; k < 6; k++) {
        tl_grid dem, cut;
        make_rough(&dem, 40, 50, k, k % 2 ? 3 : 100);
        make_rough(&cut, 40, 50, k, k % 2 ? 3 : 100);
        const tl_breach_options options = {.max_length = 60, .min_slope_deg = k < 3 ? 0.0 : 0.01};
        ptrdiff_t solved, unsolved;
        CHECK_OK(tl_hydro_breach(&cut, &options, &solved, &unsolved, NULL, &err));
        assert_true(solved > 10);
        assert_int_equal(unsolved, 0);
        for (ptrdiff_t at = 0; at < 2000; at++) {
            assert_int_equal(isnan(dem.data[at]) != 0, isnan(cut.data[at]) != 0);
            assert_true(isnan(dem.data[at]) || cut.data[at] <= dem.data[at]);
            assert_true(isnan(dem.data[at]) || drains(&cut, at));
        }
        memcpy(dem.data, cut.data, 2000 * sizeof(float));
        CHECK_OK(tl_hydro_breach(&cut, &options, &solved, &unsolved, NULL, &err));
        assert_int_equal(solved, 0);
        assert_memory_equal(dem.data, cut.data, 2000 * sizeof(float));
        tl_grid_free(&dem);
        tl_grid_free(&cut);
    }
}

/* A bowl behind a wall of 5 m with a gap of 2 m farther away: the ditch goes through the gap, as
 * deep as the bowl and no deeper than the fall asks for. */
static void ditch_takes_the_cheapest_way(void **state) {
    (void)state;
    tl_err err;
    tl_grid g;
    make(&g, 7, 9);
    for (ptrdiff_t at = 0; at < 63; at++) {
        const ptrdiff_t col = at % 9;
        g.data[at] = col == 4 ? 15.0F : (col > 4 ? 5.0F - (float)col * 0.1F : 11.0F);
        if (at / 9 == 0 || at / 9 == 6 || col == 0) {
            g.data[at] = 20.0F;
        }
    }
    g.data[2 * 9 + 2] = 10.0F;
    g.data[4 * 9 + 4] = 12.0F;
    const tl_breach_options options = {.max_length = 10, .min_slope_deg = 0.0};
    ptrdiff_t solved, unsolved;
    CHECK_OK(tl_hydro_breach(&g, &options, &solved, &unsolved, NULL, &err));
    assert_int_equal(unsolved, 0);
    CHECK_NEAR((double)g.data[4 * 9 + 4], 10.0, 1e-5);
    assert_true(g.data[3 * 9 + 3] < 10.0F);
    assert_true(g.data[2 * 9 + 2] == 10.0F);
    for (ptrdiff_t row = 1; row < 6; row++) {
        assert_true(row == 4 || g.data[row * 9 + 4] == 15.0F);
    }
    tl_grid_free(&g);
}

/* Limits of depth and length leave pits, which are counted; filling afterwards drains the rest. */
static void what_breaching_leaves_is_filled(void **state) {
    (void)state;
    tl_err err;
    tl_grid g, filled;
    make_rough(&g, 40, 50, 5, 100);
    const tl_breach_options options = {.max_length = 2, .max_depth_m = 20.0, .min_slope_deg = 0.01};
    ptrdiff_t solved, unsolved;
    CHECK_OK(tl_hydro_breach(&g, &options, &solved, &unsolved, NULL, &err));
    assert_true(solved > 0 && unsolved > 0);
    ptrdiff_t left = 0;
    for (ptrdiff_t at = 0; at < 2000; at++) {
        left += !isnan(g.data[at]) && !drains(&g, at);
    }
    assert_int_equal(left, unsolved);
    CHECK_OK(tl_hydro_fill(&g, 0.01, &filled, NULL, &err));
    for (ptrdiff_t at = 0; at < 2000; at++) {
        assert_true(isnan(g.data[at]) || drains(&filled, at));
    }
    tl_grid_free(&g);
    tl_grid_free(&filled);
}

/* Of a deep hole, a wide shallow one and a small shallow one, each limit keeps its own. */
static void limits_keep_true_sinks(void **state) {
    (void)state;
    tl_err err;
    tl_grid dem, filled;
    make(&dem, 20, 30);
    for (ptrdiff_t at = 0; at < 600; at++) {
        dem.data[at] = 50.0F;
    }
    dem.data[3 * 30 + 3] = 20.0F;
    for (ptrdiff_t r = 8; r < 14; r++) {
        for (ptrdiff_t c = 8; c < 14; c++) {
            dem.data[r * 30 + c] = 48.0F;
        }
    }
    dem.data[16 * 30 + 20] = 49.0F;
    static const double limit[4][2] = {{0, 0}, {10, 0}, {0, 2000}, {10, 2000}};
    static const int kept_deep[4] = {0, 1, 0, 1};
    static const int kept_wide[4] = {0, 0, 1, 1};
    unsigned char sink[600];
    for (int k = 0; k < 4; k++) {
        CHECK_OK(tl_hydro_fill(&dem, 0.0, &filled, NULL, &err));
        ptrdiff_t n_sinks;
        const tl_sink_limits limits = {limit[k][0], limit[k][1]};
        CHECK_OK(tl_hydro_keep_sinks(&dem, &limits, &filled, sink, &n_sinks, &err));
        assert_int_equal(n_sinks, kept_deep[k] + kept_wide[k]);
        assert_int_equal(sink[3 * 30 + 3], kept_deep[k]);
        assert_true(filled.data[3 * 30 + 3] == (kept_deep[k] ? 20.0F : 50.0F));
        assert_int_equal(sink[8 * 30 + 8], kept_wide[k]);
        assert_true(filled.data[13 * 30 + 13] == (kept_wide[k] ? 48.0F : 50.0F));
        assert_true(filled.data[16 * 30 + 20] == 50.0F && sink[16 * 30 + 20] == 0);
        ptrdiff_t marked = 0;
        for (int at = 0; at < 600; at++) {
            marked += sink[at];
        }
        assert_int_equal(marked, kept_deep[k] + 36 * kept_wide[k]);
        tl_grid_free(&filled);
    }
    tl_grid_free(&dem);
}

static void mistakes_are_named_and_nothing_leaks(void **state) {
    (void)state;
    tl_err err;
    const ptrdiff_t before = tl_live_blocks();
    tl_grid dem, filled;
    unsigned char sink[400];
    ptrdiff_t a, b;
    make_rough(&dem, 20, 20, 1, 50);
    tl_breach_options options = {.max_length = 0};
    assert_int_equal(tl_hydro_breach(&dem, &options, &a, &b, NULL, &err), TL_ARG);
    assert_non_null(strstr(err.text, "length"));
    options = (tl_breach_options){.max_length = 5, .min_slope_deg = 90.0};
    assert_int_equal(tl_hydro_breach(&dem, &options, &a, &b, NULL, &err), TL_ARG);
    options.min_slope_deg = 0.0;
    CHECK_OK(tl_hydro_fill(&dem, 0.0, &filled, NULL, &err));
    tl_sink_limits limits = {-1.0, 0.0};
    assert_int_equal(tl_hydro_keep_sinks(&dem, &limits, &filled, sink, &a, &err), TL_ARG);
    limits.max_depth_m = 1.0;
    for (int k = 0; k < 2; k++) {
        tl_code code = TL_NOMEM;
        ptrdiff_t n = 0;
        for (; code == TL_NOMEM; n++) {
            tl_fail_after(n);
            code = k == 0 ? tl_hydro_keep_sinks(&dem, &limits, &filled, sink, &a, &err)
                          : tl_hydro_breach(&dem, &options, &a, &b, NULL, &err);
            tl_fail_after(-1);
        }
        assert_int_equal(code, TL_OK);
        assert_true(n > 3);
    }
    tl_grid_free(&dem);
    tl_grid_free(&filled);
    assert_int_equal(tl_live_blocks(), before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ditches_drain_every_pit),
        cmocka_unit_test(ditch_takes_the_cheapest_way),
        cmocka_unit_test(what_breaching_leaves_is_filled),
        cmocka_unit_test(limits_keep_true_sinks),
        cmocka_unit_test(mistakes_are_named_and_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
