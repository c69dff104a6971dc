/* SPDX-License-Identifier: GPL-2.0-or-later
 * Equations with a positive definite matrix are solved, others are refused. */
#include "num/cholesky.h"

#include "base/rng.h"
#include "kit/check.h"

/* A = R'R + I is positive definite for every R. */
static void make_definite(ptrdiff_t n, tl_matrix *a) {
    tl_matrix r;
    assert_int_equal(tl_matrix_init(&r, n, n, NULL), TL_OK);
    assert_int_equal(tl_matrix_init(a, n, n, NULL), TL_OK);
    tl_rng rng = tl_rng_start(7, TL_STREAM_SIMULATE, 0);
    for (ptrdiff_t i = 0; i < n * n; i++) {
        r.data[i] = tl_rng_normal(&rng);
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        for (ptrdiff_t j = 0; j < n; j++) {
            double sum = i == j ? 1.0 : 0.0;
            for (ptrdiff_t k = 0; k < n; k++) {
                sum += tl_matrix_row(&r, k)[i] * tl_matrix_row(&r, k)[j];
            }
            tl_matrix_row(a, i)[j] = sum;
        }
    }
    tl_matrix_free(&r);
}

/* With B = A X for a known X the answer is X; 1e-10 allows for a condition number near 1e4. */
static void a_known_answer_comes_back(void **state) {
    (void)state;
    enum { N = 40, M = 3 };
    tl_err err;
    tl_matrix a;
    tl_matrix b;
    make_definite(N, &a);
    CHECK_OK(tl_matrix_init(&b, N, M, &err));
    for (ptrdiff_t i = 0; i < N; i++) {
        for (ptrdiff_t m = 0; m < M; m++) {
            for (ptrdiff_t k = 0; k < N; k++) {
                tl_matrix_row(&b, i)[m] += tl_matrix_row(&a, i)[k] * sin((double)(k + 5 * m));
            }
        }
    }
    CHECK_OK(tl_num_cholesky_solve(&a, &b, &err));
    for (ptrdiff_t i = 0; i < N; i++) {
        for (ptrdiff_t m = 0; m < M; m++) {
            CHECK_NEAR(tl_matrix_row(&b, i)[m], sin((double)(i + 5 * m)), 1e-10);
        }
    }
    tl_matrix_free(&a);
    tl_matrix_free(&b);
}

/* U of [[4, 2], [2, 5]] is [[2, 1], [0, 2]]; the lower triangle stays as it was. */
static void the_factor_of_a_two_by_two_is_known(void **state) {
    (void)state;
    tl_err err;
    double values[4] = {4.0, 2.0, 99.0, 5.0};
    tl_matrix a = {.nrow = 2, .ncol = 2, .data = values};
    CHECK_OK(tl_num_cholesky_factor(&a, &err));
    CHECK_NEAR(values[0], 2.0, 1e-15);
    CHECK_NEAR(values[1], 1.0, 1e-15);
    CHECK_NEAR(values[2], 99.0, 0.0);
    CHECK_NEAR(values[3], 2.0, 1e-15);
}

static tl_code factor_of(double a00, double a01, double a11) {
    double values[4] = {a00, a01, a01, a11};
    tl_matrix a = {.nrow = 2, .ncol = 2, .data = values};
    return tl_num_cholesky_factor(&a, NULL);
}

static void indefinite_singular_and_nan_matrices_are_refused(void **state) {
    (void)state;
    assert_int_equal(factor_of(1.0, 2.0, 1.0), TL_NUMERIC);
    assert_int_equal(factor_of(1.0, 1.0, 1.0), TL_NUMERIC);
    assert_int_equal(factor_of(0.0, 0.0, 0.0), TL_NUMERIC);
    assert_int_equal(factor_of(1.0, (double)NAN, 1.0), TL_NUMERIC);
    assert_int_equal(factor_of((double)INFINITY, 0.0, 1.0), TL_NUMERIC);
}

static void shapes_that_do_not_fit_are_refused(void **state) {
    (void)state;
    double values[6] = {0};
    tl_matrix wide = {.nrow = 2, .ncol = 3, .data = values};
    tl_matrix square = {.nrow = 2, .ncol = 2, .data = values};
    tl_matrix tall = {.nrow = 3, .ncol = 2, .data = values};
    assert_int_equal(tl_num_cholesky_factor(&wide, NULL), TL_SHAPE);
    assert_int_equal(tl_num_cholesky_substitute(&square, &tall, NULL), TL_SHAPE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_known_answer_comes_back),
        cmocka_unit_test(the_factor_of_a_two_by_two_is_known),
        cmocka_unit_test(indefinite_singular_and_nan_matrices_are_refused),
        cmocka_unit_test(shapes_that_do_not_fit_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
