/* SPDX-License-Identifier: GPL-2.0-or-later
 * The order of the flood: a dammed valley whose floor winds, and laws that hold on any surface. */
#include "base/grid.h"
#include "base/rng.h"
#include "hydro/fill.h"
#include "hydro/lowest.h"
#include "kit/check.h"
#include "terrain/neighbours.h"

enum { ROWS = 31, COLS = 60, DAM = 52 };

static const tl_flood_order orders[] = {TL_FLOOD_BY_LEVEL, TL_FLOOD_BY_ELEVATION};

static void make(tl_grid *g, ptrdiff_t nrow, ptrdiff_t ncol) {
    tl_err err;
    const tl_georef geo = {.transform = {0, 10, 0, 0, 0, -10}, .metres_per_unit = 1.0};
    CHECK_OK(tl_grid_init(g, nrow, ncol, &geo, &err));
}

/* The row of the valley floor. */
static ptrdiff_t floor_row(ptrdiff_t col) {
    return ROWS / 2 + (ptrdiff_t)lround(9.0 * sin((double)col / 6.0));
}

/* A valley that falls to the east, with a dam of 30 m across it. */
static void make_valley(tl_grid *g) {
    make(g, ROWS, COLS);
    for (ptrdiff_t r = 0; r < ROWS; r++) {
        for (ptrdiff_t c = 0; c < COLS; c++) {
            const double side = fabs((double)(r - floor_row(c)));
            const double dam = c == DAM ? 30.0 + 0.1 * side : 0.0;
            g->data[r * COLS + c] = (float)(100.0 - 0.2 * (double)c + 1.5 * side + dam);
        }
    }
    for (ptrdiff_t r = 0; r < ROWS; r++) { /* ridges around, so that water leaves in the east */
        g->data[r * COLS] = 300.0F;
    }
    for (ptrdiff_t c = 0; c < DAM + 1; c++) {
        g->data[c] = 300.0F;
        g->data[(ROWS - 1) * COLS + c] = 300.0F;
    }
}

/* The neighbour of steepest descent; -1 where there is none. */
static int steepest(const tl_grid *g, ptrdiff_t row, ptrdiff_t col) {
    int best = -1;
    double largest = 0.0;
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        const ptrdiff_t next = tl_terrain_neighbour_inside(g, row, col, i);
        if (next < 0 || isnan(g->data[next])) {
            continue;
        }
        const double fall = (double)g->data[row * g->ncol + col] - (double)g->data[next];
        const double slope = fall / (tl_drow[i] != 0 && tl_dcol[i] != 0 ? sqrt(2.0) : 1.0);
        if (slope > largest) {
            largest = slope;
            best = i;
        }
    }
    return best;
}

/* How far water that starts on the valley floor leaves it before the dam, in cells. */
static ptrdiff_t distance_from_floor(const tl_grid *surface) {
    ptrdiff_t row = floor_row(3);
    ptrdiff_t col = 3;
    ptrdiff_t farthest = 0;
    for (int steps = 0; col < DAM - 1 && steps < ROWS * COLS; steps++) {
        const int i = steepest(surface, row, col);
        assert_true(i >= 0);
        row += tl_drow[i];
        col += tl_dcol[i];
        ptrdiff_t nearest = ROWS;
        for (ptrdiff_t c = col > 3 ? col - 3 : 0; c < col + 4; c++) {
            const ptrdiff_t down = floor_row(c) - row < 0 ? row - floor_row(c) : floor_row(c) - row;
            const ptrdiff_t along = c < col ? col - c : c - col;
            nearest = down + along < nearest ? down + along : nearest;
        }
        farthest = nearest > farthest ? nearest : farthest;
    }
    assert_true(col >= DAM - 1);
    return farthest;
}

