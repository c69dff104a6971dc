/* SPDX-License-Identifier: GPL-2.0-or-later
 * Cells have their true size in metres, and map positions lead to cells and back. */
#include "base/georef.h"

#include "kit/check.h"

static tl_georef degrees_at(double north) {
    return (tl_georef){.transform = {10, 1.0 / 1200, 0, north, 0, -1.0 / 1200},
                       .is_geographic = 1,
                       .metres_per_unit = 1.0,
                       .semi_major_m = 6378137.0,
                       .inverse_flattening = 298.257223563};
}

/* Published lengths of one degree on WGS 84: at the equator 111.320 km of longitude and 110.574 km
 * of latitude, at 45 degrees 78.847 km and 111.132 km (Snyder 1987, table of degree lengths;
 * rounded to metres). */
static void a_degree_has_its_published_length(void **state) {
    (void)state;
    tl_err err = {0};
    double dx = 0;
    double dy = 0;
    tl_georef equator = degrees_at(0.5 / 1200);
    CHECK_OK(tl_georef_cell_m(&equator, 0, &dx, &dy, &err));
    CHECK_NEAR(dx * 1200, 111320.0, 1.0);
    CHECK_NEAR(dy * 1200, 110574.0, 1.0);
    tl_georef middle = degrees_at(45.0 + 0.5 / 1200);
    CHECK_OK(tl_georef_cell_m(&middle, 0, &dx, &dy, &err));
    CHECK_NEAR(dx * 1200, 78847.0, 1.0);
    CHECK_NEAR(dy * 1200, 111132.0, 1.0);
}

static void feet_become_metres(void **state) {
    (void)state;
    tl_err err = {0};
    double dx = 0;
    double dy = 0;
    const tl_georef feet = {.transform = {0, 100, 0, 0, 0, -50}, .metres_per_unit = 0.3048};
    CHECK_OK(tl_georef_cell_m(&feet, 3, &dx, &dy, &err));
    CHECK_NEAR(dx, 30.48, 1e-12);
    CHECK_NEAR(dy, 15.24, 1e-12);
}

static void unusable_grids_are_refused(void **state) {
    (void)state;
    tl_err err = {0};
    double dx = 0;
    double dy = 0;
    const tl_georef rotated = {.transform = {0, 10, 1, 0, 1, -10}, .metres_per_unit = 1};
    assert_int_equal(tl_georef_cell_m(&rotated, 0, &dx, &dy, &err), TL_DATA);
    const tl_georef flat = {.transform = {0, 0, 0, 0, 0, 0}, .metres_per_unit = 1};
    assert_int_equal(tl_georef_cell_m(&flat, 0, &dx, &dy, &err), TL_DATA);
    assert_int_equal(tl_georef_to_cell(&flat, 1, 1, &dx, &dy, &err), TL_DATA);
}

static void cells_and_map_are_inverse(void **state) {
    (void)state;
    tl_err err = {0};
    const tl_georef sheared = {.transform = {500, 9, 2, 800, -1, -11}, .metres_per_unit = 1};
    double x = 0;
    double y = 0;
    double col = 0;
    double row = 0;
    tl_georef_to_map(&sheared, 12.5, 7.25, &x, &y);
    CHECK_OK(tl_georef_to_cell(&sheared, x, y, &col, &row, &err));
    CHECK_NEAR(col, 12.5, 1e-12);
    CHECK_NEAR(row, 7.25, 1e-12);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_degree_has_its_published_length),
        cmocka_unit_test(feet_become_metres),
        cmocka_unit_test(unusable_grids_are_refused),
        cmocka_unit_test(cells_and_map_are_inverse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
