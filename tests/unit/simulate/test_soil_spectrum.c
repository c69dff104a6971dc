/* SPDX-License-Identifier: GPL-2.0-or-later
 * Simulated soil spectra look like soil: bounded, darkened by organic matter, with the known
 * dips. */
#include "simulate/soil_spectrum.h"

#include "kit/check.h"
#include "simulate/study_area.h"

static double reflectance_at(const tl_simulate_soil *soil, double wl_nm) {
    const tl_simulate_absorption k = tl_simulate_absorption_at(wl_nm);
    return tl_simulate_reflectance(soil, &k);
}

static tl_simulate_soil usual(void) {
    const double score[4] = {0.0, 0.0, 0.0, 0.0};
    return tl_simulate_soil_of(20.0, score);
}

static void reflectance_stays_between_0_and_1(void **state) {
    (void)state;
    for (int corner = 0; corner < 32; corner++) {
        const double score[4] = {corner & 1 ? 4.0 : -4.0, corner & 2 ? 4.0 : -4.0,
                                 corner & 4 ? 4.0 : -4.0, corner & 8 ? 4.0 : -4.0};
        const tl_simulate_soil soil = tl_simulate_soil_of(corner & 16 ? 80.0 : 1.0, score);
        for (double wl = 380.0; wl <= 2520.0; wl += 5.0) {
            const double r = reflectance_at(&soil, wl);
            assert_true(r > 0.005 && r < 0.9);
        }
    }
}

static void organic_matter_darkens_the_visible_more_than_the_infrared(void **state) {
    (void)state;
    tl_simulate_soil poor = usual();
    tl_simulate_soil rich = poor;
    rich.som_g_kg += 15.0;
    for (double wl = 400.0; wl <= 2500.0; wl += 1.0) {
        assert_true(reflectance_at(&rich, wl) < reflectance_at(&poor, wl));
    }
    const double visible = reflectance_at(&rich, 650.0) / reflectance_at(&poor, 650.0);
    const double infrared = reflectance_at(&rich, 1650.0) / reflectance_at(&poor, 1650.0);
    assert_true(visible < infrared - 0.03);
}

/* Depth below the straight line between two shoulders, as a share of that line. */
static double depth(const tl_simulate_soil *soil, double left, double at, double right) {
    const double share = (at - left) / (right - left);
    const double line =
        (1.0 - share) * reflectance_at(soil, left) + share * reflectance_at(soil, right);
    return 1.0 - reflectance_at(soil, at) / line;
}

static void water_and_clay_bands_are_local_minima(void **state) {
    (void)state;
    const tl_simulate_soil soil = usual();
    const double lowest[3][3] = {
        {1340.0, 1410.0, 1600.0}, {1820.0, 1920.0, 2080.0}, {2120.0, 2205.0, 2270.0}};
    for (int k = 0; k < 3; k++) {
        double best = 1.0;
        double where = 0.0;
        for (double wl = lowest[k][0]; wl <= lowest[k][2]; wl += 1.0) {
            if (reflectance_at(&soil, wl) < best) {
                best = reflectance_at(&soil, wl);
                where = wl;
            }
        }
        CHECK_NEAR(where, lowest[k][1], 20.0);
        assert_true(depth(&soil, lowest[k][0], where, lowest[k][2]) > 0.02);
    }
}

static void each_part_acts_where_it_should(void **state) {
    (void)state;
    tl_simulate_soil soil = usual();
    tl_simulate_soil clayey = soil;
    clayey.clay_pct *= 1.5;
    assert_true(depth(&clayey, 2130.0, 2205.0, 2260.0) >
                depth(&soil, 2130.0, 2205.0, 2260.0) + 0.01);
    tl_simulate_soil rusty = soil;
    rusty.iron_pct *= 2.0;
    assert_true(depth(&rusty, 760.0, 905.0, 1100.0) > depth(&soil, 760.0, 905.0, 1100.0) + 0.01);
    tl_simulate_soil moist = soil;
    moist.water_pct += 12.0;
    assert_true(depth(&moist, 1820.0, 1928.0, 2120.0) > depth(&soil, 1820.0, 1928.0, 2120.0) + 0.1);
    assert_true(reflectance_at(&moist, 800.0) < 0.9 * reflectance_at(&soil, 800.0));
}

static void laboratory_noise_is_small_and_keyed_by_sample(void **state) {
    (void)state;
    const tl_simulate_soil soil = usual();
    double wl[2101];
    double a[2101];
    double b[2101];
    for (int k = 0; k < 2101; k++) {
        wl[k] = 400.0 + (double)k;
    }
    tl_simulate_lab_spectrum(&soil, 11, 4, wl, 2101, a);
    tl_simulate_lab_spectrum(&soil, 11, 4, wl, 2101, b);
    assert_memory_equal(a, b, sizeof a);
    tl_simulate_lab_spectrum(&soil, 11, 5, wl, 2101, b);
    double rough = 0.0;
    int differ = 0;
    for (int k = 1; k < 2100; k++) {
        const double bend = a[k - 1] - 2.0 * a[k] + a[k + 1];
        rough += bend * bend / 6.0 / 2099.0;
        differ += a[k] != b[k];
        assert_true(a[k] > 0.0 && a[k] < 1.0);
    }
    assert_true(differ > 2000);
    /* Second differences of white noise have six times its variance; the ends are three times
     * worse. */
    assert_in_range((int)(1e6 * sqrt(rough)), 700, 1200);
}

static void residue_is_bright_with_a_cellulose_dip(void **state) {
    (void)state;
    assert_true(tl_simulate_residue_reflectance(1100.0) > 0.35);
    assert_true(
        tl_simulate_residue_reflectance(2100.0) <
        0.5 * (tl_simulate_residue_reflectance(2020.0) + tl_simulate_residue_reflectance(2210.0)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reflectance_stays_between_0_and_1),
        cmocka_unit_test(organic_matter_darkens_the_visible_more_than_the_infrared),
        cmocka_unit_test(water_and_clay_bands_are_local_minima),
        cmocka_unit_test(each_part_acts_where_it_should),
        cmocka_unit_test(laboratory_noise_is_small_and_keyed_by_sample),
        cmocka_unit_test(residue_is_bright_with_a_cellulose_dip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
