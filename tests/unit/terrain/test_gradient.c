/* SPDX-License-Identifier: GPL-2.0-or-later
 * Slope and aspect on surfaces whose answer is known by algebra, and on the 5 x 5 worked
 * example. */
#include "base/grid.h"
#include "base/rng.h"
#include "kit/check.h"
#include "terrain/gradient.h"

static const double pi = 3.14159265358979323846;

static double degrees(float radians) {
    return (double)radians * 180.0 / pi;
}

static void make(tl_grid *g, ptrdiff_t nrow, ptrdiff_t ncol, double dx, double dy) {
    tl_err err;
    const tl_georef geo = {.transform = {0, dx, 0, 0, 0, -dy}, .metres_per_unit = 1.0};
    CHECK_OK(tl_grid_init(g, nrow, ncol, &geo, &err));
}

/* z = a x + b y (x east, y north) has one slope and one aspect everywhere, border included, with
 * every method, on cells that are not square and around a NoData cell. */
static void plane_has_one_slope_and_aspect(void **state) {
    (void)state;
    tl_err err;
    const double a = 0.3;
    const double b = -0.4;
    tl_grid dem;
    make(&dem, 7, 9, 5.0, 8.0);
    for (ptrdiff_t r = 0; r < 7; r++) {
        for (ptrdiff_t c = 0; c < 9; c++) {
            dem.data[tl_grid_at(&dem, r, c)] = (float)(a * 5.0 * (double)c - b * 8.0 * (double)r);
        }
    }
    dem.data[tl_grid_at(&dem, 3, 4)] = NAN;
    for (int method = 0; method < 3; method++) {
        tl_grid slope;
        tl_grid aspect;
        CHECK_OK(tl_terrain_slope(&dem, (tl_slope_method)method, TL_SLOPE_PERCENT, &slope, &aspect,
                                  NULL, &err));
        for (ptrdiff_t i = 0; i < 63; i++) {
            if (i == 3 * 9 + 4) {
                assert_true(isnan(slope.data[i]) && isnan(aspect.data[i]));
                continue;
            }
            /* In a corner both ends of one diagonal are missing, so the methods that use diagonals
             * are not exact there. */
            if (method != 0 && (i == 0 || i == 8 || i == 54 || i == 62)) {
                continue;
            }
            /* Heights are floats of size 30, one ulp 2e-6 m over 10 m. */
            CHECK_NEAR((double)slope.data[i], 50.0, 1e-4);
            /* Descent of a gradient (0.3, -0.4) goes to the north-west. */
            CHECK_NEAR(degrees(aspect.data[i]), 360.0 - atan(0.3 / 0.4) * 180.0 / pi, 1e-3);
        }
        tl_grid_free(&slope);
        tl_grid_free(&aspect);
    }
    tl_grid_free(&dem);
}

/* On a cone of 45 degrees the aspect points away from the top and the slope tends to 45 degrees. */
static void cone_points_outwards(void **state) {
    (void)state;
    tl_err err;
    tl_grid dem;
    make(&dem, 101, 101, 1.0, 1.0);
    for (ptrdiff_t r = 0; r < 101; r++) {
        for (ptrdiff_t c = 0; c < 101; c++) {
            dem.data[tl_grid_at(&dem, r, c)] =
                (float)(100.0 - hypot((double)(r - 50), (double)(c - 50)));
        }
    }
    tl_grid slope;
    tl_grid aspect;
    CHECK_OK(tl_terrain_slope(&dem, TL_SLOPE_HORN, TL_SLOPE_DEGREE, &slope, &aspect, NULL, &err));
    /* The window of one cell sees curvature of relative size 1/r^2 = 1/900 at 30 cells. */
    CHECK_NEAR((double)slope.data[tl_grid_at(&dem, 50, 80)], 45.0, 0.05);
    CHECK_NEAR(degrees(aspect.data[tl_grid_at(&dem, 50, 80)]), 90.0, 1e-3);
    CHECK_NEAR(degrees(aspect.data[tl_grid_at(&dem, 20, 50)]), 0.0, 1e-3);
    CHECK_NEAR(degrees(aspect.data[tl_grid_at(&dem, 80, 50)]), 180.0, 1e-3);
    CHECK_NEAR(degrees(aspect.data[tl_grid_at(&dem, 50, 20)]), 270.0, 1e-3);
    CHECK_NEAR(degrees(aspect.data[tl_grid_at(&dem, 70, 70)]), 135.0, 1e-3);
    assert_true(isnan(aspect.data[tl_grid_at(&dem, 50, 50)]));
    tl_grid_free(&slope);
    tl_grid_free(&aspect);
    tl_grid_free(&dem);
}

