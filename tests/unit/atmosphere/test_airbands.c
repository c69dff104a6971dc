/* SPDX-License-Identifier: GPL-2.0-or-later
 * What the air does to a band can be undone, agrees with the table at its own loads, and changes
 * nothing where there is no air. */
#include <math.h>

#include "atmosphere/airbands.h"
#include "atmosphere/clearsky.h"
#include "kit/check.h"

static void no_air_changes_nothing(void **state) {
    (void)state;
    const tl_air_numbers none = {0.0F, 1.0F, 0.0F};
    for (int i = 0; i <= 10; i++) {
        const float r = 0.1F * (float)i;
        CHECK_NEAR((double)tl_atmosphere_air_to_ground(none, r), (double)r, 0.0);
        CHECK_NEAR((double)tl_atmosphere_air_to_top(none, r), (double)r, 0.0);
        CHECK_NEAR((double)tl_atmosphere_air_sharpen(none, r, 0.3F, 1.0F), (double)r, 1e-7);
    }
}

static void there_and_back_is_the_same(void **state) {
    (void)state;
    for (int i = 0; i <= 20; i++) {
        const float r = 0.05F * (float)i;
        const tl_air_numbers haze = {0.12F, 0.55F, 0.22F};
        CHECK_NEAR((double)tl_atmosphere_air_to_ground(haze, tl_atmosphere_air_to_top(haze, r)),
                   (double)r, 1e-6);
        /* Ground like its surroundings has nothing to gain. */
        CHECK_NEAR((double)tl_atmosphere_air_sharpen(haze, r, r, 0.6F), (double)r, 1e-6);
    }
}

/* A cell seen through haze with light of its surroundings mixed in, by the formula of Vermote et al.
 * 1997, is found again. */
static void light_of_the_surroundings_is_taken_off(void **state) {
    (void)state;
    const double path = 0.08;
    const double through = 0.7;
    const double albedo = 0.15;
    const double direct = 0.65;
    const double around = 0.35;
    const tl_air_numbers a = {(float)path, (float)through, (float)albedo};
    for (double r = 0.02; r < 0.9; r += 0.08) {
        const double top =
            path + through * (direct * r + (1.0 - direct) * around) / (1.0 - albedo * around);
        const float even = tl_atmosphere_air_to_ground(a, (float)top);
        CHECK_NEAR((double)tl_atmosphere_air_sharpen(a, even, (float)around, (float)direct), r,
                   2e-6);
    }
}

static void make(tl_air_table *t) {
    tl_err err;
    const double water[3] = {0.5, 1.0, 3.0};
    CHECK_OK(tl_atmosphere_air_table_init(t, 2, 3, 401, &err));
    t->aod[0] = 0.1;
    t->aod[1] = 0.3;
    memcpy(t->water_g_cm2, water, sizeof water);
    for (ptrdiff_t l = 0; l < 401; l++) {
        t->wavelength_nm[l] = 800.0 + (double)l;
    }
    const tl_clear_sky sky = tl_atmosphere_clear_sky_default();
    CHECK_OK(tl_atmosphere_clear_sky_fill(&sky, 2, NULL, t, &err));
}

static void the_loads_of_the_table_keep_their_values(void **state) {
    (void)state;
    tl_err err;
    tl_air_table t;
    make(&t);
    const double centre[3] = {865.0, 940.0, 1300.0};
    const double none[3] = {NAN, 0.0, 10.0};
    tl_air_bands b;
    CHECK_OK(tl_atmosphere_bands_init(&t, 0.3, centre, none, 3, &b, &err));
    assert_int_equal(b.inside[0], 1);
    assert_int_equal(b.inside[2], 0); /* the table ends at 1200 nm */
    for (int k = 0; k < 3; k++) {
        for (int i = 0; i < 2; i++) {
            const ptrdiff_t at = (3 + k) * 401 + (ptrdiff_t)(centre[i] - 800.0);
            const tl_air_numbers a =
                tl_atmosphere_bands_at(&b, i, tl_atmosphere_bands_locate(&b, t.water_g_cm2[k]));
            CHECK_NEAR((double)a.path, (double)t.path[at], 1e-7);
            CHECK_NEAR((double)a.through, (double)t.down[at] * (double)t.up[at], 1e-7);
            CHECK_NEAR((double)a.albedo, (double)t.albedo[at], 1e-7);
        }
    }
    tl_atmosphere_bands_free(&b);
    tl_atmosphere_air_table_free(&t);
}

