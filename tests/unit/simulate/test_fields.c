/* SPDX-License-Identifier: GPL-2.0-or-later
 * Noise fields have the stated variance and range, scores are normal, mines are on high ground. */
#include "simulate/fields.h"

#include "kit/check.h"
#include "num/stats.h"

enum { SIDE = 120, CELLS = SIDE * SIDE };

static void noise_has_unit_variance_and_fades_with_distance(void **state) {
    (void)state;
    tl_err err = {0};
    double squares = 0.0;
    double near = 0.0;
    double far = 0.0;
    ptrdiff_t n = 0;
    float *field = tl_acquire(CELLS, sizeof *field);
    for (int64_t seed = 0; seed < 40; seed++) {
        for (ptrdiff_t i = 0; i < CELLS; i++) {
            field[i] = 0.0F;
        }
        CHECK_OK(tl_simulate_add_noise(seed, TL_SIMULATE_USE_CLAY, 0, SIDE, SIDE, 8.0, 1.0, field,
                                       &err));
        for (ptrdiff_t r = 0; r < SIDE; r += 7) {
            for (ptrdiff_t c = 0; c + 40 < SIDE; c += 7) {
                const double here = (double)field[r * SIDE + c];
                squares += here * here;
                near += here * (double)field[r * SIDE + c + 2];
                far += here * (double)field[r * SIDE + c + 40];
                n++;
            }
        }
    }
    /* 40 seeds of about 225 independent lattice nodes: a standard error near 0.015. */
    CHECK_NEAR(squares / (double)n, 1.0, 0.06);
    assert_true(near / squares > 0.9);
    CHECK_NEAR(far / squares, 0.0, 0.06);
    tl_release(field);
}

static void a_larger_area_holds_the_same_noise_in_its_corner(void **state) {
    (void)state;
    tl_err err = {0};
    float small[10 * 11] = {0};
    float large[30 * 40] = {0};
    CHECK_OK(tl_simulate_add_noise(5, TL_SIMULATE_USE_SOM, 1, 10, 11, 3.3, 0.7, small, &err));
    CHECK_OK(tl_simulate_add_noise(5, TL_SIMULATE_USE_SOM, 1, 30, 40, 3.3, 0.7, large, &err));
    for (ptrdiff_t r = 0; r < 10; r++) {
        assert_memory_equal(small + r * 11, large + r * 40, 11 * sizeof(float));
    }
}

static void quantiles_are_those_of_the_normal_distribution(void **state) {
    (void)state;
    const double z[] = {-6.0, -2.5, -0.3, 0.0, 0.01, 1.0, 1.959963984540054, 5.0};
    for (size_t i = 0; i < sizeof z / sizeof *z; i++) {
        const double p = 0.5 * erfc(-z[i] / sqrt(2.0));
        /* Near p = 1 the argument itself is only known to 1e-16, which the flat tail stretches. */
        CHECK_NEAR(tl_simulate_normal_quantile(p), z[i], 1e-9);
    }
}

static void scores_keep_order_ties_and_missing_cells(void **state) {
    (void)state;
    tl_err err = {0};
    float field[] = {3.0F, NAN, 1.0F, 3.0F, 100.0F};
    CHECK_OK(tl_simulate_normal_scores(field, 5, &err));
    assert_true(isnan(field[1]));
    assert_true(field[0] == field[3]);
    assert_true(field[2] < field[0] && field[0] < field[4]);
    CHECK_NEAR((double)field[0], 0.0, 1e-6);
    float flat[] = {7.0F, 7.0F, 7.0F};
    CHECK_OK(tl_simulate_normal_scores(flat, 3, &err));
    CHECK_NEAR((double)flat[2], 0.0, 1e-6);
}

static void mines_stand_apart_on_valid_high_ground(void **state) {
    (void)state;
    tl_err err = {0};
    float *height = tl_acquire(CELLS, sizeof *height);
    for (ptrdiff_t i = 0; i < CELLS; i++) {
        height[i] = i % SIDE < 40 ? NAN : (float)(i / SIDE);
    }
    tl_simulate_mine mine[3];
    CHECK_OK(tl_simulate_place_mines(3, height, SIDE, SIDE, 3, mine, &err));
    double mean = 0.0;
    for (int k = 0; k < 3; k++) {
        const float at = height[mine[k].row * SIDE + mine[k].col];
        assert_true(!isnan(at));
        mean += (double)at / 3.0;
    }
    assert_true(mean > 60.0);
    assert_true(hypot((double)(mine[0].row - mine[1].row), (double)(mine[0].col - mine[1].col)) >
                5.0);
    for (ptrdiff_t i = 0; i < CELLS; i++) {
        height[i] = NAN;
    }
    assert_int_equal(tl_simulate_place_mines(3, height, SIDE, SIDE, 1, mine, &err), TL_DATA);
    tl_release(height);
}

static void exposure_falls_with_distance_and_reaches_farther_downslope(void **state) {
    (void)state;
    float height[21];
    float exposure[21];
    for (int i = 0; i < 21; i++) {
        height[i] = (float)(100 - 10 * i); /* falls to the right */
    }
    const tl_simulate_mine mine = {0, 10, 1.0};
    tl_simulate_exposure(height, 1, 21, 30.0, &mine, 1, 300.0, exposure);
    CHECK_NEAR((double)exposure[10], 1.0, 1e-6);
    for (int i = 11; i < 21; i++) {
        assert_true(exposure[i] < exposure[i - 1]);
        assert_true(exposure[i] > exposure[20 - i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(noise_has_unit_variance_and_fades_with_distance),
        cmocka_unit_test(a_larger_area_holds_the_same_noise_in_its_corner),
        cmocka_unit_test(quantiles_are_those_of_the_normal_distribution),
        cmocka_unit_test(scores_keep_order_ties_and_missing_cells),
        cmocka_unit_test(mines_stand_apart_on_valid_high_ground),
        cmocka_unit_test(exposure_falls_with_distance_and_reaches_farther_downslope),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