/* Filled 5 x 5 example of docs/methods/terrain.md; slopes in radians from SAGA 8.5.0. */
static void worked_example_agrees_with_saga(void **state) {
    (void)state;
    tl_err err;
    static const float filled[25] = {55, 54, 53, 52, 51, 54, 50, 44.17455F, 51, 50,  53, 47, 44,
                                     48, 46, 52, 46, 45, 43, 42, 51,        48, NAN, 42, 40};
    static const double want[25] = {0.1404897, 0.3910737, 0.7262532,   0.1404897, 0.1404897,
                                    0.3910737, 0.5427682, 0.4251544,   0.3396353, 0.2630203,
                                    0.5464827, 0.4575837, 0.0647432,   0.3910737, 0.4205343,
                                    0.5464827, 0.3398369, 0.1783618,   0.3236186, 0.3062774,
                                    0.3062774, 0.3460469, (double)NAN, 0.2199880, 0.2756428};
    tl_grid dem;
    make(&dem, 5, 5, 10.0, 10.0);
    memcpy(dem.data, filled, sizeof filled);
    tl_grid slope;
    CHECK_OK(tl_terrain_slope(&dem, TL_SLOPE_ZEVENBERGEN_THORNE, TL_SLOPE_RADIAN, &slope, NULL,
                              NULL, &err));
    for (int i = 0; i < 25; i++) {
        if (isnan(want[i])) {
            assert_true(isnan(slope.data[i]));
        } else {
            CHECK_NEAR((double)slope.data[i], want[i], 1e-6);
        }
    }
    tl_grid_free(&slope);
    tl_grid_free(&dem);
}

/* Turning the elevation model by a quarter turns slope with it and adds 90 degrees to aspect;
 * mirroring it east-west mirrors aspect. */
static void turning_the_ground_turns_the_answer(void **state) {
    (void)state;
    tl_err err;
    enum { n = 12 };
    tl_grid dem;
    tl_grid turned;
    tl_grid mirrored;
    make(&dem, n, n, 10.0, 10.0);
    make(&turned, n, n, 10.0, 10.0);
    make(&mirrored, n, n, 10.0, 10.0);
    for (ptrdiff_t r = 0; r < n; r++) {
        for (ptrdiff_t c = 0; c < n; c++) {
            const double u =
                sin(0.9 * (double)r) * 7.0 + cos(1.7 * (double)c + 0.2 * (double)r) * 5.0;
            const float z = (r * 5 + c * 3) % 17 == 0 ? NAN : (float)u;
            dem.data[r * n + c] = z;
            turned.data[c * n + (n - 1 - r)] = z;
            mirrored.data[r * n + (n - 1 - c)] = z;
        }
    }
    for (int method = 0; method < 3; method++) {
        tl_grid s0, s1, s2, a0, a1, a2;
        const tl_slope_method m = (tl_slope_method)method;
        CHECK_OK(tl_terrain_slope(&dem, m, TL_SLOPE_DEGREE, &s0, &a0, NULL, &err));
        CHECK_OK(tl_terrain_slope(&turned, m, TL_SLOPE_DEGREE, &s1, &a1, NULL, &err));
        CHECK_OK(tl_terrain_slope(&mirrored, m, TL_SLOPE_DEGREE, &s2, &a2, NULL, &err));
        int compared = 0;
        for (ptrdiff_t r = 0; r < n; r++) {
            for (ptrdiff_t c = 0; c < n; c++) {
                const ptrdiff_t i = r * n + c;
                const ptrdiff_t j = c * n + (n - 1 - r);
                const ptrdiff_t k = r * n + (n - 1 - c);
                assert_int_equal(isnan(s0.data[i]) != 0, isnan(s1.data[j]) != 0);
                if (isnan(s0.data[i]) || isnan(a0.data[i])) {
                    continue;
                }
                compared++;
                /* Only the order of the additions differs. */
                CHECK_NEAR((double)s1.data[j], (double)s0.data[i], 1e-5);
                CHECK_NEAR((double)s2.data[k], (double)s0.data[i], 1e-5);
                const double turn =
                    remainder(degrees(a1.data[j]) - degrees(a0.data[i]) - 90.0, 360.0);
                const double flip = remainder(degrees(a2.data[k]) + degrees(a0.data[i]), 360.0);
                CHECK_NEAR(turn, 0.0, 1e-4);
                CHECK_NEAR(flip, 0.0, 1e-4);
            }
        }
        assert_true(compared > 100);
        tl_grid_free(&s0);
        tl_grid_free(&s1);
        tl_grid_free(&s2);
        tl_grid_free(&a0);
        tl_grid_free(&a1);
        tl_grid_free(&a2);
    }
    tl_grid_free(&dem);
    tl_grid_free(&turned);
    tl_grid_free(&mirrored);
}

