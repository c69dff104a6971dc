/* SPDX-License-Identifier: GPL-2.0-or-later
 * Savitzky-Golay weights and ends against SciPy, and what a polynomial must survive. */
#include "spectra/savgol.h"

#include "kit/check.h"

static tl_segments whole(ptrdiff_t p, ptrdiff_t start[2]) {
    start[0] = 0;
    start[1] = p;
    return (tl_segments){.n = 1, .start = start};
}

static ptrdiff_t whole_number(const json_t *object, const char *key) {
    return (ptrdiff_t)json_integer_value(json_object_get(object, key));
}

static void weights_equal_the_reference(void **state) {
    (void)state;
    tl_err err = {0};
    KIT_REFERENCE(reference, "sg/savgol.json");
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(reference, "coefficients"), i, one) {
        const ptrdiff_t window = whole_number(one, "window");
        double t[TL_SAVGOL_MAX_WINDOW];
        double weight[TL_SAVGOL_MAX_WINDOW];
        for (ptrdiff_t k = 0; k < window; k++) {
            t[k] = (double)(k - window / 2);
        }
        CHECK_OK(tl_spectra_savgol_weights(t, window, whole_number(one, "poly"),
                                           whole_number(one, "deriv"), 0.0, weight, &err));
        for (ptrdiff_t k = 0; k < window; k++) {
            CHECK_NEAR(weight[k],
                       json_number_value(json_array_get(json_object_get(one, "coeffs"), (size_t)k)),
                       1e-10);
        }
    }
    assert_true(i > 50);
    json_decref(reference);
}

static void check_series(const json_t *one, const tl_matrix *x, const tl_segments *segments) {
    tl_err err = {0};
    const ptrdiff_t p = x->ncol;
    const tl_savgol_options options = {.window = whole_number(one, "window"),
                                       .degree = whole_number(one, "poly"),
                                       .derivative = whole_number(one, "deriv")};
    tl_savgol savgol;
    tl_matrix want;
    double got[64];
    kit_json_matrix(json_object_get(one, "y"), &want);
    CHECK_OK(tl_spectra_savgol_init(&options, NULL, segments, &savgol, &err));
    tl_spectra_savgol_row(&savgol, x->data, got);
    for (ptrdiff_t j = 0; j < p; j++) {
        CHECK_NEAR(got[j], want.data[j], 1e-10);
    }
    tl_spectra_savgol_free(&savgol);
    tl_matrix_free(&want);
}

static void ends_and_segments_equal_the_reference(void **state) {
    (void)state;
    KIT_REFERENCE(reference, "sg/savgol.json");
    tl_matrix x;
    kit_json_matrix(json_object_get(reference, "x"), &x);
    ptrdiff_t start[2];
    const tl_segments one_piece = whole(x.ncol, start);
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(reference, "applied"), i, one) {
        check_series(one, &x, &one_piece);
    }
    ptrdiff_t torn[] = {0, 17, 40};
    const tl_segments two_pieces = {.n = 2, .start = torn};
    check_series(json_object_get(reference, "segmented"), &x, &two_pieces);
    tl_matrix_free(&x);
    json_decref(reference);
}

/* A parabola over uneven wavelengths is its own smoothing, and its slope is exact per nm. */
static void a_parabola_over_wavelength_is_exact(void **state) {
    (void)state;
    tl_err err = {0};
    enum { p = 20 };
    double nm[p];
    double value[p];
    double got[p];
    for (int j = 0; j < p; j++) {
        nm[j] = 500.0 + 8.0 * j + 1.5 * sin(3.0 * j);
        value[j] = 0.2 + 1e-3 * (nm[j] - 550.0) - 2e-6 * (nm[j] - 550.0) * (nm[j] - 550.0);
    }
    ptrdiff_t start[2];
    const tl_segments segments = whole(p, start);
    for (ptrdiff_t d = 0; d < 3; d++) {
        const tl_savgol_options options = {
            .window = 7, .degree = 2, .derivative = d, .true_wavelengths = 1};
        tl_savgol savgol;
        CHECK_OK(tl_spectra_savgol_init(&options, nm, &segments, &savgol, &err));
        tl_spectra_savgol_row(&savgol, value, got);
        for (int j = 0; j < p; j++) {
            const double slope = 1e-3 - 4e-6 * (nm[j] - 550.0);
            CHECK_NEAR(got[j], d == 0 ? value[j] : (d == 1 ? slope : -4e-6), 1e-12);
        }
        tl_spectra_savgol_free(&savgol);
    }
}

