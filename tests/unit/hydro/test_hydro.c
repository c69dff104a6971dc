/* SPDX-License-Identifier: GPL-2.0-or-later
 * Filling, flow, wetness and LS: the 5 x 5 worked example and laws that hold on any surface. */
#include "base/grid.h"
#include "base/rng.h"
#include "hydro/factors.h"
#include "hydro/fill.h"
#include "hydro/flow.h"
#include "hydro/ls_factor.h"
#include "hydro/twi.h"
#include "kit/check.h"
#include "terrain/gradient.h"
#include "terrain/neighbours.h"

static const double pi = 3.14159265358979323846;

/* The worked example of docs/methods/terrain.md: 10 m cells, values from SAGA 8.5.0. */
static const float example_dem[25] = {55, 54, 53, 52, 51, 54, 50, 41, 51, 50,  53, 47, 44,
                                      48, 46, 52, 46, 45, 43, 42, 51, 48, NAN, 42, 40};

static void make(tl_grid *g, ptrdiff_t nrow, ptrdiff_t ncol, double dx, double dy) {
    tl_err err;
    const tl_georef geo = {.transform = {0, dx, 0, 0, 0, -dy}, .metres_per_unit = 1.0};
    CHECK_OK(tl_grid_init(g, nrow, ncol, &geo, &err));
}

static void make_example(tl_grid *dem) {
    make(dem, 5, 5, 10.0, 10.0);
    memcpy(dem->data, example_dem, sizeof example_dem);
}

static void check_grid(const tl_grid *g, const double *want, double relative) {
    for (ptrdiff_t i = 0; i < g->nrow * g->ncol; i++) {
        if (isnan(want[i])) {
            assert_true(isnan(g->data[i]));
        } else {
            CHECK_NEAR((double)g->data[i], want[i], relative * fabs(want[i]));
        }
    }
}

/* A rough DEM with whole-metre heights (many ties and flats) and some NoData cells. */
static void make_rough(tl_grid *dem, ptrdiff_t nrow, ptrdiff_t ncol, int whole_metres) {
    make(dem, nrow, ncol, 10.0, 10.0);
    for (ptrdiff_t r = 0; r < nrow; r++) {
        for (ptrdiff_t c = 0; c < ncol; c++) {
            const double z = 200.0 + 9.0 * sin(0.31 * (double)r) * cos(0.23 * (double)c) +
                             4.0 * sin(1.9 * (double)r + 0.7 * (double)c) +
                             3.0 * cos(2.3 * (double)c - 1.1 * (double)r);
            dem->data[r * ncol + c] = (float)(whole_metres ? floor(z) : z);
        }
    }
    dem->data[(nrow / 2) * ncol + ncol / 3] = NAN;
    dem->data[(nrow / 2) * ncol + ncol / 3 + 1] = NAN;
}

