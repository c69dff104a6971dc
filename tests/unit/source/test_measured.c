/* SPDX-License-Identifier: GPL-2.0-or-later
 * Values below detection and names with units. */
#include "kit/check.h"
#include "source/measured.h"

static void limits_are_read(void **state) {
    (void)state;
    double limit = -1.0;
    assert_int_equal(tl_source_measured_below("<0.5", &limit), 1);
    CHECK_NEAR(limit, 0.5, 0.0);
    assert_int_equal(tl_source_measured_below("  < 2 ", &limit), 1);
    CHECK_NEAR(limit, 2.0, 0.0);
    assert_int_equal(tl_source_measured_below("<0,5", &limit), 1);
    CHECK_NEAR(limit, 0.5, 0.0);
    assert_int_equal(tl_source_measured_below("\xEF\xBC\x9C 2", &limit), 1); /* full width */
    CHECK_NEAR(limit, 2.0, 0.0);
    static const char *const others[] = {"",    "0.5", "<",    "<LOD",  "< -1",
                                         "<0",  "<<1", ">0.5", "<0,5,", "n.d.",
                                         "<1x", "a<1", "<inf", "<nan",  "< 1 mg"};
    for (size_t k = 0; k < sizeof others / sizeof others[0]; k++) {
        assert_int_equal(tl_source_measured_below(others[k], &limit), 0);
        CHECK_NEAR(limit, 2.0, 0.0);
    }
}

static void units_are_taken_from_names(void **state) {
    (void)state;
    static const struct {
        const char *name;
        const char *property;
        const char *unit;
    } cases[] = {{"SOM (g/kg)", "SOM", "g/kg"},
                 {"SOM[g/kg]", "SOM", "g/kg"},
                 {"As ( mg/kg ) ", "As", "mg/kg"},
                 {"clay (<2 um) (%)", "clay (<2 um)", "%"},
                 {"SOM", "SOM", ""},
                 {"SOM_g_kg ", "SOM_g_kg", ""},
                 {"(g/kg)", "(g/kg)", ""},
                 {"SOM ()", "SOM ()", ""},
                 {"SOM ( )", "SOM ( )", ""},
                 {"SOM g/kg)", "SOM g/kg)", ""},
                 {"SOM, g/kg", "SOM", "g/kg"},
                 {"SOM g/kg", "SOM", "g/kg"},
                 {"As mg kg-1", "As", "mg kg-1"},
                 {"As mg\xC2\xB7kg-1", "As", "mg\xC2\xB7kg-1"},
                 {"SOM %", "SOM", "%"},
                 {"\xE6\x9C\x89\xE6\x9C\xBA\xE8\xB4\xA8\xEF\xBC\x88g/kg\xEF\xBC\x89",
                  "\xE6\x9C\x89\xE6\x9C\xBA\xE8\xB4\xA8", "g/kg"},
                 {"bulk density", "bulk density", ""},
                 {"ratio C/N", "ratio C/N", ""},
                 {"SOM 2020-1", "SOM 2020-1", ""},
                 {"As, total", "As, total", ""},
                 {"g/kg", "g/kg", ""},
                 {"", "", ""}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        size_t length = 99;
        char unit[16] = "?";
        assert_int_equal(tl_source_measured_unit(cases[k].name, &length, unit, sizeof unit),
                         cases[k].unit[0] != '\0');
        assert_int_equal(length, strlen(cases[k].property));
        assert_string_equal(unit, cases[k].unit);
    }
    char tight[4];
    size_t length = 0;
    assert_int_equal(tl_source_measured_unit("Cu (mg/kg)", &length, tight, sizeof tight), 1);
    assert_string_equal(tight, "mg/");
}

static void names_meet_without_their_units(void **state) {
    (void)state;
    assert_true(tl_source_measured_same("SOM (g/kg)", "som"));
    assert_true(tl_source_measured_same("SOM", "SOM [%]"));
    assert_false(tl_source_measured_same("SOM (g/kg)", "SOC"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(limits_are_read),
        cmocka_unit_test(units_are_taken_from_names),
        cmocka_unit_test(names_meet_without_their_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
