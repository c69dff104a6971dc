/* SPDX-License-Identifier: GPL-2.0-or-later
 * Scattered light is neither created nor lost, and air is as bright as in published tables. */
#include <math.h>

#include "atmosphere/scatter.h"
#include "kit/check.h"

static const tl_view steep = {.sun_zenith_deg = 40.0, .view_zenith_deg = 0.0};

static void no_air_is_a_window(void **state) {
    (void)state;
    const tl_layer_optics none = {0.0, 0.0, 0.9, 0.65};
    const tl_scattering s = tl_atmosphere_scatter(&none, &steep);
    CHECK_NEAR(s.path, 0.0, 0.0);
    CHECK_NEAR(s.down * s.up * s.direct, 1.0, 0.0);
    CHECK_NEAR(s.albedo, 0.0, 0.0);
}

/* In a thin layer light scatters once: tau P / (4 mu mu') with the molecules' phase function. */
static void a_thin_layer_scatters_once(void **state) {
    (void)state;
    const double tau = 1e-4;
    const tl_layer_optics air = {tau, 0.0, 1.0, 0.0};
    const tl_view slant = {40.0, 30.0, 70.0};
    const tl_scattering s = tl_atmosphere_scatter(&air, &slant);
    const double d = 3.14159265358979323846 / 180.0;
    const double cosine =
        -cos(40.0 * d) * cos(30.0 * d) - sin(40.0 * d) * sin(30.0 * d) * cos(70.0 * d);
    const double phase = 1.0 + 0.5 * 0.958725 * 0.5 * (3.0 * cosine * cosine - 1.0);
    const double once = tau * phase / (4.0 * cos(40.0 * d) * cos(30.0 * d));
    CHECK_NEAR(s.path / once, 1.0, 5e-4); /* a second scattering adds about tau */
    const tl_view mirror = {30.0, 40.0, 70.0};
    CHECK_NEAR(tl_atmosphere_scatter(&air, &mirror).path / s.path, 1.0, 1e-9);
}

/* Without absorption all the light that falls on even ground's sky comes down or goes back: the
 * spherical albedo and the mean transmittance sum to 1. */
static void light_is_kept(void **state) {
    (void)state;
    const tl_layer_optics haze = {0.3, 0.5, 1.0, 0.65};
    double through = 0.0;
    double weights = 0.0;
    for (int i = 0; i < 400; i++) { /* mean of down over the hemisphere, 2 mu dmu */
        const double mu = ((double)i + 0.5) / 400.0;
        const tl_view view = {acos(mu) * 180.0 / 3.14159265358979323846, 0.0, 0.0};
        through += 2.0 * mu * tl_atmosphere_scatter(&haze, &view).down;
        weights += 2.0 * mu;
    }
    const tl_scattering s = tl_atmosphere_scatter(&haze, &steep);
    CHECK_NEAR(s.albedo + through / weights, 1.0, 2e-4);
    const tl_layer_optics soot = {0.3, 0.5, 0.8, 0.65};
    assert_true(tl_atmosphere_scatter(&soot, &steep).down < s.down);
    assert_true(tl_atmosphere_scatter(&soot, &steep).path < s.path);
}

/* Spherical albedo of pure molecular air, closed form of Vermote et al. 1997 (6S). */
static void molecular_air_throws_back_what_is_known(void **state) {
    (void)state;
    for (double tau = 0.05; tau < 0.4; tau += 0.1) {
        double e3 = 0.0; /* third exponential integral, by midpoints */
        for (int i = 0; i < 20000; i++) {
            const double mu = ((double)i + 0.5) / 20000.0;
            e3 += mu * exp(-tau / mu) / 20000.0;
        }
        const double known =
            (3.0 * tau - e3 * (4.0 + 2.0 * tau) + 2.0 * exp(-tau)) / (4.0 + 3.0 * tau);
        const tl_layer_optics air = {tau, 0.0, 1.0, 0.0};
        /* The closed form rests on isotropic scattering; the paper states an error of 0.003. */
        CHECK_NEAR(tl_atmosphere_scatter(&air, &steep).albedo, known, 0.003);
    }
}

/* The fit of Leckner 1978 (in Bird and Riordan 1986) is an older one to the same measurements; the
 * two differ by up to 3 % where the depth matters. */
static void molecules_are_as_many_as_others_count(void **state) {
    (void)state;
    for (double nm = 400.0; nm <= 2400.0; nm += 100.0) {
        const double um = nm * 1e-3;
        const double older = 1.0 / (pow(um, 4.0) * (115.6406 - 1.335 / (um * um)));
        CHECK_NEAR(tl_atmosphere_rayleigh_depth(nm), older, 0.03 * older + 2e-5);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_air_is_a_window),
        cmocka_unit_test(a_thin_layer_scatters_once),
        cmocka_unit_test(light_is_kept),
        cmocka_unit_test(molecular_air_throws_back_what_is_known),
        cmocka_unit_test(molecules_are_as_many_as_others_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