static void a_dammed_river_keeps_to_its_valley(void **state) {
    (void)state;
    tl_err err;
    tl_grid dem, filled;
    make_valley(&dem);
    CHECK_OK(tl_hydro_fill_in_order(&dem, 0.01, TL_FLOOD_BY_ELEVATION, &filled, NULL, &err));
    assert_true(distance_from_floor(&filled) <= 1);
    tl_grid_free(&filled);
    CHECK_OK(tl_hydro_fill_in_order(&dem, 0.01, TL_FLOOD_BY_LEVEL, &filled, NULL, &err));
    assert_true(distance_from_floor(&filled) > 5);
    tl_grid_free(&filled);
    tl_grid_free(&dem);
    assert_int_equal(tl_live_blocks(), 0);
}

/* Whole metres with many ties, and some NoData. */
static void make_random(tl_grid *g, int64_t seed, ptrdiff_t nrow, ptrdiff_t ncol) {
    make(g, nrow, ncol);
    tl_rng rng = tl_rng_start(seed, TL_STREAM_SIMULATE, 0);
    for (ptrdiff_t i = 0; i < nrow * ncol; i++) {
        const double z = floor(8.0 * tl_rng_uniform(&rng));
        g->data[i] = tl_rng_uniform(&rng) < 0.02 ? NAN : (float)z;
    }
}

static int is_outlet(const tl_grid *g, ptrdiff_t row, ptrdiff_t col) {
    for (int i = 0; i < TL_NEIGHBOURS; i++) {
        const ptrdiff_t next = tl_terrain_neighbour_inside(g, row, col, i);
        if (next < 0 || isnan(g->data[next])) {
            return 1;
        }
    }
    return 0;
}

static void every_cell_drains_and_none_is_below_the_lowest_surface(void **state) {
    (void)state;
    tl_err err;
    for (int64_t seed = 1; seed <= 60; seed++) {
        const ptrdiff_t nrow = 3 + (ptrdiff_t)(seed % 17);
        const ptrdiff_t ncol = 3 + (ptrdiff_t)(seed % 23);
        tl_grid dem, lowest;
        make_random(&dem, seed, nrow, ncol);
        CHECK_OK(tl_hydro_fill(&dem, 0.0, &lowest, NULL, &err));
        for (int k = 0; k < 2; k++) {
            tl_grid filled;
            CHECK_OK(tl_hydro_fill_in_order(&dem, 0.01, orders[k], &filled, NULL, &err));
            for (ptrdiff_t i = 0; i < nrow * ncol; i++) {
                assert_true(isnan(filled.data[i]) == isnan(dem.data[i]));
                if (isnan(dem.data[i])) {
                    continue;
                }
                assert_true(filled.data[i] >= lowest.data[i]);
                /* A path of the flood has at most as many steps as there are cells. */
                assert_true((double)filled.data[i] <=
                            (double)lowest.data[i] + 0.0025 * (double)(nrow * ncol) + 1e-3);
                assert_true(is_outlet(&dem, i / ncol, i % ncol) ||
                            steepest(&filled, i / ncol, i % ncol) >= 0);
            }
            tl_grid_free(&filled);
        }
        tl_grid_free(&dem);
        tl_grid_free(&lowest);
    }
    assert_int_equal(tl_live_blocks(), 0);
}

static void without_a_minimum_slope_the_order_has_no_effect(void **state) {
    (void)state;
    tl_err err;
    tl_grid dem, surface[2];
    make_random(&dem, 7, 40, 50);
    for (int k = 0; k < 2; k++) {
        CHECK_OK(tl_hydro_fill_in_order(&dem, 0.0, orders[k], &surface[k], NULL, &err));
    }
    assert_memory_equal(surface[0].data, surface[1].data, 40 * 50 * sizeof(float));
    tl_grid_free(&surface[0]);
    tl_grid_free(&surface[1]);
    tl_grid_free(&dem);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dammed_river_keeps_to_its_valley),
        cmocka_unit_test(every_cell_drains_and_none_is_below_the_lowest_surface),
        cmocka_unit_test(without_a_minimum_slope_the_order_has_no_effect),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