/* Evenly spaced bands of 5 nm: the derivative is per nm, not per band. */
static void derivatives_are_per_nm(void **state) {
    (void)state;
    tl_err err = {0};
    double nm[12];
    double value[12];
    double got[12];
    for (int j = 0; j < 12; j++) {
        nm[j] = 1000.0 + 5.0 * j;
        value[j] = 0.3 + 0.002 * nm[j];
    }
    ptrdiff_t start[2];
    const tl_segments segments = whole(12, start);
    const tl_savgol_options options = {.window = 5, .degree = 2, .derivative = 1};
    tl_savgol savgol;
    CHECK_OK(tl_spectra_savgol_init(&options, nm, &segments, &savgol, &err));
    tl_spectra_savgol_row(&savgol, value, got);
    for (int j = 0; j < 12; j++) {
        CHECK_NEAR(got[j], 0.002, 1e-14);
    }
    tl_spectra_savgol_free(&savgol);
}

/* Four bands between two gaps: the window shrinks to three; two bands are copied, and have no
 * slope. Values beyond the gap have no influence. */
static void short_segments_shrink_the_window(void **state) {
    (void)state;
    tl_err err = {0};
    double value[9] = {1.0, 5.0, 2.0, 7.0, 100.0, -50.0, 9.0, 9.5, 8.0};
    double got[9];
    ptrdiff_t start[] = {0, 4, 6, 9};
    const tl_segments segments = {.n = 3, .start = start};
    tl_savgol savgol;
    tl_savgol_options options = {.window = 11, .degree = 1};
    CHECK_OK(tl_spectra_savgol_init(&options, NULL, &segments, &savgol, &err));
    tl_spectra_savgol_row(&savgol, value, got);
    CHECK_NEAR(got[1], (1.0 + 5.0 + 2.0) / 3.0, 1e-14);
    CHECK_NEAR(got[2], (5.0 + 2.0 + 7.0) / 3.0, 1e-14);
    CHECK_NEAR(got[0], 8.0 / 3.0 - 0.5, 1e-14);
    CHECK_NEAR(got[4], 100.0, 0.0);
    CHECK_NEAR(got[5], -50.0, 0.0);
    tl_spectra_savgol_free(&savgol);
    options.derivative = 1;
    CHECK_OK(tl_spectra_savgol_init(&options, NULL, &segments, &savgol, &err));
    value[4] = (double)NAN;
    tl_spectra_savgol_row(&savgol, value, got);
    CHECK_NEAR(got[5], 0.0, 0.0);
    CHECK_NEAR(got[3], 1.0, 1e-14);
    CHECK_NEAR(got[6], -0.5, 1e-14);
    assert_true(isnan(got[4]));
    tl_spectra_savgol_free(&savgol);
}

static void bad_options_are_named(void **state) {
    (void)state;
    tl_err err = {0};
    ptrdiff_t start[2];
    const tl_segments segments = whole(9, start);
    const tl_savgol_options bad[] = {{.window = 10, .degree = 2},
                                     {.window = 1},
                                     {.window = 103, .degree = 2},
                                     {.window = 5, .degree = 5},
                                     {.window = 11, .degree = 2, .derivative = 3}};
    for (int i = 0; i < 5; i++) {
        tl_savgol savgol;
        assert_int_equal(tl_spectra_savgol_init(&bad[i], NULL, &segments, &savgol, &err), TL_ARG);
        assert_null(savgol.first);
    }
    assert_non_null(strstr(err.text, "derivative: 3"));
    const double t[3] = {1.0, 1.0, 2.0};
    double weight[3];
    assert_int_equal(tl_spectra_savgol_weights(t, 3, 2, 0, 1.5, weight, &err), TL_NUMERIC);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_equal_the_reference),
        cmocka_unit_test(ends_and_segments_equal_the_reference),
        cmocka_unit_test(a_parabola_over_wavelength_is_exact),
        cmocka_unit_test(derivatives_are_per_nm),
        cmocka_unit_test(short_segments_shrink_the_window),
        cmocka_unit_test(bad_options_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
