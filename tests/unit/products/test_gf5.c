/* SPDX-License-Identifier: GPL-2.0-or-later
 * Tests of names and metadata of AHSI scenes. */
#include <math.h>
#include <string.h>

#include "kit/check.h"
#include "products/gf5_facts.h"
#include "products/gf5_files.h"

static void names_of_both_styles_and_any_case_are_known(void **state) {
    (void)state;
    static const struct {
        const char *name;
        tl_gf5_role role;
        const char *base;
    } files[] = {
        {"GF5_AHSI_E121.45_N31.31_20191228_008714_L1_VN.geotiff", TL_GF5_IMAGE_VNIR,
         "GF5_AHSI_E121.45_N31.31_20191228_008714_L1"},
        {"GF5B_AHSI_W102.8_N32.3_20220424_003345_L1_SW.tif", TL_GF5_IMAGE_SWIR,
         "GF5B_AHSI_W102.8_N32.3_20220424_003345_L1"},
        {"gf5b_ahsi_w102.8_n32.3_x_sw.TIFF", TL_GF5_IMAGE_SWIR, "gf5b_ahsi_w102.8_n32.3_x"},
        {"GF5_AHSI_E1_N2_3_4_L5.geotiff", TL_GF5_IMAGE_ONE, "GF5_AHSI_E1_N2_3_4_L5"},
        {"ZY1E_AHSI_E1_N2_3_VN.tif", TL_GF5_IMAGE_VNIR, "ZY1E_AHSI_E1_N2_3"},
        {"GF5B_AHSI_x.xml", TL_GF5_XML, "GF5B_AHSI_x"},
        {"GF5_AHSI_VNIR_RadCal.raw", TL_GF5_GAIN_VNIR, ""},
        {"GF5B_AHSI_RadCal_SWIR.raw", TL_GF5_GAIN_SWIR, ""},
        {"GF5_AHSI_SWIR_Spectralresponse.raw", TL_GF5_RESPONSE_SWIR, ""},
        {"GF5B_AHSI_Spectralresponse_VNIR.RAW", TL_GF5_RESPONSE_VNIR, ""},
        {"GF5B_AHSI_x_VN.jpg", TL_GF5_NONE, ""},
        {"GF5B_AHSI_x_VN.rpb", TL_GF5_NONE, ""},
        {"scene_VN.tif", TL_GF5_NONE, ""},
        {"readme", TL_GF5_NONE, ""},
    };
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char base[256];
        if (tl_products_gf5_role_of(files[i].name, base) != files[i].role) {
            fail_msg("%s", files[i].name);
        }
        assert_string_equal(base, files[i].base);
    }
}

static void a_name_of_any_length_is_safe(void **state) {
    (void)state;
    char name[4096];
    char base[256];
    memset(name, 'a', sizeof name);
    memcpy(name, "GF5_AHSI_", 9);
    memcpy(name + sizeof name - 8, "_VN.tif", 8);
    (void)tl_products_gf5_role_of(name, base);
    assert_true(strlen(base) < sizeof base);
}

static void beijing_is_eight_hours_ahead(void **state) {
    (void)state;
    static const char *const times[][2] = {{"2022-04-24 11:12:05.25", "2022-04-24T03:12:05Z"},
                                           {"2022-04-24T11:12:05", "2022-04-24T03:12:05Z"},
                                           {"2020-03-01 03:00:00", "2020-02-29T19:00:00Z"},
                                           {"2021-03-01 03:00:00", "2021-02-28T19:00:00Z"},
                                           {"2022-01-01 07:59:59", "2021-12-31T23:59:59Z"}};
    char utc[32];
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        assert_int_equal(tl_products_gf5_utc(times[i][0], utc), 1);
        assert_string_equal(utc, times[i][1]);
    }
    static const char *const wrong[] = {
        "",           "yesterday",          "2022-13-01 00:00:00", "2022-02-29 00:00:00",
        "2022-04-24", "2022-04-24 25:00:00"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(tl_products_gf5_utc(wrong[i], utc), 0);
    }
}

static void facts_are_read_and_nonsense_is_left_out(void **state) {
    (void)state;
    tl_err err = {0};
    tl_scene_facts facts = tl_source_scene_facts_none();
    CHECK_OK(tl_products_gf5_facts_read(
        "<a><ProductMetaData><SatelliteID>GF5B</SatelliteID><StartTime>2022-04-24 11:12:05"
        "</StartTime><TopLeftLatitude>33</TopLeftLatitude><TopLeftLongitude>102</TopLeftLongitude>"
        "<TopRightLatitude>33</TopRightLatitude><TopRightLongitude>103</TopRightLongitude>"
        "<BottomRightLatitude>32</BottomRightLatitude><BottomRightLongitude>103"
        "</BottomRightLongitude><BottomLeftLatitude>32</BottomLeftLatitude><BottomLeftLongitude>102"
        "</BottomLeftLongitude><SolarZenith>200</SolarZenith><SolarAzimuth>abc</SolarAzimuth>"
        "</ProductMetaData></a>",
        "xml", &facts, &err));
    assert_string_equal(facts.sensor, "GF5B AHSI");
    assert_string_equal(facts.utc, "2022-04-24T03:12:05Z");
    assert_float_equal(facts.latitude_deg, 32.5, 1e-12);
    assert_float_equal(facts.longitude_deg, 102.5, 1e-12);
    assert_true(isnan(facts.sun_zenith_deg));
    assert_true(isnan(facts.sun_azimuth_deg));
    assert_int_equal(tl_products_gf5_facts_read("<a><b>", "xml", &facts, &err), TL_FORMAT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_both_styles_and_any_case_are_known),
        cmocka_unit_test(a_name_of_any_length_is_safe),
        cmocka_unit_test(beijing_is_eight_hours_ahead),
        cmocka_unit_test(facts_are_read_and_nonsense_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
