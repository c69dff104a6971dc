/* SPDX-License-Identifier: GPL-2.0-or-later
 * ENVI headers, good and hostile, and the units of wavelengths. */
#include "io/envi_header.h"

#include "io/wavelength_unit.h"
#include "kit/check.h"

static const char good[] =
    "ENVI\r\ndescription = {\r\n made by hand }\r\nsamples = 5\r\n; a comment = no key\r\n"
    "Wavelength_Units = Nanometer\r\nwavelength = {\r\n 400, 500,\r\n 600.5}\r\nbbl={1,0,x}\r\n"
    "reflectance scale factor = 10000\r\nempty = \r\nlast = {1}";

static void keys_values_and_lists_are_found(void **state) {
    (void)state;
    tl_err err = {0};
    tl_envi envi;
    CHECK_OK(tl_io_envi_parse(good, sizeof good - 1, "header", &envi, &err));
    double value = 0.0;
    double list[3];
    assert_string_equal(tl_io_envi_value(&envi, "description"), "made by hand");
    assert_string_equal(tl_io_envi_value(&envi, "wavelength units"), "Nanometer");
    assert_string_equal(tl_io_envi_value(&envi, "empty"), "");
    assert_null(tl_io_envi_value(&envi, "a comment"));
    assert_int_equal(tl_io_envi_number(&envi, "samples", &value), 1);
    CHECK_NEAR(value, 5.0, 0.0);
    assert_int_equal(tl_io_envi_numbers(&envi, "wavelength", 3, list), 1);
    CHECK_NEAR(list[2], 600.5, 0.0);
    assert_int_equal(tl_io_envi_numbers(&envi, "wavelength", 2, list), 0);
    assert_int_equal(tl_io_envi_numbers(&envi, "bbl", 3, list), 1);
    assert_true(isnan(list[2]));
    assert_int_equal(tl_io_envi_numbers(&envi, "nothing", 3, list), 0);
    tl_io_envi_free(&envi);
}

static void what_is_no_header_is_refused(void **state) {
    (void)state;
    static const char *const texts[] = {"", "ENV", "P5\n", "ENVI\nwavelength = {400, 500\n"};
    for (size_t k = 0; k < 4; k++) {
        tl_err err = {0};
        tl_envi envi;
        assert_int_equal(tl_io_envi_parse(texts[k], strlen(texts[k]), "header", &envi, &err),
                         TL_FORMAT);
        assert_null(envi.bytes);
    }
    tl_envi envi;
    assert_int_equal(tl_io_envi_parse("ENVI\n\0", 6, "header", &envi, NULL), TL_FORMAT);
}

static void try(const char *bytes, size_t n) {
    tl_envi envi;
    if (tl_io_envi_parse(bytes, n, "header", &envi, NULL) == TL_OK) {
        double list[3];
        double value = 0.0;
        (void)tl_io_envi_numbers(&envi, "wavelength", 3, list);
        (void)tl_io_envi_numbers(&envi, "bbl", 3, list);
        (void)tl_io_envi_number(&envi, "samples", &value);
        tl_io_envi_free(&envi);
    }
}

static void cuts_flips_and_huge_numbers_are_survived(void **state) {
    (void)state;
    const ptrdiff_t before = tl_live_blocks();
    const size_t n = sizeof good - 1;
    for (size_t cut = 0; cut <= n; cut++) {
        try(good, cut);
    }
    static const char flips[] = {'{', '}', '=', ',', '\n', '\0', ';', (char)0xff};
    for (size_t at = 0; at < n; at++) {
        for (size_t f = 0; f < sizeof flips; f++) {
            char text[sizeof good];
            memcpy(text, good, sizeof good);
            text[at] = flips[f];
            try(text, n);
        }
    }
    const char huge[] =
        "ENVI\nsamples = 1e400\nwavelength = {1e999, -1e308, "
        "99999999999999999999999999999999999999999999999999999999999999999999999}";
    try(huge, sizeof huge - 1);
    assert_int_equal(tl_live_blocks(), before);
}

