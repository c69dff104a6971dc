/* SPDX-License-Identifier: GPL-2.0-or-later
 * The sun of a scene against the computed one: the angle between both, an elevation that was stored
 * as a zenith, and facts that are completed but never replaced. */
#include <math.h>

#include "kit/check.h"
#include "source/scene.h"
#include "tools/scenes/sunlight.h"

static const tl_sun computed = {.zenith_deg = 30.0, .azimuth_deg = 100.0, .distance_au = 1.01};

static void the_angle_counts_the_azimuth(void **state) {
    (void)state;
    tl_scene_facts facts = tl_source_scene_facts_none();
    facts.sun_zenith_deg = 30.0;
    facts.sun_azimuth_deg =
        280.0; /* on the opposite side: 30 degrees on both sides of the zenith */
    const tl_sunlight_comparison c = tl_sunlight_compare(&facts, &computed);
    assert_true(fabs(c.angle_deg - 60.0) < 1e-9);
    assert_true(c.zenith_error_deg < 1e-12);
    assert_true(c.elevation_error_deg > TL_SUNLIGHT_TOLERANCE_DEG);
}

static void an_unknown_azimuth_leaves_the_zeniths(void **state) {
    (void)state;
    tl_scene_facts facts = tl_source_scene_facts_none();
    facts.sun_zenith_deg = 37.0;
    const tl_sunlight_comparison c = tl_sunlight_compare(&facts, &computed);
    assert_true(fabs(c.angle_deg - 7.0) < 1e-9);
    assert_true(fabs(c.zenith_error_deg - 7.0) < 1e-12);
}

static void an_elevation_is_recognised(void **state) {
    (void)state;
    tl_scene_facts facts = tl_source_scene_facts_none();
    facts.sun_zenith_deg = 60.5;
    const tl_sunlight_comparison c = tl_sunlight_compare(&facts, &computed);
    assert_true(c.zenith_error_deg > TL_SUNLIGHT_TOLERANCE_DEG);
    assert_true(fabs(c.elevation_error_deg - 0.5) < 1e-12);
}

static void without_a_zenith_nothing_is_compared(void **state) {
    (void)state;
    const tl_scene_facts facts = tl_source_scene_facts_none();
    const tl_sunlight_comparison c = tl_sunlight_compare(&facts, &computed);
    assert_true(isnan(c.angle_deg) && isnan(c.zenith_error_deg) && isnan(c.elevation_error_deg));
}

static void only_missing_facts_are_set(void **state) {
    (void)state;
    tl_scene_facts facts = tl_source_scene_facts_none();
    facts.sun_zenith_deg = 42.0;
    tl_sunlight_complete(&facts, &computed);
    assert_true(fabs(facts.sun_zenith_deg - 42.0) < 1e-12);
    assert_true(fabs(facts.sun_azimuth_deg - 100.0) < 1e-12);
    assert_true(fabs(facts.earth_sun_au - 1.01) < 1e-12);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_angle_counts_the_azimuth),
        cmocka_unit_test(an_unknown_azimuth_leaves_the_zeniths),
        cmocka_unit_test(an_elevation_is_recognised),
        cmocka_unit_test(without_a_zenith_nothing_is_compared),
        cmocka_unit_test(only_missing_facts_are_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
