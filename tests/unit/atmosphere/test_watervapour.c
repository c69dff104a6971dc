/* SPDX-License-Identifier: GPL-2.0-or-later
 * Water vapour that was put above the ground is found again, and maps of it are smoothed fairly. */
#include <math.h>

#include "atmosphere/background.h"
#include "atmosphere/boxmean.h"
#include "atmosphere/clearsky.h"
#include "atmosphere/watervapour.h"
#include "kit/check.h"

enum { N = 90 };

/* Bands of 5 nm from 860 nm to 1305 nm under the clear sky. */
static void make(tl_air_bands *b, double *centre) {
    tl_err err;
    static const double water[6] = {0.1, 0.5, 1.0, 2.0, 4.0, 6.0};
    tl_air_table t;
    double fwhm[N];
    CHECK_OK(tl_atmosphere_air_table_init(&t, 1, 6, 500, &err));
    t.aod[0] = 0.1;
    memcpy(t.water_g_cm2, water, sizeof water);
    for (ptrdiff_t l = 0; l < 500; l++) {
        t.wavelength_nm[l] = 840.0 + (double)l;
    }
    const tl_clear_sky sky = tl_atmosphere_clear_sky_default();
    CHECK_OK(tl_atmosphere_clear_sky_fill(&sky, 1, NULL, &t, &err));
    for (int i = 0; i < N; i++) {
        centre[i] = 860.0 + 5.0 * (double)i;
        fwhm[i] = 6.0;
    }
    CHECK_OK(tl_atmosphere_bands_init(&t, 0.1, centre, fwhm, N, b, &err));
    tl_atmosphere_air_table_free(&t);
}

static void water_is_found_again(void **state) {
    (void)state;
    tl_air_bands b;
    double centre[N];
    int usable[N];
    make(&b, centre);
    for (int i = 0; i < N; i++) {
        usable[i] = 1;
    }
    for (int at_1130 = 0; at_1130 < 2; at_1130++) {
        tl_water_feature f;
        assert_int_equal(tl_atmosphere_water_feature_find(centre, usable, N, at_1130, &f), 1);
        for (double water = 0.3; water < 5.9; water += 0.7) {
            float top[TL_WATER_MAX_BANDS];
            for (ptrdiff_t i = 0; i < f.n; i++) { /* ground that rises in a straight line */
                const float ground = (float)(0.2 + 3e-4 * (centre[f.band[i]] - 860.0));
                top[i] = tl_atmosphere_air_to_top(
                    tl_atmosphere_bands_at(&b, f.band[i], tl_atmosphere_bands_locate(&b, water)),
                    ground);
            }
            /* Linear between loads that lie up to 0.3 g cm-2 apart. */
            CHECK_NEAR(tl_atmosphere_water_retrieve(&b, &f, top), water, 0.01);
        }
    }
    tl_atmosphere_bands_free(&b);
}

static void what_tells_nothing_of_water_has_no_value(void **state) {
    (void)state;
    tl_air_bands b;
    double centre[N];
    int usable[N];
    make(&b, centre);
    for (int i = 0; i < N; i++) {
        usable[i] = 1;
    }
    tl_water_feature f;
    assert_int_equal(tl_atmosphere_water_feature_find(centre, usable, N, 0, &f), 1);
    float top[TL_WATER_MAX_BANDS];
    for (ptrdiff_t i = 0; i < f.n; i++) {
        top[i] = 0.005F; /* a lake */
    }
    assert_true(isnan(tl_atmosphere_water_retrieve(&b, &f, top)));
    for (ptrdiff_t i = 0; i < f.n; i++) {
        top[i] = 0.3F; /* no absorption at all: the driest air that is tabled */
    }
    CHECK_NEAR(tl_atmosphere_water_retrieve(&b, &f, top), 0.1, 1e-12);
    for (ptrdiff_t i = 0; i < f.n; i++) {
        top[i] = f.part[i] == 1 ? 0.001F : 0.3F; /* absorbed beyond all that is tabled */
    }
    CHECK_NEAR(tl_atmosphere_water_retrieve(&b, &f, top), 6.0, 1e-12);
    top[2] = NAN;
    assert_true(isnan(tl_atmosphere_water_retrieve(&b, &f, top)));
    for (int i = 0; i < N; i++) {
        usable[i] = centre[i] < 1000.0; /* no right shoulder */
    }
    assert_int_equal(tl_atmosphere_water_feature_find(centre, usable, N, 0, &f), 0);
    assert_int_equal(f.n, 0);
    tl_atmosphere_bands_free(&b);
}

static void maps_are_smoothed_and_filled(void **state) {
    (void)state;
    tl_err err;
    float map[5 * 7];
    for (int i = 0; i < 35; i++) {
        map[i] = i % 7 < 3 ? 1.0F : 2.0F;
    }
    map[0] = NAN;
    map[34] = NAN;
    tl_map_summary s;
    CHECK_OK(tl_atmosphere_box_mean(map, 5, 7, 1, &s, &err));
    assert_int_equal(s.n_valid, 33);
    CHECK_NEAR(s.median, 2.0, 0.0);
    CHECK_NEAR((double)map[0], 1.0, 1e-6); /* a gap is filled with the mean around it */
    CHECK_NEAR((double)map[14 + 2], (6.0 + 3.0 * 2.0) / 9.0, 1e-6);
    CHECK_NEAR((double)map[14 + 5], 2.0, 1e-6);
    float empty[4] = {NAN, NAN, NAN, NAN};
    CHECK_OK(tl_atmosphere_box_mean(empty, 2, 2, 3, &s, &err));
    assert_int_equal(s.n_valid, 0);
    assert_true(isnan(empty[3]));
}

/* On a plane the mean of the surroundings is the plane itself, away from the borders. */
static void the_surroundings_of_a_plane_are_the_plane(void **state) {
    (void)state;
    tl_err err;
    tl_background b;
    CHECK_OK(tl_atmosphere_background_init(&b, 1, 60, 60, 4, &err));
    for (ptrdiff_t r = 0; r < 60; r++) {
        float row[60];
        for (ptrdiff_t c = 0; c < 60; c++) {
            row[c] = 0.1F + 0.002F * (float)c + 0.003F * (float)r;
        }
        tl_atmosphere_background_add(&b, 0, r, row, 60);
    }
    CHECK_OK(tl_atmosphere_background_finish(&b, 2, &err));
    float out[60];
    tl_atmosphere_background_row(&b, 0, 30, 60, out);
    for (ptrdiff_t c = 14; c < 46; c++) {
        CHECK_NEAR((double)out[c], 0.1 + 0.002 * (double)c + 0.09, 1e-5);
    }
    tl_atmosphere_background_free(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(water_is_found_again),
        cmocka_unit_test(what_tells_nothing_of_water_has_no_value),
        cmocka_unit_test(maps_are_smoothed_and_filled),
        cmocka_unit_test(the_surroundings_of_a_plane_are_the_plane),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
