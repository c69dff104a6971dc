/* SPDX-License-Identifier: GPL-2.0-or-later
 * Water that stays inside fields, and cells that may receive water from beyond the DEM. */
#include "base/alloc.h"
#include "hydro/contamination.h"
#include "hydro/fieldflow.h"
#include "hydro/flow.h"
#include "kit/check.h"
#include "terrain/neighbours.h"

enum { ROWS = 37, COLS = 45, CELLS = ROWS * COLS };

/* A rough DEM with a few flats and NoData, cells of 10 m by 12 m. */
static void make_dem(tl_grid *g) {
    tl_err err;
    const tl_georef geo = {.transform = {0, 10, 0, 0, 0, -12}, .metres_per_unit = 1.0};
    CHECK_OK(tl_grid_init(g, ROWS, COLS, &geo, &err));
    for (ptrdiff_t i = 0; i < CELLS; i++) {
        const double r = (double)(i / COLS);
        const double c = (double)(i % COLS);
        g->data[i] = (float)floor(300.0 + 20.0 * sin(0.31 * r) * cos(0.23 * c) +
                                  9.0 * sin(1.9 * r + 0.7 * c) - 0.7 * r);
    }
    g->data[18 * COLS + 15] = NAN;
    g->data[18 * COLS + 16] = NAN;
}

/* Three fields of odd shape; the last columns belong to none. */
static void make_fields(int field[CELLS]) {
    for (ptrdiff_t i = 0; i < CELLS; i++) {
        const ptrdiff_t r = i / COLS;
        const ptrdiff_t c = i % COLS;
        field[i] = c > COLS - 6 ? 0 : (r < 12 + c / 8 ? 1 : (c < 20 ? 2 : 3));
    }
}

static void accumulate(const tl_grid *g, const tl_grid *weight, tl_flow_unit unit, tl_grid *out) {
    tl_err err;
    const tl_flow_options options = {.method = TL_FLOW_MFD,
                                     .edge = TL_FLOW_EDGE_DRAIN,
                                     .convergence = 1.1,
                                     .unit = unit,
                                     .weight = weight,
                                     .threads = 1};
    CHECK_OK(tl_hydro_accumulate(g, &options, out, NULL, &err));
}

static void a_field_that_redistributes_is_a_dem_of_its_own(void **state) {
    (void)state;
    tl_err err;
    tl_grid dem;
    int field[CELLS];
    make_dem(&dem);
    make_fields(field);
    const tl_fieldflow_options options = {.convergence = 1.1};
    tl_grid area;
    CHECK_OK(tl_hydro_accumulate_fields(&dem, field, 3, &options, &area, NULL, &err));
    for (int k = 0; k <= 3; k++) {
        tl_grid alone;
        tl_grid wanted;
        make_dem(&alone);
        for (ptrdiff_t i = 0; i < CELLS; i++) {
            alone.data[i] = field[i] == k ? alone.data[i] : NAN;
        }
        accumulate(&alone, NULL, TL_FLOW_M2, &wanted);
        for (ptrdiff_t i = 0; i < CELLS; i++) {
            if (k == 0 && field[i] == 0) {
                assert_true(isnan(area.data[i]));
            } else if (field[i] == k) {
                assert_int_equal(isnan(area.data[i]) != 0, isnan(dem.data[i]) != 0);
                if (!isnan(area.data[i])) {
                    /* The same sums in doubles, up to the order of additions. */
                    CHECK_NEAR((double)area.data[i], (double)wanted.data[i],
                               1e-6 * (double)wanted.data[i]);
                }
            }
        }
        tl_grid_free(&alone);
        tl_grid_free(&wanted);
    }
    tl_grid_free(&area);
    tl_grid_free(&dem);
}

/* Cells (0, 1) and (1, 0) of field 1 and (1, 1) of field 2 lie below (0, 0) of field 1. */
static void what_flows_into_another_field_is_lost_in_its_share(void **state) {
    (void)state;
    tl_err err;
    tl_grid g;
    const tl_georef geo = {.transform = {0, 10, 0, 0, 0, -10}, .metres_per_unit = 1.0};
    CHECK_OK(tl_grid_init(&g, 2, 2, &geo, &err));
    const float z[4] = {10.0F, 9.0F, 8.0F, 7.0F};
    memcpy(g.data, z, sizeof z);
    const int field[4] = {1, 1, 1, 2};
    const double east = pow(0.1, 2.0);
    const double south = pow(0.2, 2.0);
    const double diagonal = pow(0.3 / sqrt(2.0), 2.0);
    /* (0, 1) and (1, 0) touch in a corner, so (0, 1) passes on to (1, 0) and to field 2. */
    const double down = pow(0.1 / sqrt(2.0), 2.0);
    const double over = pow(0.2, 2.0);
    for (int lose = 0; lose < 2; lose++) {
        const tl_fieldflow_options options = {.convergence = 2.0, .lose_at_border = lose};
        const double all = east + south + (lose ? diagonal : 0.0);
        const double at_east = 100.0 + 100.0 * east / all;
        const double at_south =
            100.0 + 100.0 * south / all + at_east * (lose ? down / (down + over) : 1.0);
        tl_grid area;
        CHECK_OK(tl_hydro_accumulate_fields(&g, field, 2, &options, &area, NULL, &err));
        CHECK_NEAR((double)area.data[0], 100.0, 0.0);
        CHECK_NEAR((double)area.data[1], at_east, 1e-5 * at_east);
        CHECK_NEAR((double)area.data[2], at_south, 1e-5 * at_south);
        CHECK_NEAR((double)area.data[3], 100.0, 0.0);
        tl_grid_free(&area);
    }
    tl_grid_free(&g);
}

