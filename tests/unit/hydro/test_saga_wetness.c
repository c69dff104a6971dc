/* SPDX-License-Identifier: GPL-2.0-or-later
 * SAGA wetness index: the one pass against sweeps that end when nothing changes, and unusual
 * surfaces. */
#include "base/grid.h"
#include "hydro/saga_wetness.h"
#include "kit/check.h"
#include "terrain/gradient.h"
#include "terrain/neighbours.h"

enum { NROW = 37, NCOL = 29 };

static const tl_saga_wetness_options usual = {.suction = 10.0,
                                              .slope_weight = 1.0,
                                              .slope_offset = 0.1 * 3.14159265358979323846 / 180.0,
                                              .area = TL_SAGA_WETNESS_SPECIFIC,
                                              .slope = TL_SAGA_WETNESS_CATCHMENT};

/* A gentle valley with noise, a flat and two holes; cells of 20 by 30 m. */
static void make_dem(tl_grid *g) {
    tl_err err;
    const tl_georef geo = {.transform = {0, 20, 0, 0, 0, -30}, .metres_per_unit = 1.0};
    CHECK_OK(tl_grid_init(g, NROW, NCOL, &geo, &err));
    for (ptrdiff_t r = 0; r < NROW; r++) {
        for (ptrdiff_t c = 0; c < NCOL; c++) {
            const double noise = 0.4 * sin(12.9 * (double)r + 78.2 * (double)c);
            g->data[r * NCOL + c] =
                (float)(0.3 * (double)(NROW - r) + noise + 0.05 * (double)((c - 14) * (c - 14)));
        }
    }
    for (ptrdiff_t c = 10; c < 16; c++) {
        g->data[20 * NCOL + c] = 3.0F;
        g->data[21 * NCOL + c] = 3.0F;
    }
    g->data[5 * NCOL + 5] = NAN;
    g->data[0] = NAN;
}

/* The area after spreading by plain sweeps over all cells until nothing changes. */
static void sweep(const tl_grid *dem, const tl_grid *area, const tl_grid *slope, double *spread) {
    for (ptrdiff_t at = 0; at < NROW * NCOL; at++) {
        spread[at] = (double)area->data[at];
    }
    for (int changed = 1; changed;) {
        changed = 0;
        for (ptrdiff_t at = 0; at < NROW * NCOL; at++) {
            if (isnan(dem->data[at])) {
                continue;
            }
            const double t = pow(10.0, (double)slope->data[at]);
            for (int i = 0; i < TL_NEIGHBOURS; i++) {
                const ptrdiff_t other = tl_terrain_neighbour(dem, at / NCOL, at % NCOL, i);
                const double held = other < 0 ? 0.0 : pow(1.0 / t, exp(t)) * spread[other];
                if (held > spread[at] * (1.0 + 1e-12)) {
                    spread[at] = held;
                    changed = 1;
                }
            }
        }
    }
}

static void one_pass_equals_sweeps(void **state) {
    (void)state;
    tl_err err;
    tl_grid dem, slope, index, area, modified, mean;
    make_dem(&dem);
    CHECK_OK(tl_terrain_slope(&dem, TL_SLOPE_ZEVENBERGEN_THORNE, TL_SLOPE_RADIAN, &slope, NULL,
                              NULL, &err));
    const tl_saga_wetness out = {&index, &area, &modified, &mean};
    CHECK_OK(tl_hydro_saga_wetness(&dem, &usual, &out, NULL, &err));
    double spread[NROW * NCOL];
    sweep(&dem, &area, &slope, spread);
    int raised_cells = 0;
    for (ptrdiff_t at = 0; at < NROW * NCOL; at++) {
        if (isnan(dem.data[at])) {
            assert_true(isnan(index.data[at]) && isnan(area.data[at]) && isnan(modified.data[at]) &&
                        isnan(mean.data[at]));
            continue;
        }
        double sum = spread[at];
        int n = 1;
        int raised = spread[at] > (double)area.data[at] * (1.0 + 1e-6);
        raised_cells += raised;
        for (int i = 0; i < TL_NEIGHBOURS; i++) {
            const ptrdiff_t other = tl_terrain_neighbour(&dem, at / NCOL, at % NCOL, i);
            if (other >= 0) {
                sum += spread[other];
                raised |= spread[other] > (double)area.data[other] * (1.0 + 1e-6);
                n++;
            }
        }
        /* Areas are stored as floats. */
        const double want = raised ? sum / n : (double)area.data[at];
        CHECK_NEAR((double)modified.data[at] / want, 1.0, 1e-5);
        const double angle = (double)mean.data[at] + usual.slope_offset;
        CHECK_NEAR((double)index.data[at],
                   log((double)modified.data[at] / sqrt(600.0) / tan(angle)), 1e-5);
    }
    assert_true(raised_cells > NROW * NCOL / 4);
    tl_grid *const all[] = {&dem, &slope, &index, &area, &modified, &mean};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        tl_grid_free(all[i]);
    }
}

/* On a plane that falls to the south every slope is the same, so the mean of the catchment is, too;
 * no cell gains more area than drains to it. */
static void plane_has_one_catchment_slope(void **state) {
    (void)state;
    tl_err err;
    const tl_georef geo = {.transform = {0, 10, 0, 0, 0, -10}, .metres_per_unit = 1.0};
    tl_grid dem, area, mean;
    CHECK_OK(tl_grid_init(&dem, 12, 12, &geo, &err));
    for (ptrdiff_t at = 0; at < 144; at++) {
        dem.data[at] = (float)(12 - at / 12);
    }
    const tl_saga_wetness out = {.area = &area, .slope = &mean};
    CHECK_OK(tl_hydro_saga_wetness(&dem, &usual, &out, NULL, &err));
    double last_row = 0.0;
    for (ptrdiff_t at = 0; at < 144; at++) {
        CHECK_NEAR((double)mean.data[at], atan(0.1), 1e-6);
        last_row += at >= 132 ? (double)area.data[at] : 0.0;
    }
    /* All water leaves through the last row. */
    CHECK_NEAR(last_row, 14400.0, 0.01);
    tl_grid_free(&dem);
    tl_grid_free(&area);
    tl_grid_free(&mean);
}

static void bad_options_and_failures_leave_nothing(void **state) {
    (void)state;
    tl_err err;
    const ptrdiff_t before = tl_live_blocks();
    tl_grid dem, index;
    const tl_saga_wetness out = {.index = &index};
    make_dem(&dem);
    tl_saga_wetness_options bad = usual;
    bad.suction = 0.5;
    assert_int_equal(tl_hydro_saga_wetness(&dem, &bad, &out, NULL, &err), TL_ARG);
    bad = usual;
    bad.slope_offset = 0.0;
    assert_int_equal(tl_hydro_saga_wetness(&dem, &bad, &out, NULL, &err), TL_ARG);
    assert_non_null(strstr(err.text, "flat"));
    for (ptrdiff_t n = 0; n < 13; n++) {
        tl_fail_after(n);
        const tl_code code = tl_hydro_saga_wetness(&dem, &usual, &out, NULL, &err);
        tl_fail_after(-1);
        if (code == TL_OK) {
            assert_true(n > 8);
            tl_grid_free(&index);
        } else {
            assert_int_equal(code, TL_NOMEM);
        }
    }
    tl_grid_free(&dem);
    assert_int_equal(tl_live_blocks(), before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_pass_equals_sweeps),
        cmocka_unit_test(plane_has_one_catchment_slope),
        cmocka_unit_test(bad_options_and_failures_leave_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
