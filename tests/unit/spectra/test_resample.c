/* SPDX-License-Identifier: GPL-2.0-or-later
 * Laboratory spectra in sensor bands, bad bands and wavelength matching. */
#include "kit/check.h"
#include "spectra/badbands.h"
#include "spectra/match.h"
#include "spectra/resample.h"

enum { lab_bands = 101 };

/* 400, 402, ... 600 nm with value a + b nm. */
static void straight_spectrum(double a, double b, double *nm, tl_matrix *values) {
    assert_int_equal(tl_matrix_init(values, 1, lab_bands, NULL), TL_OK);
    for (ptrdiff_t i = 0; i < lab_bands; i++) {
        nm[i] = 400.0 + 2.0 * (double)i;
        values->data[i] = a + b * nm[i];
    }
}

/* A straight line is its own weighted mean under any symmetric response, and interpolation keeps it
 * anyway. */
static void straight_lines_stay_straight(void **state) {
    (void)state;
    tl_err err = {0};
    double nm[lab_bands];
    tl_matrix lab;
    straight_spectrum(0.1, 0.001, nm, &lab);
    const double centre[3] = {450.0, 481.0, 500.0};
    const double fwhm[3] = {6.0, 6.0, 10.0};
    for (int kind = TL_RESPONSE_GAUSSIAN; kind <= TL_RESPONSE_LINEAR; kind++) {
        tl_matrix out;
        int usable[3];
        CHECK_OK(tl_spectra_resample(nm, lab_bands, &lab, centre, fwhm, 3, (tl_response)kind, &out,
                                     usable, &err));
        for (ptrdiff_t j = 0; j < 3; j++) {
            assert_int_equal(usable[j], 1);
            CHECK_NEAR(out.data[j], 0.1 + 0.001 * centre[j], 1e-13);
        }
        tl_matrix_free(&out);
    }
    tl_matrix_free(&lab);
}

/* At the end of the range the band that hangs out by more than its half is not usable. */
static void bands_beyond_the_spectrum_are_not_usable(void **state) {
    (void)state;
    tl_err err = {0};
    double nm[lab_bands];
    tl_matrix lab;
    straight_spectrum(0.2, 0.0, nm, &lab);
    const double centre[4] = {396.0, 402.0, 598.0, 606.0};
    const double fwhm[4] = {8.0, 8.0, 8.0, 8.0};
    tl_matrix out;
    int usable[4];
    CHECK_OK(tl_spectra_resample(nm, lab_bands, &lab, centre, fwhm, 4, TL_RESPONSE_GAUSSIAN, &out,
                                 usable, &err));
    assert_int_equal(usable[0], 0);
    assert_true(isnan(out.data[0]));
    assert_int_equal(usable[1], 1);
    CHECK_NEAR(out.data[1], 0.2, 1e-15);
    assert_int_equal(usable[2], 1);
    assert_int_equal(usable[3], 0);
    tl_matrix_free(&out);
    tl_matrix_free(&lab);
}

/* One missing value under a wide response is left out; under linear interpolation it spoils only
 * its own interval. */
static void missing_values_are_left_out(void **state) {
    (void)state;
    tl_err err = {0};
    double nm[lab_bands];
    tl_matrix lab;
    straight_spectrum(0.2, 0.0, nm, &lab);
    lab.data[50] = (double)NAN; /* 500 nm */
    const double centre[3] = {500.0, 501.0, 502.0};
    const double fwhm[3] = {10.0, 10.0, 10.0};
    tl_matrix out;
    CHECK_OK(tl_spectra_resample(nm, lab_bands, &lab, centre, fwhm, 3, TL_RESPONSE_GAUSSIAN, &out,
                                 NULL, &err));
    for (ptrdiff_t j = 0; j < 3; j++) {
        CHECK_NEAR(out.data[j], 0.2, 1e-15);
    }
    tl_matrix_free(&out);
    CHECK_OK(tl_spectra_resample(nm, lab_bands, &lab, centre, fwhm, 3, TL_RESPONSE_LINEAR, &out,
                                 NULL, &err));
    assert_true(isnan(out.data[0]));
    assert_true(isnan(out.data[1]));
    CHECK_NEAR(out.data[2], 0.2, 1e-15);
    tl_matrix_free(&out);
    tl_matrix_free(&lab);
}