static void a_field_without_cells_is_fine_and_a_bad_exponent_is_refused(void **state) {
    (void)state;
    tl_err err;
    tl_grid g;
    make_dem(&g);
    int field[CELLS] = {0};
    tl_grid area;
    tl_fieldflow_options options = {.convergence = 1.1};
    CHECK_OK(tl_hydro_accumulate_fields(&g, field, 2, &options, &area, NULL, &err));
    for (ptrdiff_t i = 0; i < CELLS; i++) {
        assert_true(isnan(area.data[i]));
    }
    tl_grid_free(&area);
    options.convergence = 0.0;
    assert_int_equal(tl_hydro_accumulate_fields(&g, field, 2, &options, &area, NULL, &err), TL_ARG);
    tl_grid_free(&g);
}

/* Seeds as weights: what they reach has a sum above 0. */
static void contaminated_is_what_edge_cells_drain_into(void **state) {
    (void)state;
    tl_err err;
    tl_grid g, seed, reached;
    make_dem(&g);
    CHECK_OK(tl_grid_init(&seed, ROWS, COLS, &g.geo, &err));
    for (ptrdiff_t i = 0; i < CELLS; i++) {
        int missing = 0;
        for (int k = 0; k < TL_NEIGHBOURS; k++) {
            missing |= tl_terrain_neighbour(&g, i / COLS, i % COLS, k) < 0;
        }
        seed.data[i] = missing ? 1.0F : 0.0F;
    }
    accumulate(&g, &seed, TL_FLOW_CELLS, &reached);
    for (int edge = TL_FLOW_EDGE_SAGA; edge <= TL_FLOW_EDGE_DRAIN; edge++) {
        const tl_flow_options options = {
            .method = TL_FLOW_MFD, .edge = (tl_flow_edge)edge, .convergence = 1.1, .threads = 1};
        tl_grid mask;
        CHECK_OK(tl_hydro_contamination(&g, &options, &mask, NULL, &err));
        ptrdiff_t clean = 0;
        for (ptrdiff_t i = 0; i < CELLS; i++) {
            assert_int_equal(isnan(mask.data[i]) != 0, isnan(g.data[i]) != 0);
            if (!isnan(g.data[i])) {
                assert_int_equal(mask.data[i] > 0.0F, reached.data[i] > 0.0F);
                clean += mask.data[i] < 1.0F;
            }
        }
        assert_true(clean > 0);
        tl_grid_free(&mask);
    }
    tl_grid_free(&g);
    tl_grid_free(&seed);
    tl_grid_free(&reached);
}

static void a_hill_is_contaminated_at_its_foot_only(void **state) {
    (void)state;
    tl_err err;
    tl_grid g, mask;
    CHECK_OK(tl_grid_init(&g, 9, 9, NULL, &err));
    for (ptrdiff_t i = 0; i < 81; i++) {
        g.data[i] = (float)(100.0 - hypot((double)(i / 9 - 4), (double)(i % 9 - 4)));
    }
    const tl_flow_options options = {.method = TL_FLOW_D8};
    CHECK_OK(tl_hydro_contamination(&g, &options, &mask, NULL, &err));
    for (ptrdiff_t i = 0; i < 81; i++) {
        const int edge = i / 9 == 0 || i / 9 == 8 || i % 9 == 0 || i % 9 == 8;
        assert_int_equal((int)mask.data[i], edge);
    }
    tl_grid_free(&g);
    tl_grid_free(&mask);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_field_that_redistributes_is_a_dem_of_its_own),
        cmocka_unit_test(what_flows_into_another_field_is_lost_in_its_share),
        cmocka_unit_test(a_field_without_cells_is_fine_and_a_bad_exponent_is_refused),
        cmocka_unit_test(contaminated_is_what_edge_cells_drain_into),
        cmocka_unit_test(a_hill_is_contaminated_at_its_foot_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