static void worked_example_agrees_with_saga(void **state) {
    (void)state;
    tl_err err;
    tl_grid dem, filled, d8, mfd, sca, slope, twi, ls;
    make_example(&dem);
    CHECK_OK(tl_hydro_fill(&dem, 1.0, &filled, NULL, &err));
    for (int i = 0; i < 25; i++) {
        if (i == 7) {
            CHECK_NEAR((double)filled.data[i], 44.17455, 4e-6);
        } else {
            assert_true(filled.data[i] == dem.data[i] || isnan(dem.data[i]));
        }
    }
    static const double nan_ = (double)NAN;
    const double want_d8[25] = {100, 100, 100, 100, 100, 100, 100, 300, 100, 100,  100, 100, 500,
                                100, 100, 100, 100, 100, 700, 100, 100, 100, nan_, 100, 100};
    const double want_mfd[25] = {
        100,      116.6349, 108.3141, 106.8886, 110.6569, 116.6349, 283.1754, 589.3972, 120.7424,
        176.3121, 110.2285, 298.3578, 1066.990, 148.3046, 230.5864, 106.7739, 310.5234, 241.8464,
        1341.123, 417.1768, 106.9663, 164.7060, nan_,     405.8543, 837.8993};
    const double want_sca[25] = {
        7.071068, 9.617964, 9.791284, 7.558164, 7.824625, 9.617964, 20.30389, 53.37219, 8.683875,
        13.56385, 9.578479, 22.60372, 75.79169, 12.22951, 17.18689, 9.278288, 27.44665, 17.43979,
        99.96142, 32.98072, 8.456429, 11.87712, nan_,     30.25059, 59.24843};
    const double want_twi[25] = {
        3.912023, 3.149611, 2.400059, 3.978640, 4.013288, 3.149611, 3.516321, 4.769662, 3.201830,
        3.919492, 2.756645, 3.826491, 7.063917, 3.389830, 3.648866, 2.724803, 4.351965, 4.572012,
        5.697186, 4.647216, 3.286220, 3.494724, nan_,     4.907382, 5.344604};
    tl_flow_options options = {.method = TL_FLOW_D8, .convergence = 1.1, .unit = TL_FLOW_M2};
    CHECK_OK(tl_hydro_accumulate(&filled, &options, &d8, NULL, &err));
    check_grid(&d8, want_d8, 0.0);
    options.method = TL_FLOW_MFD;
    CHECK_OK(tl_hydro_accumulate(&filled, &options, &mfd, NULL, &err));
    /* The printed values carry seven digits. */
    check_grid(&mfd, want_mfd, 1e-6);
    CHECK_OK(tl_hydro_sca(&filled, &mfd, &sca, &err));
    check_grid(&sca, want_sca, 1e-6);
    CHECK_OK(tl_terrain_slope(&filled, TL_SLOPE_ZEVENBERGEN_THORNE, TL_SLOPE_RADIAN, &slope, NULL,
                              NULL, &err));
    CHECK_OK(tl_hydro_twi(&slope, &sca, &twi, &err));
    check_grid(&twi, want_twi, 1e-6);
    const double want_moore[5] = {9.842749, 11.2351, 1.500174, 7.253869, 9.086899};
    const double want_desmet[5] = {5.380794, 5.298097, 0.8136029, 4.059533, 4.612034};
    const double want_boehner[5] = {13.22388, 15.00372, 1.172964, 8.405606, 11.30515};
    for (int col = 0; col < 5; col++) {
        const double b = (double)slope.data[10 + col];
        const double a = (double)sca.data[10 + col];
        CHECK_NEAR(tl_hydro_ls_moore(b, a) / want_moore[col], 1.0, 1e-6);
        CHECK_NEAR(tl_hydro_ls_boehner_selige(b, a) / want_boehner[col], 1.0, 1e-6);
        /* The printed example feeds the specific area and x = 1 to Desmet & Govers, as SAGA's tool
         * does. */
        CHECK_NEAR(tl_hydro_ls_desmet_govers(b, a, 10.0, 1.0) / want_desmet[col], 1.0, 1e-6);
    }
    tl_cells cells;
    CHECK_OK(tl_terrain_cells_init(&cells, &filled, "test", &err));
    tl_factor_source source = {.surface = &filled, .area_m2 = &mfd, .cells = &cells};
    for (int factor = 0; factor < TL_FACTORS; factor++) {
        const double *want[TL_FACTORS] = {[TL_FACTOR_SCA] = want_sca, [TL_FACTOR_TWI] = want_twi};
        CHECK_OK(tl_hydro_factor(&source, (tl_factor)factor, 2, &ls, &err));
        if (want[factor] != NULL) {
            check_grid(&ls, want[factor], 1e-6);
        }
        tl_grid_free(&ls);
    }
    CHECK_OK(tl_hydro_factor(&source, TL_FACTOR_LS, 1, &ls, &err));
    for (int col = 0; col < 5; col++) {
        CHECK_NEAR((double)ls.data[10 + col] / want_moore[col], 1.0, 1e-6);
    }
    tl_grid_free(&ls);
    /* The map uses the published form: inflow without the own cell, and the direction of flow. */
    double north;
    double east;
    tl_terrain_gradient(&filled, 2, 1, 10.0, 10.0, TL_SLOPE_ZEVENBERGEN_THORNE, &north, &east);
    source.ls_method = TL_LS_DESMET_GOVERS;
    CHECK_OK(tl_hydro_factor(&source, TL_FACTOR_LS, 1, &ls, &err));
    const double x = (fabs(north) + fabs(east)) / hypot(north, east);
    CHECK_NEAR(
        (double)ls.data[11],
        tl_hydro_ls_desmet_govers((double)slope.data[11], (double)mfd.data[11] - 100.0, 10.0, x),
        1e-5);
    tl_grid_free(&ls);
    /* SAGA's reading is the one of the printed example. */
    source.ls_form = TL_LS_SAGA;
    CHECK_OK(tl_hydro_factor(&source, TL_FACTOR_LS, 1, &ls, &err));
    for (int col = 0; col < 5; col++) {
        CHECK_NEAR((double)ls.data[10 + col] / want_desmet[col], 1.0, 1e-6);
    }
    tl_terrain_cells_free(&cells);
    tl_grid *all[] = {&dem, &filled, &d8, &mfd, &sca, &slope, &twi, &ls};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        tl_grid_free(all[i]);
    }
}

