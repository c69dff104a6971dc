/* SPDX-License-Identifier: GPL-2.0-or-later
 * Directions and sums in tiles equal those of the whole raster to the last bit, however it is
 * cut. */
#include "base/rng.h"
#include "hydro/fill.h"
#include "hydro/flow.h"
#include "hydro/route.h"
#include "hydro/tiles/flow_tiles.h"
#include "hydro/tiles/route_tiles.h"
#include "kit/check.h"
#include "unit/hydro/tiles/tiles_kit.h"

static const tl_flow_method methods[] = {TL_FLOW_MFD, TL_FLOW_D8, TL_FLOW_MFD_QIN,
                                         TL_FLOW_DINF_SAGA, TL_FLOW_DINF_TARBOTON};

/* Heights, of which few levels make flats that reach over many tiles; holes; a lake. */
static void make_ground(tl_grid *dem, ptrdiff_t nrow, ptrdiff_t ncol, int64_t seed, int levels,
                        double min_slope) {
    tl_err err;
    tl_grid rough;
    const tl_georef geo = {.transform = {0, 10, 0, 0, 0, -12.5}, .metres_per_unit = 1.0};
    CHECK_OK(tl_grid_init(&rough, nrow, ncol, &geo, &err));
    tl_rng rng = tl_rng_start(seed, TL_STREAM_SIMULATE, 0);
    for (ptrdiff_t at = 0; at < nrow * ncol; at++) {
        rough.data[at] = (float)floor(tl_rng_uniform(&rng) * levels);
        if (tl_rng_uniform(&rng) < 0.004) {
            rough.data[at] = NAN;
        }
    }
    for (ptrdiff_t r = nrow / 4; r < nrow / 2; r++) {
        for (ptrdiff_t c = ncol / 4; c < 3 * ncol / 4; c++) {
            rough.data[r * ncol + c] = 1.0F;
        }
    }
    if (min_slope < 0.0) {
        *dem = rough;
        return;
    }
    CHECK_OK(tl_hydro_fill(&rough, min_slope, dem, NULL, &err));
    tl_grid_free(&rough);
}

static void directions_do_not_depend_on_the_tiles(void **state) {
    (void)state;
    tl_err err;
    const double slopes[] = {0.0, -1.0, 0.01};
    for (int k = 0; k < 36; k++) {
        tl_grid dem;
        make_ground(&dem, 40 + k, 57 - k / 2, k, k % 2 ? 3 : 30, slopes[k % 3]);
        tl_cells cells;
        CHECK_OK(tl_terrain_cells_init(&cells, &dem, "test", &err));
        const tl_flow_options options = {.method = methods[k % 5],
                                         .edge = (tl_flow_edge)(k / 5 % 2),
                                         .convergence = 1.1,
                                         .keep_flats = k % 11 == 0,
                                         .threads = 1 + (k == 4)};
        const tl_route route = {&dem, &cells, &options};
        unsigned char *want = malloc((size_t)(dem.nrow * dem.ncol));
        unsigned char *got = malloc((size_t)(dem.nrow * dem.ncol));
        CHECK_OK(tl_hydro_route_all(&route, want, NULL, &err));
        for (int cut = 0; cut < n_cuts; cut++) {
            tiled_case tiled;
            breached(&tiled, &dem, &cells, cut);
            tl_paged receivers;
            CHECK_OK(tl_hydro_tiles_route(&tiled.dem_tiles, &options, &receivers, NULL, &err));
            CHECK_OK(
                tl_tiles_paged_read(&receivers, (tl_box){0, 0, dem.nrow, dem.ncol}, got, &err));
            assert_memory_equal(got, want, (size_t)(dem.nrow * dem.ncol));
            tl_tiles_paged_free(&receivers);
            free_tiled(&tiled);
        }
        free(want);
        free(got);
        tl_terrain_cells_free(&cells);
        tl_grid_free(&dem);
    }
}

/* The same sums as in core, with all that tiles may meet. */
static void compare_sums(const tl_grid *dem, const tl_flow_options *options) {
    tl_err err;
    tl_cells cells;
    tl_grid want;
    CHECK_OK(tl_terrain_cells_init(&cells, dem, "test", &err));
    CHECK_OK(tl_hydro_accumulate(dem, options, &want, NULL, &err));
    float *got = malloc((size_t)(dem->nrow * dem->ncol) * sizeof *got);
    for (int cut = 0; cut < n_cuts; cut++) {
        tiled_case tiled;
        tl_paged weight = {0};
        tl_paged flow;
        breached(&tiled, dem, &cells, cut);
        if (options->weight != NULL) {
            page_grid(&weight, options->weight, 8);
        }
        CHECK_OK(tl_hydro_tiles_accumulate(&tiled.dem_tiles, options,
                                           options->weight == NULL ? NULL : &weight, &flow, NULL,
                                           &err));
        CHECK_OK(tl_tiles_paged_read(&flow, (tl_box){0, 0, dem->nrow, dem->ncol}, got, &err));
        assert_memory_equal(got, want.data, (size_t)(dem->nrow * dem->ncol) * sizeof *got);
        tl_tiles_paged_free(&flow);
        tl_tiles_paged_free(&weight);
        free_tiled(&tiled);
    }
    free(got);
    tl_terrain_cells_free(&cells);
    tl_grid_free(&want);
}