/* Between loads the steps are small against an exact table: 0.2 % of the transmittance. */
static void between_loads_little_is_lost(void **state) {
    (void)state;
    tl_err err;
    tl_air_table t;
    make(&t);
    const double centre[2] = {870.0, 940.0};
    const double fwhm[2] = {5.0, 5.0};
    tl_air_bands coarse;
    tl_air_bands exact;
    CHECK_OK(tl_atmosphere_bands_init(&t, 0.2, centre, fwhm, 2, &coarse, &err));
    t.aod[0] = 0.2;
    t.water_g_cm2[1] = 1.9;
    const tl_clear_sky sky = tl_atmosphere_clear_sky_default();
    CHECK_OK(tl_atmosphere_clear_sky_fill(&sky, 1, NULL, &t, &err));
    CHECK_OK(tl_atmosphere_bands_init(&t, 0.2, centre, fwhm, 2, &exact, &err));
    for (int i = 0; i < 2; i++) {
        const tl_air_numbers a =
            tl_atmosphere_bands_at(&coarse, i, tl_atmosphere_bands_locate(&coarse, 1.9));
        const tl_air_numbers b =
            tl_atmosphere_bands_at(&exact, i, tl_atmosphere_bands_locate(&exact, 1.9));
        CHECK_NEAR((double)a.through / (double)b.through, 1.0, 0.01);
        CHECK_NEAR((double)a.path, (double)b.path, 5e-4);
    }
    tl_atmosphere_bands_free(&coarse);
    tl_atmosphere_bands_free(&exact);
    tl_atmosphere_air_table_free(&t);
}

static void light_is_not_made(void **state) {
    (void)state;
    tl_air_table t;
    make(&t);
    for (ptrdiff_t i = 0; i < 2 * 3 * 401; i++) {
        assert_true(t.path[i] >= 0.0F && t.down[i] > 0.0F && t.up[i] > 0.0F);
        assert_true(t.down[i] <= 1.0F && t.up[i] <= 1.0F && t.albedo[i] < 0.2F);
        assert_true(t.path[i] + t.down[i] <= 1.0F);
        if (i / 401 % 3 > 0) { /* more water lets less through */
            assert_true(t.down[i] <= t.down[i - 401]);
        }
    }
    tl_atmosphere_air_table_free(&t);
}

static void what_the_table_lacks_is_said(void **state) {
    (void)state;
    tl_err err;
    tl_air_table t;
    make(&t);
    const double centre[1] = {2200.0};
    const double fwhm[1] = {10.0};
    tl_air_bands b;
    assert_int_equal(tl_atmosphere_bands_init(&t, 0.2, centre, fwhm, 1, &b, &err), TL_ARG);
    assert_non_null(strstr(err.text, "800 to 1200 nm"));
    assert_int_equal(tl_atmosphere_bands_init(&t, 0.5, centre, fwhm, 1, &b, &err), TL_ARG);
    assert_non_null(strstr(err.text, "from 0.1 to 0.3"));
    tl_atmosphere_air_table_free(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_air_changes_nothing),
        cmocka_unit_test(there_and_back_is_the_same),
        cmocka_unit_test(light_of_the_surroundings_is_taken_off),
        cmocka_unit_test(the_loads_of_the_table_keep_their_values),
        cmocka_unit_test(between_loads_little_is_lost),
        cmocka_unit_test(light_is_not_made),
        cmocka_unit_test(what_the_table_lacks_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
