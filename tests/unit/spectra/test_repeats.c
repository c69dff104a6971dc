/* SPDX-License-Identifier: GPL-2.0-or-later
 * Repeats and detector steps: angles, medians and spliced lines known by algebra. */
#include "spectra/repeats.h"

#include "spectra/angle.h"

#include "kit/check.h"

static void the_angle_ignores_brightness_and_gaps(void **state) {
    (void)state;
    const double pi = acos(-1.0);
    const double a[3] = {1.0, 0.0, (double)NAN};
    const double b[3] = {3.0, 3.0, 5.0};
    const double c[3] = {7.0, 0.0, 1.0};
    const double near[3] = {1.0, 1e-9, 0.0};
    const double zero[3] = {0.0, 0.0, 0.0};
    CHECK_NEAR(tl_spectra_angle(a, b, 3), pi / 4.0, 1e-15);
    CHECK_NEAR(tl_spectra_angle(a, c, 3), 0.0, 0.0);
    /* An arc cosine would return 0 here. */
    CHECK_NEAR(tl_spectra_angle(a, near, 3), 1e-9, 1e-18);
    assert_true(isnan(tl_spectra_angle(a, zero, 3)));
}

static void one_wild_spectrum_does_not_move_the_median(void **state) {
    (void)state;
    double a[3] = {1.0, 2.0, (double)NAN};
    double b[3] = {3.0, 4.0, (double)NAN};
    double wild[3] = {900.0, -900.0, (double)NAN};
    double *row[3] = {wild, a, b};
    double median[3];
    tl_err err = {0};
    CHECK_OK(tl_spectra_median(row, 3, 3, median, &err));
    CHECK_NEAR(median[0], 3.0, 0.0);
    CHECK_NEAR(median[1], 2.0, 0.0);
    assert_true(isnan(median[2]));
    CHECK_OK(tl_spectra_median(row + 1, 2, 3, median, &err));
    CHECK_NEAR(median[0], 2.0, 0.0);
}

/* A straight line that two detectors have shifted becomes that straight line again. */
static void steps_between_detectors_go(void **state) {
    (void)state;
    enum { p = 30 };
    double w[p];
    double r[p];
    for (ptrdiff_t j = 0; j < p; j++) {
        w[j] = 500.0 + 10.0 * (double)j;
        const double shift = w[j] <= 600.0 ? 0.03 : w[j] > 700.0 ? -0.02 : 0.0;
        r[j] = 0.1 + 0.001 * (w[j] - 500.0) + shift;
    }
    const double splice[2] = {600.0, 700.0};
    double added[2];
    tl_spectra_splice(w, p, splice, r, added);
    CHECK_NEAR(added[0], -0.03, 1e-14);
    CHECK_NEAR(added[1], 0.02, 1e-14);
    for (ptrdiff_t j = 0; j < p; j++) {
        CHECK_NEAR(r[j], 0.1 + 0.001 * (w[j] - 500.0), 1e-14);
    }
}

static void without_borders_nothing_moves(void **state) {
    (void)state;
    const double w[4] = {1.0, 2.0, 3.0, 4.0};
    static const double borders[][2] = {
        {(double)NAN, (double)NAN}, {2.0, 2.0}, {2.0, 3.0}, {9.0, 1.0}, {0.0, 9.0}};
    for (size_t k = 0; k < sizeof borders / sizeof borders[0]; k++) {
        double r[4] = {0.5, 0.1, 0.7, 0.2};
        double added[2];
        tl_spectra_splice(w, 4, borders[k], r, added);
        CHECK_NEAR(added[0], 0.0, 0.0);
        CHECK_NEAR(added[1], 0.0, 0.0);
        CHECK_NEAR(r[0], 0.5, 0.0);
        CHECK_NEAR(r[3], 0.2, 0.0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_angle_ignores_brightness_and_gaps),
        cmocka_unit_test(one_wild_spectrum_does_not_move_the_median),
        cmocka_unit_test(steps_between_detectors_go),
        cmocka_unit_test(without_borders_nothing_moves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
