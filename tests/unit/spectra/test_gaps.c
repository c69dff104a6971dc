/* SPDX-License-Identifier: GPL-2.0-or-later
 * Small gaps are filled by a line, large ones, ends and channels that most spectra lack are not. */
#include <math.h>

#include "kit/check.h"
#include "spectra/gaps.h"

#define MISSING ((double)NAN)

static void fill(const double *values, ptrdiff_t n, ptrdiff_t p, double step, tl_matrix *m,
                 tl_gaps *gaps) {
    tl_err err = {0};
    double nm[16];
    CHECK_OK(tl_matrix_init(m, n, p, &err));
    for (ptrdiff_t k = 0; k < n * p; k++) {
        m->data[k] = values[k];
    }
    for (ptrdiff_t j = 0; j < p; j++) {
        nm[j] = 400.0 + step * (double)j;
    }
    CHECK_OK(tl_spectra_fill_gaps(m, nm, gaps, &err));
}

static void small_gaps_lie_on_a_line(void **state) {
    (void)state;
    const double values[] = {1, MISSING, MISSING, MISSING, 5, 6, MISSING, 8};
    tl_matrix m;
    tl_gaps gaps;
    fill(values, 1, 8, 10.0, &m, &gaps);
    /* A single spectrum: the channels are missing, not the values. */
    assert_int_equal(gaps.n_values, 0);
    tl_matrix_free(&m);
    const double two[] = {1, MISSING, MISSING, MISSING, 5, 6, MISSING, 8, 1, 1, 1, 1, 1, 1, 1, 1};
    fill(two, 2, 8, 10.0, &m, &gaps);
    for (int j = 0; j < 8; j++) {
        CHECK_NEAR(m.data[j], j + 1.0, 1e-12);
    }
    assert_int_equal(gaps.n_values, 4);
    assert_int_equal(gaps.n_spectra, 1);
    assert_int_equal(gaps.spectrum, 0);
    CHECK_NEAR(gaps.wavelength_nm, 410.0, 0.0);
    tl_matrix_free(&m);
}

static void other_gaps_stay(void **state) {
    (void)state;
    const double values[] = {MISSING, 1, MISSING, MISSING, MISSING, MISSING, 2, MISSING,
                             1,       1, 1,       1,       1,       1,       1, 1};
    tl_matrix m;
    tl_gaps gaps;
    fill(values, 2, 8, 10.0, &m, &gaps);
    assert_int_equal(gaps.n_values, 0);
    assert_int_equal(gaps.spectrum, -1);
    tl_matrix_free(&m);
    /* Bands of a multispectral instrument are too far apart. */
    const double wide[] = {1, MISSING, 3, 1, 1, 1};
    fill(wide, 2, 3, 100.0, &m, &gaps);
    assert_int_equal(gaps.n_values, 0);
    assert_true(isnan(m.data[1]));
    tl_matrix_free(&m);
}

static void running_out_of_memory_is_reported(void **state) {
    (void)state;
    tl_err err = {0};
    tl_matrix m;
    tl_gaps gaps;
    const double nm[] = {1.0, 2.0};
    CHECK_OK(tl_matrix_init(&m, 1, 2, &err));
    tl_fail_after(0);
    assert_int_equal(tl_spectra_fill_gaps(&m, nm, &gaps, NULL), TL_NOMEM);
    tl_fail_after(-1);
    tl_matrix_free(&m);
    assert_int_equal(tl_live_blocks(), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_gaps_lie_on_a_line),
        cmocka_unit_test(other_gaps_stay),
        cmocka_unit_test(running_out_of_memory_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