static void sums_do_not_depend_on_the_tiles(void **state) {
    (void)state;
    const double slopes[] = {0.01, 0.0, -1.0};
    for (int k = 0; k < 40; k++) {
        tl_grid dem;
        make_ground(&dem, 33 + k, 61 - k, 100 + k, k % 2 ? 4 : 1000, slopes[k % 3]);
        const tl_flow_options options = {.method = methods[k % 5],
                                         .edge = (tl_flow_edge)(k / 5 % 2),
                                         .convergence = k % 7 == 0 ? 4.0 : 1.1,
                                         .unit = (tl_flow_unit)(k / 2 % 2),
                                         .keep_flats = k % 11 == 0,
                                         .threads = 1 + (k == 4)};
        compare_sums(&dem, &options);
        tl_grid_free(&dem);
    }
}

static void weighted_sums_do_not_depend_on_the_tiles(void **state) {
    (void)state;
    tl_err err;
    for (int k = 0; k < 10; k++) {
        tl_grid dem;
        tl_grid weight;
        make_ground(&dem, 50, 41, 300 + k, k % 2 ? 4 : 1000, 0.01);
        CHECK_OK(tl_grid_init(&weight, dem.nrow, dem.ncol, &dem.geo, &err));
        tl_rng rng = tl_rng_start(k, TL_STREAM_SIMULATE, 1);
        for (ptrdiff_t at = 0; at < dem.nrow * dem.ncol; at++) {
            weight.data[at] = (float)(tl_rng_uniform(&rng) * 3.0 - 0.7);
            if (tl_rng_uniform(&rng) < 0.05) {
                weight.data[at] = NAN;
            }
        }
        const tl_flow_options options = {.method = methods[k % 5],
                                         .convergence = 1.1,
                                         .unit = (tl_flow_unit)(k % 2),
                                         .weight = &weight};
        compare_sums(&dem, &options);
        tl_grid_free(&weight);
        tl_grid_free(&dem);
    }
}

/* A plain, one that sinks to a corner, and a raster of one row. */
static void simple_ground_in_tiles(void **state) {
    (void)state;
    tl_err err;
    for (int k = 0; k < 15; k++) {
        tl_grid dem;
        const tl_georef geo = {.transform = {0, 5, 0, 0, 0, -5}, .metres_per_unit = 1.0};
        CHECK_OK(tl_grid_init(&dem, k % 3 == 2 ? 1 : 45, 52, &geo, &err));
        for (ptrdiff_t at = 0; at < dem.nrow * dem.ncol; at++) {
            dem.data[at] = k % 3 == 0 ? 7.0F : (float)(at % dem.ncol + 2 * (at / dem.ncol));
        }
        const tl_flow_options options = {
            .method = methods[k / 3], .edge = TL_FLOW_EDGE_DRAIN, .convergence = 1.1};
        compare_sums(&dem, &options);
        tl_grid_free(&dem);
    }
}

static void nothing_leaks_when_a_tile_finds_no_memory(void **state) {
    (void)state;
    tl_err err;
    const ptrdiff_t before = tl_live_blocks();
    tl_grid dem;
    make_ground(&dem, 30, 30, 1, 3, 0.0);
    tl_cells cells;
    CHECK_OK(tl_terrain_cells_init(&cells, &dem, "test", &err));
    const tl_flow_options options = {.method = TL_FLOW_MFD, .convergence = 1.1};
    tl_code code = TL_NOMEM;
    ptrdiff_t n = 0;
    for (; code == TL_NOMEM && n < 5000; n++) {
        tiled_case tiled;
        tl_paged flow = {0};
        breached(&tiled, &dem, &cells, 2);
        tl_fail_after(n);
        code = tl_hydro_tiles_accumulate(&tiled.dem_tiles, &options, NULL, &flow, NULL, &err);
        tl_fail_after(-1);
        tl_tiles_paged_free(&flow);
        free_tiled(&tiled);
    }
    assert_int_equal(code, TL_OK);
    assert_true(n > 20);
    tl_terrain_cells_free(&cells);
    tl_grid_free(&dem);
    assert_int_equal(tl_live_blocks(), before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(directions_do_not_depend_on_the_tiles),
        cmocka_unit_test(sums_do_not_depend_on_the_tiles),
        cmocka_unit_test(weighted_sums_do_not_depend_on_the_tiles),
        cmocka_unit_test(simple_ground_in_tiles),
        cmocka_unit_test(nothing_leaks_when_a_tile_finds_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