/* On a straight slope of 9 % facing east with contour lines along the columns, Desmet & Govers
 * integrated down the slope is the plain slope length formula (lambda / 22.13)^m S. */
static void desmet_govers_is_slope_length_on_a_plane(void **state) {
    (void)state;
    const double slope = atan(0.05);
    const double s = sin(slope);
    const double ratio = (s / 0.0896) / (3.0 * pow(s, 0.8) + 0.56);
    const double m = ratio / (1.0 + ratio);
    double sum = 0.0;
    for (int k = 0; k < 20; k++) {
        sum += tl_hydro_ls_desmet_govers(slope, 100.0 * k, 10.0, 1.0) * 10.0;
    }
    /* Mean LS of a slope of 200 m; the telescoping sum is exact up to rounding. */
    CHECK_NEAR(sum / 200.0, pow(200.0 / 22.13, m) * (10.8 * s + 0.03), 1e-12);
}

/* A filled surface is nowhere below the DEM, equals the DEM where that already drained, and every
 * cell inside has a neighbour to drain to: not higher with m = 0, strictly lower with m > 0. */
static void filled_ground_drains(void **state) {
    (void)state;
    tl_err err;
    for (int kind = 0; kind < 4; kind++) {
        tl_grid dem, filled;
        make_rough(&dem, 41, 53, kind % 2);
        const double minimum = kind < 2 ? 0.0 : 0.01;
        CHECK_OK(tl_hydro_fill(&dem, minimum, &filled, NULL, &err));
        int raised = 0;
        for (ptrdiff_t at = 0; at < 41 * 53; at++) {
            assert_int_equal(isnan(dem.data[at]) != 0, isnan(filled.data[at]) != 0);
            if (isnan(dem.data[at])) {
                continue;
            }
            assert_true(filled.data[at] >= dem.data[at]);
            raised += filled.data[at] > dem.data[at];
            int outlet = 0;
            int drains = 0;
            for (int i = 0; i < 8; i++) {
                const ptrdiff_t other = tl_terrain_neighbour(&filled, at / 53, at % 53, i);
                outlet |= other < 0;
                drains |= other >= 0 && (minimum > 0.0 ? filled.data[other] < filled.data[at]
                                                       : filled.data[other] <= filled.data[at]);
            }
            assert_true(outlet || drains);
        }
        assert_true(raised > 20);
        tl_grid again;
        CHECK_OK(tl_hydro_fill(&filled, 0.0, &again, NULL, &err));
        for (ptrdiff_t at = 0; at < 41 * 53; at++) {
            assert_true(isnan(again.data[at]) || again.data[at] == filled.data[at]);
        }
        tl_grid_free(&again);
        tl_grid_free(&dem);
        tl_grid_free(&filled);
    }
}

/* With half-metre cells at 3000 m the increment of 0.01 degrees is below a float's resolution; the
 * surface still has no flats. */