/* Bands narrower than the laboratory's spacing are interpolated: a Gaussian would pick one
 * value. */
static void narrow_bands_are_interpolated(void **state) {
    (void)state;
    tl_err err = {0};
    double nm[lab_bands];
    tl_matrix lab;
    straight_spectrum(0.0, 0.001, nm, &lab);
    const double centre[2] = {450.5, 451.7};
    const double fwhm[2] = {1.0, (double)NAN};
    tl_matrix out;
    CHECK_OK(tl_spectra_resample(nm, lab_bands, &lab, centre, fwhm, 2, TL_RESPONSE_GAUSSIAN, &out,
                                 NULL, &err));
    CHECK_NEAR(out.data[0], 0.4505, 1e-14);
    CHECK_NEAR(out.data[1], 0.4517, 1e-14);
    tl_matrix_free(&out);
    nm[7] = nm[6];
    assert_int_equal(tl_spectra_resample(nm, lab_bands, &lab, centre, fwhm, 2, TL_RESPONSE_LINEAR,
                                         &out, NULL, &err),
                     TL_DATA);
    assert_non_null(strstr(err.text, "must increase"));
    tl_matrix_free(&lab);
}

static void fill_bands(const json_t *reference, tl_bands *bands) {
    const json_t *centre = json_object_get(reference, "centre");
    const json_t *fwhm = json_object_get(reference, "fwhm");
    assert_int_equal(tl_bands_init(bands, (ptrdiff_t)json_array_size(centre), NULL), TL_OK);
    for (ptrdiff_t i = 0; i < bands->n; i++) {
        bands->band[i].centre_nm = json_number_value(json_array_get(centre, (size_t)i));
        bands->band[i].fwhm_nm = json_number_value(json_array_get(fwhm, (size_t)i));
    }
    assert_int_equal(tl_bands_complete(bands, NULL), TL_OK);
}

/* The 330 nominal bands of a GF-5-like sensor: 285 stay, and their values equal the reference. */
static void nominal_sensor_equals_the_reference(void **state) {
    (void)state;
    tl_err err = {0};
    KIT_REFERENCE(root, "resample/gf5_like.json");
    tl_bands bands;
    fill_bands(root, &bands);
    const tl_band_rules rules = tl_spectra_default_rules();
    assert_int_equal(tl_spectra_flag_bands(&bands, &rules), 285);
    tl_matrix lab;
    tl_matrix want[2];
    kit_json_matrix(json_object_get(root, "lab"), &lab);
    kit_json_matrix(json_object_get(root, "srf"), &want[TL_RESPONSE_GAUSSIAN]);
    kit_json_matrix(json_object_get(root, "linear"), &want[TL_RESPONSE_LINEAR]);
    double *nm = tl_acquire(lab.ncol, sizeof *nm);
    for (ptrdiff_t i = 0; i < lab.ncol; i++) {
        nm[i] = 400.0 + (double)i;
    }
    const json_t *keep = json_object_get(root, "keep_zero_based");
    double centre[285];
    double fwhm[285];
    for (ptrdiff_t j = 0, k = 0; j < bands.n; j++) {
        if (bands.band[j].good) {
            assert_int_equal(json_integer_value(json_array_get(keep, (size_t)k)), j);
            centre[k] = bands.band[j].centre_nm;
            fwhm[k++] = bands.band[j].fwhm_nm;
        }
    }
    for (int kind = 0; kind < 2; kind++) {
        tl_matrix out;
        CHECK_OK(tl_spectra_resample(nm, lab.ncol, &lab, centre, fwhm, 285, (tl_response)kind, &out,
                                     NULL, &err));
        for (ptrdiff_t j = 0; j < 285; j++) {
            CHECK_NEAR(out.data[j], want[kind].data[j], 1e-12 * want[kind].data[j]);
        }
        tl_matrix_free(&out);
        tl_matrix_free(&want[kind]);
    }
    tl_release(nm);
    tl_matrix_free(&lab);
    tl_bands_free(&bands);
    json_decref(root);
}

