/* SPDX-License-Identifier: GPL-2.0-or-later
 * Measured responses: a Gaussian table has the result of the Gaussian formula, others that of the
 * integral. */
#include "spectra/responses.h"

#include "kit/check.h"
#include "spectra/resample.h"

enum { FROM = 401 };

/* A lab spectrum every nm from 400 to 800 nm with an absorption. */
static void make_lab(double *nm, tl_matrix *lab) {
    tl_err err;
    CHECK_OK(tl_matrix_init(lab, 1, FROM, &err));
    for (ptrdiff_t i = 0; i < FROM; i++) {
        nm[i] = 400.0 + (double)i;
        lab->data[i] =
            0.3 + 0.0004 * (double)i - 0.1 * exp(-0.5 * pow((nm[i] - 600.0) / 15.0, 2.0));
    }
}

static void a_table_of_gaussians_is_the_gaussian_response(void **state) {
    (void)state;
    tl_err err;
    double nm[FROM];
    tl_matrix lab;
    tl_matrix formula;
    tl_matrix table;
    tl_responses r;
    ptrdiff_t column[3];
    int usable[3];
    const double centre[3] = {560.0, 600.0, 630.5};
    const double fwhm[3] = {20.0, 10.0, 12.0};
    make_lab(nm, &lab);
    CHECK_OK(tl_spectra_responses_init(&r, 3, 4001, &err));
    for (ptrdiff_t i = 0; i < r.n; i++) {
        r.wavelength_nm[i] = 400.0 + 0.1 * (double)i;
        for (ptrdiff_t b = 0; b < 3; b++) {
            const double sigma = fwhm[b] / 2.3548200450309493;
            /* In the other order than the bands: they are found by wavelength. */
            tl_matrix_row(&r.value, 2 - b)[i] =
                7.0 * exp(-0.5 * pow((r.wavelength_nm[i] - centre[b]) / sigma, 2.0));
        }
    }
    CHECK_OK(tl_spectra_responses_settle(&r, &err));
    tl_spectra_responses_match(&r, centre, fwhm, 3, column);
    CHECK_OK(tl_spectra_resample_measured(nm, FROM, &lab, &r, column, 3, &table, usable, &err));
    CHECK_OK(tl_spectra_resample(nm, FROM, &lab, centre, fwhm, 3, TL_RESPONSE_GAUSSIAN, &formula,
                                 NULL, &err));
    for (ptrdiff_t b = 0; b < 3; b++) {
        assert_int_equal(column[b], 2 - b);
        assert_int_equal(usable[b], 1);
        /* The formula stops at 4 sigma, the table does not: 6e-5 of the weight. */
        CHECK_NEAR(table.data[b], formula.data[b], 1e-5);
    }
    tl_matrix_free(&lab);
    tl_matrix_free(&formula);
    tl_matrix_free(&table);
    tl_spectra_responses_free(&r);
}

/* A box over a ramp sees the value in its middle, whatever the spacing of the lab spectrum; outside
 * the lab's range a band is not usable; a very narrow one sees the point where it is. */
static void boxes_see_their_middle(void **state) {
    (void)state;
    tl_err err;
    const double nm[6] = {400.0, 410.0, 430.0, 440.0, 470.0, 500.0};
    tl_matrix lab;
    tl_matrix out;
    tl_responses r;
    int usable[4];
    const ptrdiff_t column[4] = {0, 1, 2, -1};
    CHECK_OK(tl_matrix_init(&lab, 1, 6, &err));
    for (ptrdiff_t i = 0; i < 6; i++) {
        lab.data[i] = 0.001 * nm[i];
    }
    CHECK_OK(tl_spectra_responses_init(&r, 3, 2001, &err));
    for (ptrdiff_t i = 0; i < r.n; i++) {
        r.wavelength_nm[i] = 400.0 + 0.1 * (double)i;
        tl_matrix_row(&r.value, 0)[i] = i <= 1000 ? 1.0 : 0.0;            /* 400 to 500 nm */
        tl_matrix_row(&r.value, 1)[i] = i >= 1500 ? 1.0 : 0.0;            /* 550 to 600 nm */
        tl_matrix_row(&r.value, 2)[i] = i >= 540 && i <= 560 ? 1.0 : 0.0; /* 454 to 456 nm */
    }
    CHECK_OK(tl_spectra_responses_settle(&r, &err));
    CHECK_OK(tl_spectra_resample_measured(nm, 6, &lab, &r, column, 4, &out, usable, &err));
    CHECK_NEAR(out.data[0], 0.450, 1e-12);
    CHECK_NEAR(out.data[2], 0.455, 1e-12);
    assert_int_equal(usable[0], 1);
    assert_int_equal(usable[1], 0);
    assert_int_equal(usable[2], 1);
    assert_int_equal(usable[3], 0);
    assert_true(isnan(out.data[1]) && isnan(out.data[3]));
    tl_matrix_free(&out);
    tl_matrix_free(&lab);
    tl_matrix_row(&r.value, 1)[7] = -0.1;
    assert_int_equal(tl_spectra_responses_settle(&r, &err), TL_DATA);
    tl_spectra_responses_free(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_of_gaussians_is_the_gaussian_response),
        cmocka_unit_test(boxes_see_their_middle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