static void increments_below_float_resolution_still_drain(void **state) {
    (void)state;
    tl_err err;
    tl_grid dem, filled;
    make(&dem, 20, 20, 0.5, 0.5);
    for (ptrdiff_t i = 0; i < 400; i++) {
        dem.data[i] = 3000.0F;
    }
    CHECK_OK(tl_hydro_fill(&dem, 0.01, &filled, NULL, &err));
    for (ptrdiff_t r = 1; r < 19; r++) {
        for (ptrdiff_t c = 1; c < 19; c++) {
            int lower = 0;
            for (int i = 0; i < 8; i++) {
                lower |=
                    filled.data[tl_terrain_neighbour(&filled, r, c, i)] < filled.data[r * 20 + c];
            }
            assert_true(lower);
        }
    }
    tl_grid_free(&dem);
    tl_grid_free(&filled);
}

/* What enters a grid leaves it: with edges that drain, the flow of all cells that pass nothing on
 * adds up to the number of valid cells; this holds for D8 and for MFD, and an unfilled surface
 * keeps the rest in its pits. */
static void accumulation_conserves_cells(void **state) {
    (void)state;
    tl_err err;
    for (int fill = 0; fill < 2; fill++) {
        tl_grid dem, surface, flow;
        make_rough(&dem, 41, 53, 1);
        CHECK_OK(tl_hydro_fill(&dem, 0.01, &surface, NULL, &err));
        const tl_grid *routed = fill ? &surface : &dem;
        for (int method = 0; method < 2; method++) {
            const tl_flow_options options = {.method = (tl_flow_method)method,
                                             .edge = TL_FLOW_EDGE_DRAIN,
                                             .convergence = 1.1,
                                             .unit = TL_FLOW_CELLS,
                                             .keep_flats = 1};
            CHECK_OK(tl_hydro_accumulate(routed, &options, &flow, NULL, &err));
            double kept = 0.0;
            int valid = 0;
            for (ptrdiff_t at = 0; at < 41 * 53; at++) {
                if (isnan(routed->data[at])) {
                    continue;
                }
                valid++;
                assert_true(flow.data[at] >= 1.0F);
                int lower = 0;
                for (int i = 0; i < 8; i++) {
                    const ptrdiff_t other = tl_terrain_neighbour(routed, at / 53, at % 53, i);
                    lower |= other >= 0 && routed->data[other] < routed->data[at];
                }
                kept += lower ? 0.0 : (double)flow.data[at];
            }
            /* Sums are stored as floats of size 1000. */
            CHECK_NEAR(kept, (double)valid, 0.01);
            tl_grid_free(&flow);
        }
        tl_grid_free(&dem);
        tl_grid_free(&surface);
    }
}

/* Turning the DEM by a quarter turns MFD flow and the wetness index with it. */
static void turning_the_ground_turns_the_flow(void **state) {
    (void)state;
    tl_err err;
    enum { n = 31 };
    tl_grid dem, turned, flow[2], sca[2], slope[2], twi[2];
    make_rough(&dem, n, n, 0);
    make(&turned, n, n, 10.0, 10.0);
    for (ptrdiff_t r = 0; r < n; r++) {
        for (ptrdiff_t c = 0; c < n; c++) {
            turned.data[c * n + (n - 1 - r)] = dem.data[r * n + c];
        }
    }
    const tl_grid *routed[2] = {&dem, &turned};
    const tl_flow_options options = {.convergence = 1.1, .unit = TL_FLOW_M2};
    for (int k = 0; k < 2; k++) {
        CHECK_OK(tl_hydro_accumulate(routed[k], &options, &flow[k], NULL, &err));
        CHECK_OK(tl_hydro_sca(routed[k], &flow[k], &sca[k], &err));
        CHECK_OK(tl_terrain_slope(routed[k], TL_SLOPE_ZEVENBERGEN_THORNE, TL_SLOPE_RADIAN,
                                  &slope[k], NULL, NULL, &err));
        CHECK_OK(tl_hydro_twi(&slope[k], &sca[k], &twi[k], &err));
    }
    for (ptrdiff_t r = 0; r < n; r++) {
        for (ptrdiff_t c = 0; c < n; c++) {
            const ptrdiff_t i = r * n + c;
            const ptrdiff_t j = c * n + (n - 1 - r);
            if (!isnan(dem.data[i])) {
                CHECK_NEAR((double)flow[1].data[j] / (double)flow[0].data[i], 1.0, 1e-6);
                CHECK_NEAR((double)twi[1].data[j], (double)twi[0].data[i], 1e-5);
            }
        }
    }
    for (int k = 0; k < 2; k++) {
        tl_grid_free(&flow[k]);
        tl_grid_free(&sca[k]);
        tl_grid_free(&slope[k]);
        tl_grid_free(&twi[k]);
    }
    tl_grid_free(&dem);
    tl_grid_free(&turned);
}