static void every_excluded_band_has_its_reason(void **state) {
    (void)state;
    tl_bands bands;
    assert_int_equal(tl_bands_init(&bands, 8, NULL), TL_OK);
    const double centre[8] = {399.0, 900.0, 1010.0, 1000.0, 1342.0, 1451.5, 1977.0, (double)NAN};
    for (ptrdiff_t i = 0; i < 8; i++) {
        bands.band[i].centre_nm = centre[i];
    }
    bands.band[1].good = 0;
    strcpy(bands.band[1].reason, "header says so");
    assert_int_equal(tl_bands_complete(&bands, NULL), TL_OK);
    const tl_band_rules rules = tl_spectra_default_rules();
    assert_int_equal(tl_spectra_flag_bands(&bands, &rules), 2);
    assert_string_equal(bands.band[0].reason, "outside 400-2500 nm");
    assert_string_equal(bands.band[1].reason, "header says so");
    assert_int_equal(bands.band[2].good, 1);
    assert_string_equal(bands.band[3].reason, "overlaps the detector before it");
    assert_string_equal(bands.band[4].reason, "water vapour window 1342-1451 nm");
    assert_int_equal(bands.band[5].good, 1);
    assert_string_equal(bands.band[6].reason, "water vapour window 1771-1977 nm");
    assert_string_equal(bands.band[7].reason, "no wavelength");
    tl_bands_free(&bands);
}

/* Bands are found by wavelength whatever their order, and a missing one is named. */
static void bands_are_matched_by_wavelength(void **state) {
    (void)state;
    tl_err err = {0};
    tl_bands bands;
    assert_int_equal(tl_bands_init(&bands, 4, NULL), TL_OK);
    const double centre[4] = {900.0, 700.0, 800.0, 801.0};
    for (ptrdiff_t i = 0; i < 4; i++) {
        bands.band[i].centre_nm = centre[i];
    }
    const double model_nm[3] = {702.5, 800.4, 899.0};
    const double fwhm_nm[3] = {5.0, 5.0, (double)NAN};
    ptrdiff_t index[3];
    CHECK_OK(tl_spectra_match(model_nm, fwhm_nm, 3, &bands, 0.0, index, &err));
    assert_int_equal(index[0], 1);
    assert_int_equal(index[1], 2);
    assert_int_equal(index[2], 0);
    bands.band[2].good = 0;
    CHECK_OK(tl_spectra_match(model_nm, fwhm_nm, 3, &bands, 0.0, index, &err));
    assert_int_equal(index[1], 3);
    bands.band[0].good = 0;
    assert_int_equal(tl_spectra_match(model_nm, fwhm_nm, 3, &bands, 2.0, index, &err), TL_DATA);
    assert_non_null(strstr(err.text, "lacks 2 of the 3 bands"));
    assert_non_null(strstr(err.text, "702.50, 899.00 nm"));
    assert_non_null(strstr(err.text, "1 of them exist but are flagged bad"));
    tl_bands_free(&bands);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(straight_lines_stay_straight),
        cmocka_unit_test(bands_beyond_the_spectrum_are_not_usable),
        cmocka_unit_test(missing_values_are_left_out),
        cmocka_unit_test(narrow_bands_are_interpolated),
        cmocka_unit_test(nominal_sensor_equals_the_reference),
        cmocka_unit_test(every_excluded_band_has_its_reason),
        cmocka_unit_test(bands_are_matched_by_wavelength),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
