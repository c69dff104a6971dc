/* SPDX-License-Identifier: GPL-2.0-or-later
 * Thin cloud: lower edges of points on known lines, and what is around a cell. */
#include "imagery/thincloud.h"
#include "kit/check.h"

enum { N = 400 };

/* Points on or above y = 0.02 + 0.5 x: one in five is on the line, the others up to 0.3 above. */
static void the_lower_edge_is_the_line_that_points_lie_above(void **state) {
    (void)state;
    tl_err err;
    double x[N];
    double y[N];
    double a;
    double b;
    for (int i = 0; i < N; i++) {
        x[i] = 0.4 * (double)i / N;
        y[i] = 0.02 + 0.5 * x[i] + 0.075 * (double)(i % 5);
    }
    CHECK_OK(tl_imagery_lower_line(x, y, N, 20, 0.1, &a, &b, &err));
    /* A group spans 0.02 in x, so its low quantile is up to 0.01 off the line at its middle. */
    CHECK_NEAR(a, 0.02, 0.01);
    CHECK_NEAR(b, 0.5, 0.01);
    assert_int_equal(tl_imagery_lower_line(x, y, 99, 20, 0.1, &a, &b, &err), TL_DATA);
    for (int i = 0; i < N; i++) {
        x[i] = 1.0;
    }
    assert_int_equal(tl_imagery_lower_line(x, y, N, 20, 0.1, &a, &b, &err), TL_DATA);
}

/* Neighbours that differ by d in half of the pairs and not at all in none: the noise is d /
 * 0.954. */
static void spread_is_the_range_over_the_noise(void **state) {
    (void)state;
    tl_err err;
    double value[2 * N];
    double spread;
    double noise;
    for (int i = 0; i < N; i++) {
        value[2 * i] = (double)i / N;
        value[2 * i + 1] = value[2 * i] + 0.01;
    }
    CHECK_OK(tl_imagery_spread(value, N, &spread, &noise, &err));
    CHECK_NEAR(noise, 0.01 / (0.67448975 * sqrt(2.0)), 1e-9);
    CHECK_NEAR(spread, 0.9 / noise, 1.0);
    CHECK_OK(tl_imagery_spread(value, 9, &spread, NULL, &err));
    assert_true(isnan(spread));
}

/* Brute force is the reference. */
static void smoothing_is_the_mean_of_marked_cells_around(void **state) {
    (void)state;
    tl_err err;
    tl_grid g;
    unsigned char marked[7 * 9];
    float before[7 * 9];
    for (ptrdiff_t radius = 0; radius < 12; radius += 3) {
        CHECK_OK(tl_grid_init(&g, 7, 9, NULL, &err));
        for (int i = 0; i < 63; i++) {
            g.data[i] = before[i] = i == 20 ? NAN : (float)((i * 37) % 11);
            marked[i] = i % 3 != 0;
        }
        CHECK_OK(tl_imagery_smooth(&g, marked, radius, &err));
        for (int i = 0; i < 63; i++) {
            double sum = 0.0;
            int n = 0;
            for (int k = 0; k < 63; k++) {
                const int near = abs(k / 9 - i / 9) <= radius && abs(k % 9 - i % 9) <= radius;
                if (near && marked[k] && k != 20) {
                    sum += (double)before[k];
                    n++;
                }
            }
            if (i == 20) {
                assert_true(isnan(g.data[i]));
            } else {
                CHECK_NEAR((double)g.data[i], n > 0 ? sum / n : (double)before[i], 1e-5);
            }
        }
        tl_grid_free(&g);
    }
}

static void the_darkest_cell_reaches_as_far_as_the_square(void **state) {
    (void)state;
    tl_err err;
    tl_grid g;
    unsigned char marked[81];
    CHECK_OK(tl_grid_init(&g, 9, 9, NULL, &err));
    for (int i = 0; i < 81; i++) {
        g.data[i] = 5.0F;
        marked[i] = 1;
    }
    g.data[40] = 1.0F;
    g.data[0] = 0.0F;
    marked[0] = 0;
    CHECK_OK(tl_imagery_darkest(&g, marked, 2, &err));
    for (int i = 0; i < 81; i++) {
        const int near = abs(i / 9 - 4) <= 2 && abs(i % 9 - 4) <= 2;
        CHECK_NEAR((double)g.data[i], near ? 1.0 : 5.0, 0.0);
    }
    tl_grid_free(&g);
}

static void memory_that_runs_out_is_reported_and_released(void **state) {
    (void)state;
    tl_grid g;
    tl_err err;
    unsigned char marked[12] = {0};
    double x[N] = {0};
    double a;
    double b;
    CHECK_OK(tl_grid_init(&g, 3, 4, NULL, &err));
    const ptrdiff_t blocks = tl_live_blocks();
    for (ptrdiff_t k = 0; k < 3; k++) {
        tl_fail_after(k);
        assert_int_equal(tl_imagery_smooth(&g, marked, 1, &err), TL_NOMEM);
        tl_fail_after(k);
        assert_int_equal(tl_imagery_lower_line(x, x, N, 20, 0.1, &a, &b, &err), TL_NOMEM);
        assert_int_equal(tl_live_blocks(), blocks);
    }
    tl_fail_after(-1);
    tl_grid_free(&g);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_lower_edge_is_the_line_that_points_lie_above),
        cmocka_unit_test(spread_is_the_range_over_the_noise),
        cmocka_unit_test(smoothing_is_the_mean_of_marked_cells_around),
        cmocka_unit_test(the_darkest_cell_reaches_as_far_as_the_square),
        cmocka_unit_test(memory_that_runs_out_is_reported_and_released),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
