/* SPDX-License-Identifier: GPL-2.0-or-later
 * Lines through targets, and the pixels that differ as much as possible. */
#include <math.h>

#include "atmosphere/fit.h"
#include "atmosphere/gases.h"
#include "kit/check.h"

static void targets_on_a_line_give_it_back(void **state) {
    (void)state;
    const double value[4] = {20.0, 50.0, 90.0, NAN};
    double reflectance[4];
    for (int i = 0; i < 4; i++) {
        reflectance[i] = 0.004 * value[i] - 0.03;
    }
    reflectance[3] = 0.9;
    tl_band_line line = tl_atmosphere_line(value, reflectance, 4);
    assert_int_equal(line.n, 3);
    CHECK_NEAR(line.gain, 0.004, 1e-15);
    CHECK_NEAR(line.offset, -0.03, 1e-14);
    CHECK_NEAR(line.rmse, 0.0, 1e-14);
    line = tl_atmosphere_line(value, reflectance, 1); /* through the origin */
    CHECK_NEAR(line.gain * 20.0, 0.05, 1e-15);
    CHECK_NEAR(line.offset, 0.0, 0.0);
    const double decreasing[2] = {50.0, 20.0};
    const double increasing[2] = {0.1, 0.4};
    line = tl_atmosphere_line(decreasing, increasing, 2);
    assert_true(isnan(line.gain));
    assert_true(line.why[0] != '\0');
    line = tl_atmosphere_line(value, reflectance, 0);
    assert_true(isnan(line.gain));
}

static void extremes_have_the_largest_difference(void **state) {
    (void)state;
    tl_err err;
    double spectrum[10 * 3];
    for (int i = 0; i < 10; i++) { /* all alike but for their brightness */
        spectrum[3 * i] = spectrum[3 * i + 1] = spectrum[3 * i + 2] = 0.1 * (double)(i + 1);
    }
    spectrum[3 * 4] = 3.0;     /* red */
    spectrum[3 * 7 + 2] = 2.0; /* blue */
    ptrdiff_t picked[6];
    ptrdiff_t n = 0;
    CHECK_OK(tl_atmosphere_extremes(spectrum, 10, 3, 6, picked, &n, &err));
    assert_int_equal(n, 3); /* red, blue and one grey */
    assert_true((picked[0] == 4 && picked[1] == 7) || (picked[0] == 7 && picked[1] == 4));
}

/* Gases absorb where they are known to, more the more of them there is. */
static void gases_absorb_where_they_do(void **state) {
    (void)state;
    tl_gas_path path = {2.2, 2.0, 0.3, 1.0};
    const double window[] = {780.0, 865.0, 1040.0, 1245.0, 1555.0, 1680.0, 2135.0};
    for (int i = 0; i < 7; i++) {
        const tl_gas_strength g = tl_atmosphere_gas_strength(window[i]);
        const tl_gas_transmittance t = tl_atmosphere_gases(&g, &path);
        assert_true(t.water * t.mixed * t.ozone > 0.93);
    }
    const double opaque[] = {1380.0, 1870.0};
    for (int i = 0; i < 2; i++) {
        const tl_gas_strength g = tl_atmosphere_gas_strength(opaque[i]);
        assert_true(tl_atmosphere_gases(&g, &path).water < 0.01);
    }
    const tl_gas_strength oxygen = tl_atmosphere_gas_strength(761.0);
    assert_true(tl_atmosphere_gases(&oxygen, &path).mixed < 0.25);
    CHECK_NEAR(tl_atmosphere_gases(&oxygen, &path).water, 1.0, 1e-12);
    const tl_gas_strength vapour = tl_atmosphere_gas_strength(940.0);
    double before = 1.0;
    for (path.water_g_cm2 = 0.5; path.water_g_cm2 < 6.0; path.water_g_cm2 += 0.5) {
        const double now = tl_atmosphere_gases(&vapour, &path).water;
        assert_true(now < before);
        before = now;
    }
    /* On the path of the table its own value results: 0.44411 over 0.84, divided by
     * what scattering lets through (air 0.984, aerosol 0.942). */
    const tl_gas_path measured = {1.4995, 1.416, 0.0, 1.0};
    CHECK_NEAR(tl_atmosphere_gases(&vapour, &measured).water, 0.44411 / 0.84 / (0.984 * 0.942),
               0.01);
    CHECK_NEAR(tl_atmosphere_pressure_part(0.0), 1.0, 0.0);
    CHECK_NEAR(tl_atmosphere_pressure_part(5500.0), 0.4985, 0.001); /* half the air is below */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(targets_on_a_line_give_it_back),
        cmocka_unit_test(extremes_have_the_largest_difference),
        cmocka_unit_test(gases_absorb_where_they_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
