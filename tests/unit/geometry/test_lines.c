/* SPDX-License-Identifier: GPL-2.0-or-later
 * Line work: feet of perpendiculars, simpler lines, joined lines. */
#include "geometry/lines.h"
#include "kit/check.h"

static void the_foot_lies_on_the_nearest_stretch(void **state) {
    (void)state;
    tl_err err;
    const ptrdiff_t first[3] = {0, 3, 5};
    const double x[5] = {0, 10, 10, 0, 4};
    const double y[5] = {0, 0, 10, 20, 20};
    const tl_lines lines = {2, first, x, y};
    const struct {
        double x, y, foot_x, foot_y;
    } cases[5] = {{4, 3, 4, 0}, {12, 5, 10, 5}, {-3, -4, 0, 0}, {5, 19, 4, 20}, {10, 0, 10, 0}};
    for (ptrdiff_t i = 0; i < 5; i++) {
        double foot_x, foot_y;
        CHECK_OK(tl_geometry_foot(&lines, cases[i].x, cases[i].y, &foot_x, &foot_y, &err));
        CHECK_NEAR(foot_x, cases[i].foot_x, 1e-12);
        CHECK_NEAR(foot_y, cases[i].foot_y, 1e-12);
    }
    const ptrdiff_t short_first[2] = {0, 2};
    const double same[2] = {1, 1};
    const tl_lines point = {1, short_first, same, same};
    double foot_x, foot_y;
    assert_int_not_equal(tl_geometry_foot(&point, 0, 0, &foot_x, &foot_y, &err), TL_OK);
}

static double distance_to(const tl_lines *line, double x, double y) {
    tl_err err;
    double foot_x, foot_y;
    CHECK_OK(tl_geometry_foot(line, x, y, &foot_x, &foot_y, &err));
    return hypot(x - foot_x, y - foot_y);
}

/* Two staircases that run side by side, and one line of no length between them. */
static void excluded_vertices_are_within_the_tolerance(void **state) {
    (void)state;
    enum { N = 40 };
    tl_err err;
    double x[2 * N + 2];
    double y[2 * N + 2];
    const ptrdiff_t first[4] = {0, N, N + 2, 2 * N + 2};
    for (ptrdiff_t k = 0; k < N; k++) {
        const double wave = 6.0 * sin(0.2 * (double)k);
        x[k] = (double)((k + 1) / 2);
        y[k] = (double)(k / 2) + floor(wave);
        x[N + 2 + k] = x[k] + 3.0;
        y[N + 2 + k] = y[k];
    }
    x[N] = x[N + 1] = 7.0;
    y[N] = y[N + 1] = 7.0;
    const tl_lines lines = {3, first, x, y};
    unsigned char keep[2 * N + 2];
    CHECK_OK(tl_geometry_simplify(&lines, 1.5, keep, &err));
    assert_true(keep[N] && keep[N + 1]);
    for (int i = 0; i < 3; i += 2) {
        double new_x[N];
        double new_y[N];
        ptrdiff_t new_first[2] = {0, 0};
        for (ptrdiff_t k = first[i]; k < first[i + 1]; k++) {
            if (keep[k]) {
                new_x[new_first[1]] = x[k];
                new_y[new_first[1]++] = y[k];
            }
        }
        assert_true(keep[first[i]] && keep[first[i + 1] - 1]);
        assert_true(new_first[1] < N / 2);
        const tl_lines simple = {1, new_first, new_x, new_y};
        for (ptrdiff_t k = first[i]; k < first[i + 1]; k++) {
            assert_true(distance_to(&simple, x[k], y[k]) <= 1.5 + 1e-12);
        }
    }
    CHECK_OK(tl_geometry_simplify(&lines, 0.0, keep, &err));
    assert_true(keep[0] && keep[N - 1]);
}

static void pieces_join_from_the_end_that_was_given_first(void **state) {
    (void)state;
    tl_err err;
    /* The lower end first; the second piece has no length, the third comes turned round. */
    const ptrdiff_t first[4] = {0, 2, 4, 7};
    const double x[7] = {9, 8, 8, 8, 5, 6, 8};
    const double y[7] = {1, 2, 2, 2, 5, 3, 2};
    const tl_lines lines = {3, first, x, y};
    double out_x[7];
    double out_y[7];
    ptrdiff_t n;
    CHECK_OK(tl_geometry_join(&lines, out_x, out_y, &n, &err));
    const double want_x[4] = {9, 8, 6, 5};
    const double want_y[4] = {1, 2, 3, 5};
    assert_int_equal(n, 4);
    for (int k = 0; k < 4; k++) {
        CHECK_NEAR(out_x[k], want_x[k], 0.0);
        CHECK_NEAR(out_y[k], want_y[k], 0.0);
    }
    const ptrdiff_t apart_first[3] = {0, 2, 4};
    const double apart[4] = {0, 1, 5, 6};
    const tl_lines two = {2, apart_first, apart, apart};
    assert_int_equal(tl_geometry_join(&two, out_x, out_y, &n, &err), TL_DATA);
    const tl_lines none = {1, apart_first, (const double[2]){3, 3}, (const double[2]){3, 3}};
    CHECK_OK(tl_geometry_join(&none, out_x, out_y, &n, &err));
    assert_int_equal(n, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_foot_lies_on_the_nearest_stretch),
        cmocka_unit_test(excluded_vertices_are_within_the_tolerance),
        cmocka_unit_test(pieces_join_from_the_end_that_was_given_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
