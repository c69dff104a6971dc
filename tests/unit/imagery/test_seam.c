/* SPDX-License-Identifier: GPL-2.0-or-later
 * The step between two straight pieces of a spectrum is what was put between them. */
#include "imagery/seam.h"
#include "kit/check.h"

enum { N = 20 };

/* Two detectors of ten bands every 10 nm; the second begins at begin_nm. */
static void make_bands(double begin_nm, tl_bands *bands) {
    tl_err err = {0};
    CHECK_OK(tl_bands_init(bands, N, &err));
    for (int i = 0; i < N; i++) {
        bands->band[i].centre_nm = i < 10 ? 900.0 + 10.0 * i : begin_nm + 10.0 * (i - 10);
        bands->band[i].detector = i < 10 ? 1 : 2;
    }
}

static void a_step_between_lines_is_found(void **state) {
    (void)state;
    static const double begins[] = {1000.0, 1015.0, 950.0}; /* touching, with a gap, overlapping */
    for (int k = 0; k < 3; k++) {
        tl_bands bands;
        tl_seam seam;
        make_bands(begins[k], &bands);
        assert_int_equal(tl_imagery_seam_find(&bands, 1, &seam), 1);
        assert_int_equal(seam.overlaps, k == 2);
        assert_int_equal(seam.n[0], TL_SEAM_BANDS);
        float value[N];
        for (int i = 0; i < N; i++) {
            const double line = 0.2 + 2e-4 * (bands.band[i].centre_nm - 900.0);
            value[i] = (float)(line - (i < 10 ? 0.0 : 0.03));
        }
        double level[2];
        tl_imagery_seam_levels(&seam, value, 1, level);
        CHECK_NEAR(level[0] - level[1], 0.03, 1e-6);
        tl_bands_free(&bands);
    }
}

static void bad_bands_and_lone_detectors_make_no_seam(void **state) {
    (void)state;
    tl_bands bands;
    tl_seam seam;
    make_bands(1000.0, &bands);
    assert_int_equal(tl_imagery_seam_find(&bands, 2, &seam), 0);
    for (int i = 11; i < N; i++) {
        bands.band[i].good = 0;
    }
    assert_int_equal(tl_imagery_seam_find(&bands, 1, &seam), 0);
    tl_bands_free(&bands);
}

static void the_median_step_ignores_clouds_and_holes(void **state) {
    (void)state;
    const double level[10] = {1.0, 0.8, 1.1, 0.9, 5.0, 1.0, 1.2, 1.0, NAN, 1.0};
    CHECK_NEAR(tl_imagery_seam_step(level, 5, 0), 0.2, 1e-12);
    CHECK_NEAR(tl_imagery_seam_step(level, 3, 1), 1.25, 1e-12);
    assert_true(isnan(tl_imagery_seam_step(level + 8, 1, 0)));
    assert_true(isnan(tl_imagery_seam_step(level, 0, 0)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_step_between_lines_is_found),
        cmocka_unit_test(bad_bands_and_lone_detectors_make_no_seam),
        cmocka_unit_test(the_median_step_ignores_clouds_and_holes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
