/* SPDX-License-Identifier: GPL-2.0-or-later
 * Eigenvalues that are known, and what makes them eigenvalues. */
#include "base/rng.h"
#include "kit/check.h"
#include "num/eigen.h"

/* The second difference matrix has the eigenvalues 2 - 2 cos(k pi / (n + 1)). */
static void second_differences_are_known(void **state) {
    (void)state;
    tl_err err = {0};
    enum { n = 30 };
    tl_matrix a;
    tl_matrix v;
    double values[n];
    CHECK_OK(tl_matrix_init(&a, n, n, &err));
    for (ptrdiff_t i = 0; i < n; i++) {
        tl_matrix_row(&a, i)[i] = 2.0;
        if (i > 0) {
            tl_matrix_row(&a, i)[i - 1] = -1.0;
            tl_matrix_row(&a, i - 1)[i] = -1.0;
        }
    }
    CHECK_OK(tl_num_symmetric_eigen(&a, values, &v, &err));
    for (ptrdiff_t k = 0; k < n; k++) {
        CHECK_NEAR(values[k], 2.0 - 2.0 * cos((double)(n - k) * acos(-1.0) / (n + 1)), 1e-13);
    }
    tl_matrix_free(&a);
    tl_matrix_free(&v);
}

/* Rows of V are orthonormal and A v = value v, also with equal eigenvalues and a null space. */
static void vectors_are_orthonormal(void **state) {
    (void)state;
    tl_err err = {0};
    enum { n = 25, rank = 12 };
    tl_rng rng = tl_rng_start(3, TL_STREAM_SIMULATE, 0);
    tl_matrix a;
    tl_matrix kept;
    tl_matrix v;
    double values[n];
    CHECK_OK(tl_matrix_init(&a, n, n, &err));
    for (ptrdiff_t r = 0; r < rank; r++) {
        double row[n];
        for (ptrdiff_t i = 0; i < n; i++) {
            row[i] = tl_rng_normal(&rng);
        }
        for (ptrdiff_t k = 0; k < n * n; k++) {
            a.data[k] += row[k / n] * row[k % n];
        }
    }
    CHECK_OK(tl_matrix_copy(&kept, &a, &err));
    CHECK_OK(tl_num_symmetric_eigen(&a, values, &v, &err));
    for (ptrdiff_t k = 0; k < n; k++) {
        assert_true(k == 0 || values[k] <= values[k - 1]);
        double largest = 0.0;
        for (ptrdiff_t i = 0; i < n; i++) {
            double image = 0.0;
            double inner = 0.0;
            for (ptrdiff_t j = 0; j < n; j++) {
                image += tl_matrix_row(&kept, i)[j] * tl_matrix_row(&v, k)[j];
                inner += tl_matrix_row(&v, i)[j] * tl_matrix_row(&v, k)[j];
            }
            const double entry = tl_matrix_row(&v, k)[i];
            largest = fabs(entry) > fabs(largest) ? entry : largest;
            CHECK_NEAR(image, values[k] * entry, 1e-11);
            CHECK_NEAR(inner, i == k ? 1.0 : 0.0, 1e-13);
        }
        assert_true(largest > 0.0);
    }
    CHECK_NEAR(values[rank], 0.0, 1e-11);
    tl_matrix_free(&a);
    tl_matrix_free(&kept);
    tl_matrix_free(&v);
}

/* What has no eigenvalues is refused in words. */
static void the_impossible_is_refused(void **state) {
    (void)state;
    tl_matrix a;
    tl_matrix v;
    double values[3];
    assert_int_equal(tl_matrix_init(&a, 2, 3, NULL), TL_OK);
    assert_int_equal(tl_num_symmetric_eigen(&a, values, &v, NULL), TL_SHAPE);
    a.ncol = 2;
    a.data[0] = (double)NAN;
    assert_int_equal(tl_num_symmetric_eigen(&a, values, &v, NULL), TL_NUMERIC);
    a.data[0] = 1.0;
    const ptrdiff_t before = tl_live_blocks();
    for (ptrdiff_t k = 0; k < 2; k++) {
        tl_fail_after(k);
        assert_int_equal(tl_num_symmetric_eigen(&a, values, &v, NULL), TL_NOMEM);
        tl_fail_after(-1);
        assert_int_equal(tl_live_blocks(), before);
    }
    tl_matrix_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(second_differences_are_known),
        cmocka_unit_test(vectors_are_orthonormal),
        cmocka_unit_test(the_impossible_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