/* Degrees are not metres: at 60 degrees north a cell is half as wide as high (sphere), so a rise of
 * one cell height per column is twice as steep to the east as to the north. */
static void degrees_become_metres(void **state) {
    (void)state;
    tl_err err;
    const tl_georef geo = {.transform = {0, 0.001, 0, 60.0015, 0, -0.001},
                           .is_geographic = 1,
                           .metres_per_unit = 1.0,
                           .semi_major_m = 6371000.0};
    const double cell_m = 0.001 * pi / 180.0 * 6371000.0;
    tl_grid dem;
    CHECK_OK(tl_grid_init(&dem, 3, 3, &geo, &err));
    for (ptrdiff_t i = 0; i < 9; i++) {
        dem.data[i] = (float)((double)(i % 3) * cell_m);
    }
    tl_grid slope;
    CHECK_OK(tl_terrain_slope(&dem, TL_SLOPE_ZEVENBERGEN_THORNE, TL_SLOPE_PERCENT, &slope, NULL,
                              NULL, &err));
    CHECK_NEAR((double)slope.data[4], 200.0, 1e-3);
    tl_grid_free(&slope);
    tl_grid_free(&dem);
}

/* One cell, one row and a constant surface are flat where nothing rises; all NoData is an error
 * that reports it; nothing stays allocated. */
static void degenerate_models_are_answered(void **state) {
    (void)state;
    tl_err err;
    const ptrdiff_t before = tl_live_blocks();
    tl_grid dem;
    tl_grid slope;
    tl_grid aspect;
    make(&dem, 1, 1, 10.0, 10.0);
    CHECK_OK(tl_terrain_slope(&dem, TL_SLOPE_HORN, TL_SLOPE_RADIAN, &slope, &aspect, NULL, &err));
    CHECK_NEAR((double)slope.data[0], 0.0, 0.0);
    assert_true(isnan(aspect.data[0]));
    tl_grid_free(&slope);
    tl_grid_free(&aspect);
    dem.data[0] = NAN;
    assert_int_equal(
        tl_terrain_slope(&dem, TL_SLOPE_HORN, TL_SLOPE_RADIAN, &slope, &aspect, NULL, &err),
        TL_DATA);
    assert_non_null(strstr(err.text, "NoData"));
    tl_grid_free(&dem);
    make(&dem, 1, 4, 10.0, 10.0);
    for (int i = 0; i < 4; i++) {
        dem.data[i] = (float)(10 * i);
    }
    CHECK_OK(tl_terrain_slope(&dem, TL_SLOPE_ZEVENBERGEN_THORNE, TL_SLOPE_DEGREE, &slope, &aspect,
                              NULL, &err));
    for (int i = 0; i < 4; i++) {
        CHECK_NEAR((double)slope.data[i], 45.0, 1e-5);
        CHECK_NEAR(degrees(aspect.data[i]), 270.0, 1e-4);
    }
    tl_grid_free(&slope);
    tl_grid_free(&aspect);
    for (ptrdiff_t n = 0; n < 4; n++) {
        tl_fail_after(n);
        const tl_code code =
            tl_terrain_slope(&dem, TL_SLOPE_HORN, TL_SLOPE_DEGREE, &slope, &aspect, NULL, &err);
        tl_fail_after(-1);
        assert_int_equal(code, TL_NOMEM);
    }
    tl_grid_free(&dem);
    assert_int_equal(tl_live_blocks(), before);
}