/* On cells that are not square, or in degrees, area is counted in true square metres and the width
 * of flow due north is the width of the cell. */
static void areas_are_true_square_metres(void **state) {
    (void)state;
    tl_err err;
    const tl_georef geo = {.transform = {0, 0.001, 0, 60.0015, 0, -0.001},
                           .is_geographic = 1,
                           .metres_per_unit = 1.0,
                           .semi_major_m = 6371000.0};
    tl_grid dem, flow, sca;
    CHECK_OK(tl_grid_init(&dem, 3, 1, &geo, &err));
    dem.data[0] = 1.0F;
    dem.data[1] = 2.0F;
    dem.data[2] = 3.0F;
    const tl_flow_options options = {
        .edge = TL_FLOW_EDGE_DRAIN, .convergence = 1.1, .unit = TL_FLOW_M2};
    CHECK_OK(tl_hydro_accumulate(&dem, &options, &flow, NULL, &err));
    const double side = 0.001 * pi / 180.0 * 6371000.0;
    /* Mean of the three cosines is the middle one to 1e-9; floats hold 1e-7. */
    CHECK_NEAR((double)flow.data[0] / (3.0 * side * side * 0.5), 1.0, 1e-6);
    CHECK_OK(tl_hydro_sca(&dem, &flow, &sca, &err));
    /* Width is that of the northern row, 1.0000302 narrower than the middle one. */
    CHECK_NEAR((double)sca.data[0] / (3.0 * side), 1.0, 1e-4);
    tl_grid_free(&dem);
    tl_grid_free(&flow);
    tl_grid_free(&sca);
}

static void mistakes_are_named_and_nothing_leaks(void **state) {
    (void)state;
    tl_err err;
    const ptrdiff_t before = tl_live_blocks();
    tl_grid dem, out;
    make_example(&dem);
    assert_int_equal(tl_hydro_fill(&dem, -1.0, &out, NULL, &err), TL_ARG);
    assert_non_null(strstr(err.text, "minimum slope"));
    tl_flow_options options = {.convergence = 0.0};
    assert_int_equal(tl_hydro_accumulate(&dem, &options, &out, NULL, &err), TL_ARG);
    options.convergence = 1.1;
    for (int k = 0; k < 3; k++) {
        tl_code code = TL_NOMEM;
        ptrdiff_t n = 0;
        for (; code == TL_NOMEM; n++) {
            tl_fail_after(n);
            options.method = k == 1 ? TL_FLOW_D8 : TL_FLOW_MFD;
            code = k == 0 ? tl_hydro_fill(&dem, 0.01, &out, NULL, &err)
                          : tl_hydro_accumulate(&dem, &options, &out, NULL, &err);
            tl_fail_after(-1);
        }
        assert_int_equal(code, TL_OK);
        assert_true(n > 4);
        tl_grid_free(&out);
    }
    for (int i = 0; i < 25; i++) {
        dem.data[i] = NAN;
    }
    assert_int_equal(tl_hydro_fill(&dem, 0.01, &out, NULL, &err), TL_DATA);
    tl_grid_free(&dem);
    assert_int_equal(tl_live_blocks(), before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worked_example_agrees_with_saga),
        cmocka_unit_test(desmet_govers_is_slope_length_on_a_plane),
        cmocka_unit_test(filled_ground_drains),
        cmocka_unit_test(increments_below_float_resolution_still_drain),
        cmocka_unit_test(accumulation_conserves_cells),
        cmocka_unit_test(turning_the_ground_turns_the_flow),
        cmocka_unit_test(areas_are_true_square_metres),
        cmocka_unit_test(mistakes_are_named_and_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
