/* SPDX-License-Identifier: GPL-2.0-or-later
 * The sun is where published almanacs have it. */
#include <math.h>

#include "atmosphere/sun.h"
#include "kit/check.h"

/* Reda and Andreas 2004 (NREL/TP-560-34302), table A5.1: 17 October 2003, 12:30:30 in a zone 7 h
 * behind UTC, at 39.742476 N, 105.1786 W. Topocentric elevation without refraction 39.872046,
 * azimuth 194.340241 degree, distance 0.9965422974 astronomical units. The formulas promise 0.01
 * degree; the parallax of the sun, which they leave out, is 0.0024 degree at most. */
static void the_sun_of_the_solar_position_algorithm(void **state) {
    (void)state;
    tl_err err = {0};
    tl_sun sun;
    CHECK_OK(tl_atmosphere_sun("2003-10-17T19:30:30Z", 39.742476, -105.1786, &sun, &err));
    CHECK_NEAR(sun.zenith_deg, 90.0 - 39.872046, 0.012);
    CHECK_NEAR(sun.azimuth_deg, 194.340241, 0.015);
    CHECK_NEAR(sun.distance_au, 0.9965422974, 1e-4);
}

/* Meeus, Astronomical Algorithms, example 25.a: 13 October 1992, 0 h. Declination -7.78507 degree,
 * so that the zenith distance at the north pole is 97.78507; distance 0.99766. */
static void the_sun_of_meeus(void **state) {
    (void)state;
    tl_err err = {0};
    tl_sun sun;
    CHECK_OK(tl_atmosphere_sun("1992-10-13T00:00:00", 90.0, 0.0, &sun, &err));
    CHECK_NEAR(sun.zenith_deg, 97.78507, 0.01);
    CHECK_NEAR(sun.distance_au, 0.99766, 1e-4);
}

static void mornings_are_in_the_east(void **state) {
    (void)state;
    tl_err err = {0};
    tl_sun morning;
    tl_sun evening;
    CHECK_OK(tl_atmosphere_sun("2022-06-21T00:30:00Z", 30.0, 103.0, &morning, &err));
    CHECK_OK(tl_atmosphere_sun("2022-06-21T09:30:00.5Z", 30.0, 103.0, &evening, &err));
    assert_true(morning.azimuth_deg > 45.0 && morning.azimuth_deg < 135.0);
    assert_true(evening.azimuth_deg > 225.0 && evening.azimuth_deg < 315.0);
}

static void what_is_no_moment_or_place_is_refused(void **state) {
    (void)state;
    static const char *const moments[] = {"", "2022-04-24", "2022-13-01T00:00:00Z",
                                          "2022-04-24T25:00:00Z", "24.4.2022 03:12"};
    tl_err err = {0};
    tl_sun sun;
    for (int k = 0; k < 5; k++) {
        assert_int_equal(tl_atmosphere_sun(moments[k], 0.0, 0.0, &sun, &err), TL_ARG);
    }
    assert_int_equal(tl_atmosphere_sun(NULL, 0.0, 0.0, &sun, &err), TL_ARG);
    assert_int_equal(tl_atmosphere_sun("2022-04-24T03:12:05Z", 91.0, 0.0, &sun, &err), TL_ARG);
    assert_int_equal(tl_atmosphere_sun("2022-04-24T03:12:05Z", NAN, 0.0, &sun, &err), TL_ARG);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sun_of_the_solar_position_algorithm),
        cmocka_unit_test(the_sun_of_meeus),
        cmocka_unit_test(mornings_are_in_the_east),
        cmocka_unit_test(what_is_no_moment_or_place_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
