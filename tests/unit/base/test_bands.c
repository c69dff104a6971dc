/* SPDX-License-Identifier: GPL-2.0-or-later
 * The band table orders, completes and scales bands as sensors deliver them. */
#include "base/bands.h"

#include "kit/check.h"

static void make(tl_bands *b, const double *centre_nm, ptrdiff_t n) {
    tl_err err = {0};
    CHECK_OK(tl_bands_init(b, n, &err));
    for (ptrdiff_t i = 0; i < n; i++) {
        b->band[i].centre_nm = centre_nm[i];
    }
}

/* Two detectors that overlap, as on EnMAP: file order is not wavelength order. */
static void overlapping_detectors_are_ordered_and_numbered(void **state) {
    (void)state;
    tl_err err = {0};
    tl_bands b = {0};
    const double centre_nm[] = {900, 950, 1000, 960, 1010, 1060};
    make(&b, centre_nm, 6);
    CHECK_OK(tl_bands_complete(&b, &err));
    ptrdiff_t order[6];
    tl_bands_order(&b, order);
    const ptrdiff_t wanted[] = {0, 1, 3, 2, 4, 5};
    const int detectors[] = {1, 1, 1, 2, 2, 2};
    for (int i = 0; i < 6; i++) {
        assert_int_equal(order[i], wanted[i]);
        assert_int_equal(b.band[i].detector, detectors[i]);
        assert_true(b.band[i].fwhm_assumed);
    }
    CHECK_NEAR(b.band[0].fwhm_nm, 50.0, 1e-12);
    CHECK_NEAR(b.band[1].fwhm_nm, 30.0, 1e-12);
    tl_bands_free(&b);
}

static void descending_files_are_one_detector(void **state) {
    (void)state;
    tl_err err = {0};
    tl_bands b = {0};
    const double centre_nm[] = {1000, 900, 800};
    make(&b, centre_nm, 3);
    CHECK_OK(tl_bands_complete(&b, &err));
    ptrdiff_t order[3];
    tl_bands_order(&b, order);
    assert_int_equal(order[0], 2);
    assert_int_equal(b.band[2].detector, 1);
    tl_bands_free(&b);
}

static void unknown_wavelengths_come_last_and_are_noticed(void **state) {
    (void)state;
    tl_err err = {0};
    tl_bands b = {0};
    const double centre_nm[] = {(double)NAN, 700, 600};
    make(&b, centre_nm, 3);
    CHECK_OK(tl_bands_complete(&b, &err));
    ptrdiff_t order[3];
    tl_bands_order(&b, order);
    assert_int_equal(order[2], 0);
    assert_false(tl_bands_have_wavelengths(&b));
    b.band[0].centre_nm = 500;
    assert_true(tl_bands_have_wavelengths(&b));
    tl_bands_free(&b);
}

/* -3.4e38 is declared in double but stored in float: both must mean NoData. */
static void stored_values_become_physical_ones(void **state) {
    (void)state;
    const tl_band b = {
        .scale = 0.0001, .offset = 0.5, .has_nodata = 1, .nodata = -3.4028234663852886e38};
    CHECK_NEAR((double)tl_band_value(&b, 2500.0f), 0.75, 1e-7);
    assert_true(isnan(tl_band_value(&b, -3.4028235e38f)));
    assert_true(isnan(tl_band_value(&b, NAN)));
    assert_true(isnan(tl_band_value(&b, INFINITY)));
}

/* A tag with fewer digits than the cells means the cells; a whole number next to it does not. */
static void nodata_is_matched_to_the_digits_that_programs_write(void **state) {
    (void)state;
    static const struct {
        double tag;
        float missing;
        float valid;
    } cases[] = {
        {-3.402823e38, -3.4028235e38F, -9999.0F}, {-9999.9, -9999.9F, -9999.0F},
        {-32767.0, -32767.0F, -32768.0F},         {-1234570.0, -1234570.4F, -1234569.0F},
        {1.23457e20, 1.234567e20F, 1.23e20F},     {0.0, 0.0F, 1e-30F},
        {16777215.0, 16777215.0F, 16777214.0F},   {-1e-5, -1e-5F, -1.0001e-5F},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const tl_band b = {.scale = 1.0, .has_nodata = 1, .nodata = cases[i].tag};
        assert_true(isnan(tl_band_value(&b, cases[i].missing)));
        assert_true(!isnan(tl_band_value(&b, cases[i].valid)));
    }
    const tl_band none = {.scale = 1.0};
    assert_true(isnan(tl_band_value(&none, 1e30F)));
    assert_true(isnan(tl_band_value(&none, -9.96921e36F)));
    assert_true(!isnan(tl_band_value(&none, 9e29F)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(overlapping_detectors_are_ordered_and_numbered),
        cmocka_unit_test(descending_files_are_one_detector),
        cmocka_unit_test(unknown_wavelengths_come_last_and_are_noticed),
        cmocka_unit_test(stored_values_become_physical_ones),
        cmocka_unit_test(nodata_is_matched_to_the_digits_that_programs_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
