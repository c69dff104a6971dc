/* SPDX-License-Identifier: GPL-2.0-or-later
 * The user's band table overrides the file's, whole or not at all. */
#include "kit/check.h"
#include "source/band_csv.h"

static void make(tl_bands *bands) {
    tl_err err = {0};
    CHECK_OK(tl_bands_init(bands, 4, &err));
    for (int i = 0; i < 4; i++) {
        bands->band[i].centre_nm = 500.0 + 10.0 * i;
        bands->band[i].fwhm_nm = 9.0;
    }
}

static tl_code apply(const char *text, tl_bands *bands, tl_err *err) {
    return tl_source_bands_from_csv(text, strlen(text), "band table", bands, err);
}

static void given_values_replace_those_of_the_file(void **state) {
    (void)state;
    tl_err err = {0};
    tl_bands b;
    make(&b);
    CHECK_OK(
        apply("Band,Wavelength,FWHM,good,reason,scale,offset,nodata\n"
              "3,0.7,0.012,no,striped,0.0001,0.5,-1\n1,0.4,,,,,,\n",
              &b, &err));
    CHECK_NEAR(b.band[2].centre_nm, 700.0, 1e-9);
    CHECK_NEAR(b.band[2].fwhm_nm, 12.0, 1e-9);
    assert_int_equal(b.band[2].good, 0);
    assert_string_equal(b.band[2].reason, "striped");
    CHECK_NEAR(b.band[2].scale, 1e-4, 1e-15);
    CHECK_NEAR(b.band[2].offset, 0.5, 0.0);
    assert_int_equal(b.band[2].has_nodata, 1);
    /* A new centre without a width: half the distance to the one neighbour, 510 nm, is assumed. */
    CHECK_NEAR(b.band[0].centre_nm, 400.0, 1e-9);
    assert_int_equal(b.band[0].fwhm_assumed, 1);
    CHECK_NEAR(b.band[0].fwhm_nm, 110.0, 1e-9);
    CHECK_NEAR(b.band[1].centre_nm, 510.0, 0.0);
    CHECK_NEAR(b.band[1].fwhm_nm, 9.0, 0.0);
    tl_bands_free(&b);
}

static void wrong_tables_change_nothing(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *word;
    } cases[] = {
        {"band,wavelength\n5,600\n", "4 bands"},
        {"band,wavelength\n0,600\n", "band 0"},
        {"band,wavelength\n1.5,600\n", "1.5"},
        {"band,wavelength\n2,600\n2,610\n", "twice"},
        {"band,wavelength\n1,abc\n", "abc"},
        {"band,colour\n1,red\n", "no column that describes bands"},
        {"wavelength\n1\n2\n3\n4\n5\n", "4 bands"},
        {"band,good\n1,maybe\n", "maybe"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        tl_err err = {0};
        tl_bands b;
        make(&b);
        assert_int_equal(apply(cases[k].text, &b, &err), TL_DATA);
        if (strstr(err.text, cases[k].word) == NULL) {
            fail_msg("\"%s\" lacks \"%s\"", err.text, cases[k].word);
        }
        for (int i = 0; i < 4; i++) {
            CHECK_NEAR(b.band[i].centre_nm, 500.0 + 10.0 * i, 0.0);
            assert_int_equal(b.band[i].good, 1);
        }
        tl_bands_free(&b);
    }
    assert_int_equal(tl_live_blocks(), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(given_values_replace_those_of_the_file),
        cmocka_unit_test(wrong_tables_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
