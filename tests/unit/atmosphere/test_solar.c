/* SPDX-License-Identifier: GPL-2.0-or-later
 * The sun above the atmosphere is as bright as in published spectra. */
#include <math.h>

#include "atmosphere/solar.h"
#include "kit/check.h"

static void the_spectrum_sums_to_the_solar_constant(void **state) {
    (void)state;
    double sum = 0.0;
    for (int nm = 300; nm < 4000; nm++) {
        const double x = (double)nm;
        sum += 0.5e-3 * (tl_atmosphere_irradiance(x, 0.0) + tl_atmosphere_irradiance(x + 1.0, 0.0));
    }
    /* Of 1366.1 W m-2 about 1.2 % lie below 300 nm and 0.8 % above 4000 nm. */
    CHECK_NEAR(sum, 1366.1 * 0.98, 1366.1 * 0.004);
}

static void fraunhofer_lines_stand_where_they_are(void **state) {
    (void)state;
    CHECK_NEAR(tl_atmosphere_irradiance(550.0, 0.0), 1863.0, 0.0501);
    CHECK_NEAR(tl_atmosphere_irradiance(656.0, 0.0), 1323.3, 0.0501);
    CHECK_NEAR(tl_atmosphere_irradiance(2200.0, NAN), 82.79, 0.0501);
    CHECK_NEAR(tl_atmosphere_irradiance(1707.5, 0.0), 0.5 * (204.28 + 198.94), 0.0501);
    /* A band of 10 nm hardly notices the hydrogen line that lowers 656 nm by 15 %. */
    const double band = tl_atmosphere_irradiance(656.0, 10.0);
    assert_true(band > 1440.0 && band < 1540.0);
}

/* A band as wide as a published broad one: the mean of the table within its half width. */
static void a_wide_band_is_the_mean_of_its_wavelengths(void **state) {
    (void)state;
    double sum = 0.0;
    double weights = 0.0;
    for (int nm = 700; nm <= 900; nm++) {
        const double z = ((double)nm - 800.0) / (60.0 / 2.3548200450309493);
        const double weight = exp(-0.5 * z * z);
        sum += weight * tl_atmosphere_irradiance((double)nm, 0.0);
        weights += weight;
    }
    /* The response is cut at three standard deviations. */
    CHECK_NEAR(tl_atmosphere_irradiance(800.0, 60.0), sum / weights, 0.5);
}

static void outside_the_table_there_is_no_value(void **state) {
    (void)state;
    assert_true(isnan(tl_atmosphere_irradiance(299.0, 0.0)));
    assert_true(isnan(tl_atmosphere_irradiance(4001.0, 10.0)));
    assert_true(isnan(tl_atmosphere_irradiance(302.0, 10.0)));
    assert_true(isnan(tl_atmosphere_irradiance(NAN, 10.0)));
    assert_true(tl_atmosphere_irradiance(320.0, 10.0) > 600.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_spectrum_sums_to_the_solar_constant),
        cmocka_unit_test(fraunhofer_lines_stand_where_they_are),
        cmocka_unit_test(a_wide_band_is_the_mean_of_its_wavelengths),
        cmocka_unit_test(outside_the_table_there_is_no_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
