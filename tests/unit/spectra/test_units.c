/* SPDX-License-Identifier: GPL-2.0-or-later
 * The unit of a series of spectra, and the scale of a scene against that of a model. */
#include <math.h>
#include <string.h>

#include "kit/check.h"
#include "spectra/scene_scale.h"
#include "spectra/units.h"

static tl_series_unit decide(const tl_spectrum_level *level, ptrdiff_t n) {
    tl_series_unit out;
    tl_spectra_series_unit(level, n, &out);
    return out;
}

static void the_largest_median_and_the_shape_decide(void **state) {
    (void)state;
    static const struct {
        tl_spectrum_level level[2];
        tl_value_unit unit;
        int doubtful;
    } cases[] = {
        {{{0.3, 0.5, 1.6}, {0.02, 0.03, 1.2}}, TL_VALUES_FRACTION, 0},
        {{{0.3, 0.9, 0.6}, {0.2, 0.5, 0.7}}, TL_VALUES_FRACTION, 1},
        {{{1.3, 1.8, 0.6}, {0.4, 0.9, 0.6}}, TL_VALUES_ABSORBANCE, 0},
        {{{2.4, 2.9, 1.1}, {34.0, 38.0, 1.2}}, TL_VALUES_PERCENT, 0},
        {{{2.4, 2.9, 1.1}, {1.9, 2.2, 1.2}}, TL_VALUES_PERCENT, 0},
        {{{2.4, 2.9, (double)NAN}, {1.9, 2.2, (double)NAN}}, TL_VALUES_UNKNOWN, 0},
        {{{240.0, 290.0, 1.1}, {3400.0, 3800.0, 1.2}}, TL_VALUES_PER_10000, 0},
        {{{30000.0, 31000.0, 1.1}, {40000.0, 41000.0, 1.2}}, TL_VALUES_UNKNOWN, 0},
        {{{(double)NAN, (double)NAN, (double)NAN}, {0.2, 0.3, 1.5}}, TL_VALUES_FRACTION, 0},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        const tl_series_unit u = decide(cases[k].level, 2);
        assert_int_equal(u.unit, cases[k].unit);
        assert_int_equal(u.doubtful, cases[k].doubtful);
        assert_int_equal(u.odd, -1);
    }
    assert_int_equal(decide(NULL, 0).unit, TL_VALUES_FRACTION);
}

/* A gap below 1 % shows another unit; a series that reaches below 1 % without one is dark. */
static void a_spectrum_of_another_unit_is_odd(void **state) {
    (void)state;
    static const tl_spectrum_level mixed[] = {{30.0, 40.0, 1.5}, {0.3, 0.4, 1.5}, {2.0, 3.0, 1.2}};
    static const tl_spectrum_level dark[] = {{10.0, 14.0, 1.5}, {0.7, 0.9, 1.5}, {1.2, 1.5, 1.2}};
    static const tl_spectrum_level zeros[] = {{30.0, 40.0, 1.5}, {0.0, 0.0, (double)NAN}};
    assert_int_equal(decide(mixed, 3).odd, 1);
    assert_int_equal(decide(dark, 3).odd, -1);
    assert_int_equal(decide(zeros, 2).odd, -1);
}

static void levels_ignore_what_is_missing(void **state) {
    (void)state;
    static const double nm[] = {500.0, 600.0, 750.0, 900.0};
    static const double value[] = {0.1, (double)NAN, 0.2, 0.3};
    tl_err err = {0};
    tl_spectrum_level level;
    CHECK_OK(tl_spectra_level(value, nm, 4, &level, &err));
    CHECK_NEAR(level.median, 0.2, 0.0);
    CHECK_NEAR(level.rise, 2.0, 1e-15);
}

static void scales_are_compared(void **state) {
    (void)state;
    json_t *about = json_loads("{\"spectra\": {\"scene\": {\"mean\": [0.2, 0.4]}}}", 0, NULL);
    const tl_training_scale t = tl_spectra_training_scale(about, 2);
    assert_int_equal(t.n, 2);
    static const struct {
        double here[2];
        double factor;
    } cases[] = {
        {{0.2, 0.4}, 1.0},
        {{0.001, 0.002}, 1.0},
        {{1.2, 1.4}, 1.0},
        {{2000.0, 4000.0}, 1e-4},
        {{200.0, 100.0}, 1e-2},
        {{20.0, 40.0}, 1e-2},
        {{(double)NAN, (double)NAN}, 1.0},
        {{3.0, 3.0}, 1.0},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        CHECK_NEAR(tl_spectra_scale_factor(&t, cases[k].here, 1, NULL), cases[k].factor, 0.0);
    }
    const float bright[] = {2000.0F, NAN, 2100.0F};
    const float *const band[] = {bright, bright};
    tl_err err = {0};
    assert_int_equal(tl_spectra_check_scale(&t, band, NULL, 3, 1.0, &err), TL_DATA);
    assert_non_null(strstr(err.text, "scene_scale 0.0001"));
    CHECK_OK(tl_spectra_check_scale(&t, band, NULL, 3, 1e-4, &err));
    json_decref(about);
    static const char *const others[] = {"{}", "{\"spectra\": {\"mean\": [1]}}", "[]",
                                         "{\"spectra\": {\"mean\": [\"a\", null]}}"};
    for (size_t k = 0; k < sizeof others / sizeof others[0]; k++) {
        json_t *other = json_loads(others[k], 0, NULL);
        assert_int_equal(tl_spectra_training_scale(other, 2).n, 0);
        json_decref(other);
    }
    assert_int_equal(tl_spectra_training_scale(NULL, 2).n, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_largest_median_and_the_shape_decide),
        cmocka_unit_test(a_spectrum_of_another_unit_is_odd),
        cmocka_unit_test(levels_ignore_what_is_missing),
        cmocka_unit_test(scales_are_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