static void units_are_understood_in_every_spelling(void **state) {
    (void)state;
    static const struct {
        const char *word;
        double nm; /* of the value 2 */
    } cases[] = {{"nm", 2.0},           {"Nanometers", 2.0},     {"Nanometer", 2.0},
                 {"NANOMETRES", 2.0},   {"um", 2000.0},          {"\xC2\xB5m", 2000.0},
                 {"\xCE\xBCm", 2000.0}, {"Micrometers", 2000.0}, {"microns", 2000.0},
                 {"mm", 2e6},           {"cm-1", 5e6},           {"Wavenumber", 5e6},
                 {"cm", 2e7},           {"GHz", 149896229.0},    {"THz", 149896.229}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        const tl_wavelength_unit unit = tl_io_wavelength_unit_of(cases[k].word);
        assert_true(unit != TL_UNIT_UNKNOWN);
        CHECK_NEAR(tl_io_wavelength_nm(2.0, unit), cases[k].nm, 1e-6);
    }
    static const char *const unknown[] = {"Unknown", "Index", "", "grams", "m"};
    for (size_t k = 0; k < 5; k++) {
        assert_int_equal(tl_io_wavelength_unit_of(unknown[k]), TL_UNIT_UNKNOWN);
    }
    /* 4000 cm-1 is 2500 nm; 4 cm-1 there are 2.5 nm. */
    CHECK_NEAR(tl_io_wavelength_nm(4000.0, TL_UNIT_PER_CM), 2500.0, 1e-9);
    CHECK_NEAR(tl_io_width_nm(4.0, 4000.0, TL_UNIT_PER_CM), 2.5, 1e-12);
}

static void the_unit_that_fits_is_found(void **state) {
    (void)state;
    static const double um[] = {0.45, 0.85, 2.2};
    static const double nm[] = {450.0, -1.0, 2200.0};
    static const double radar[] = {5.4, 9.6};
    assert_int_equal(tl_io_fitting_unit(um, 3, TL_UNIT_NM), TL_UNIT_UM);
    assert_int_equal(tl_io_fitting_unit(um, 3, TL_UNIT_UM), TL_UNIT_UM);
    assert_int_equal(tl_io_fitting_unit(um, 3, TL_UNIT_UNKNOWN), TL_UNIT_UM);
    assert_int_equal(tl_io_fitting_unit(nm, 3, TL_UNIT_UM), TL_UNIT_NM);
    assert_int_equal(tl_io_fitting_unit(nm, 3, TL_UNIT_MM), TL_UNIT_NM);
    assert_int_equal(tl_io_fitting_unit(nm, 3, TL_UNIT_PER_CM), TL_UNIT_PER_CM);
    assert_int_equal(tl_io_fitting_unit(radar, 2, TL_UNIT_GHZ), TL_UNIT_GHZ);
    double value = 0.0;
    tl_wavelength_unit unit = TL_UNIT_UNKNOWN;
    assert_true(tl_io_wavelength_in_text("20000 cm-1", &value, &unit));
    assert_int_equal(unit, TL_UNIT_PER_CM);
    assert_false(tl_io_wavelength_in_text("-1 Nanometers", &value, &unit));
    assert_true(tl_io_wavelength_in_text("band-450 nm", &value, &unit));
    CHECK_NEAR(value, 450.0, 0.0);
}

static void wavelengths_are_found_in_band_names(void **state) {
    (void)state;
    static const struct {
        const char *text;
        double value;
        tl_wavelength_unit unit;
    } cases[] = {
        {"band 1 (0.455400 Micrometers)", 0.4554, TL_UNIT_UM},
        {"Resize (Band 2:clip_2013317) (436.989990)", 436.98999, TL_UNIT_UNKNOWN},
        {"418.24 Nanometers", 418.24, TL_UNIT_NM},
        {"B04_665nm", 665.0, TL_UNIT_NM},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        double value = 0.0;
        tl_wavelength_unit unit = TL_UNIT_UNKNOWN;
        assert_int_equal(tl_io_wavelength_in_text(cases[k].text, &value, &unit), 1);
        CHECK_NEAR(value, cases[k].value, 1e-9);
        assert_int_equal(unit, cases[k].unit);
    }
    static const char *const none[] = {"",          "Band 1",   "Layer (1)", "30 m resolution",
                                       "SOM, mean", "B4 (red)", "(",         "1.2.3.4 nm"};
    for (size_t k = 0; k < sizeof none / sizeof none[0]; k++) {
        double value = 0.0;
        tl_wavelength_unit unit = TL_UNIT_UNKNOWN;
        assert_int_equal(tl_io_wavelength_in_text(none[k], &value, &unit), 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_values_and_lists_are_found),
        cmocka_unit_test(what_is_no_header_is_refused),
        cmocka_unit_test(cuts_flips_and_huge_numbers_are_survived),
        cmocka_unit_test(units_are_understood_in_every_spelling),
        cmocka_unit_test(the_unit_that_fits_is_found),
        cmocka_unit_test(wavelengths_are_found_in_band_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