/* A trough z = c x^2 / 2 bends along its gradient only, so every curvature is known; its bottom,
 * where the gradient is 0, has 0 everywhere. */
static void trough_has_known_curvatures(void **state) {
    (void)state;
    tl_err err;
    const double c = 0.02;
    tl_grid dem;
    tl_grid k[TL_CURVATURES];
    const tl_shape shape = {.curvature = k};
    make(&dem, 5, 21, 2.0, 3.0);
    for (ptrdiff_t at = 0; at < 105; at++) {
        const double x = 2.0 * (double)(at % 21 - 10);
        dem.data[at] = (float)(0.5 * c * x * x);
    }
    CHECK_OK(tl_terrain_shape(&dem, TL_SLOPE_HORN, TL_SLOPE_RADIAN, &shape, 2, NULL, &err));
    const ptrdiff_t at = 2 * 21 + 15;
    const double slope = c * 10.0;
    const double want[TL_CURVATURES] = {
        [TL_CURVATURE_GENERAL] = -c,
        [TL_CURVATURE_PROFILE] = -0.5 * c / pow(1.0 + slope * slope, 1.5),
        [TL_CURVATURE_LONGITUDINAL] = -c,
        [TL_CURVATURE_MINIMAL] = -0.25 * c - c * sqrt(0.125),
        [TL_CURVATURE_MAXIMAL] = -0.25 * c + c * sqrt(0.125),
        [TL_CURVATURE_TOTAL] = 0.25 * c * c};
    for (int i = 0; i < TL_CURVATURES; i++) {
        /* Heights are floats of size 1, one ulp 1e-7 m over (2 m)^2. */
        CHECK_NEAR((double)k[i].data[at], want[i], 1e-7);
        CHECK_NEAR((double)k[i].data[2 * 21 + 10], 0.0, 0.0);
        tl_grid_free(&k[i]);
    }
    tl_grid_free(&dem);
}

/* Rows made on several threads are the rows made on one, NoData and borders included. */
static void threads_do_not_change_a_byte(void **state) {
    (void)state;
    tl_err err;
    tl_grid dem;
    tl_grid one[2 + TL_CURVATURES];
    tl_grid many[2 + TL_CURVATURES];
    const tl_shape first = {&one[0], &one[1], &one[2]};
    const tl_shape second = {&many[0], &many[1], &many[2]};
    make(&dem, 211, 17, 5.0, 5.0);
    for (ptrdiff_t at = 0; at < 211 * 17; at++) {
        dem.data[at] = at % 53 == 0 ? NAN : (float)(sin(0.37 * (double)at) * 9.0);
    }
    for (int method = 0; method < 3; method++) {
        CHECK_OK(tl_terrain_shape(&dem, (tl_slope_method)method, TL_SLOPE_DEGREE, &first, 1, NULL,
                                  &err));
        CHECK_OK(tl_terrain_shape(&dem, (tl_slope_method)method, TL_SLOPE_DEGREE, &second, 3, NULL,
                                  &err));
        for (int i = 0; i < 2 + TL_CURVATURES; i++) {
            assert_memory_equal(one[i].data, many[i].data, 211 * 17 * sizeof(float));
            tl_grid_free(&one[i]);
            tl_grid_free(&many[i]);
        }
    }
    tl_grid_free(&dem);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plane_has_one_slope_and_aspect),
        cmocka_unit_test(cone_points_outwards),
        cmocka_unit_test(worked_example_agrees_with_saga),
        cmocka_unit_test(turning_the_ground_turns_the_answer),
        cmocka_unit_test(degrees_become_metres),
        cmocka_unit_test(degenerate_models_are_answered),
        cmocka_unit_test(trough_has_known_curvatures),
        cmocka_unit_test(threads_do_not_change_a_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
