/* SPDX-License-Identifier: GPL-2.0-or-later
 * Eigenvalues in the units of another matrix. */
#include "num/pencil.h"

#include "kit/check.h"

/* A = diag(2, 12), B = diag(1, 4): the values are 3 and 2, the vectors (0, 1/2) and (1, 0). */
static void diagonal_matrices_divide(void **state) {
    (void)state;
    tl_err err = {0};
    tl_matrix a;
    tl_matrix b;
    tl_matrix vectors;
    double values[2];
    CHECK_OK(tl_matrix_init(&a, 2, 2, &err));
    CHECK_OK(tl_matrix_init(&b, 2, 2, &err));
    a.data[0] = 2.0;
    a.data[3] = 12.0;
    b.data[0] = 1.0;
    b.data[3] = 4.0;
    CHECK_OK(tl_num_pencil(&a, &b, values, &vectors, &err));
    CHECK_NEAR(values[0], 3.0, 1e-15);
    CHECK_NEAR(values[1], 2.0, 1e-15);
    CHECK_NEAR(vectors.data[0], 0.0, 1e-15);
    CHECK_NEAR(vectors.data[1], 0.5, 1e-15);
    CHECK_NEAR(vectors.data[2], 1.0, 1e-15);
    CHECK_NEAR(vectors.data[3], 0.0, 1e-15);
    tl_matrix_free(&vectors);
    b.data[0] = -1.0;
    assert_int_equal(tl_num_pencil(&a, &b, values, &vectors, &err), TL_NUMERIC);
    b.ncol = 1;
    assert_int_equal(tl_num_pencil(&a, &b, values, &vectors, &err), TL_SHAPE);
    tl_matrix_free(&a);
    tl_matrix_free(&b);
}

/* Every pair solves A w = l B w, and only the lower triangles matter. */
static void pairs_solve_the_equation(void **state) {
    (void)state;
    tl_err err = {0};
    enum { n = 9 };
    tl_matrix a;
    tl_matrix b;
    tl_matrix vectors;
    double values[n];
    double full_a[n][n];
    double full_b[n][n];
    CHECK_OK(tl_matrix_init(&a, n, n, &err));
    CHECK_OK(tl_matrix_init(&b, n, n, &err));
    for (int i = 0; i < n; i++) {
        for (int j = 0; j <= i; j++) {
            full_a[i][j] = full_a[j][i] = cos(i + 2.0 * j) + (i == j ? 1.0 : 0.0);
            full_b[i][j] = full_b[j][i] = 0.3 * sin(3.0 * i + j) + (i == j ? 4.0 : 0.0);
            tl_matrix_row(&a, i)[j] = full_a[i][j];
            tl_matrix_row(&b, i)[j] = full_b[i][j];
        }
        for (int j = i + 1; j < n; j++) {
            tl_matrix_row(&a, i)[j] = 99.0;
            tl_matrix_row(&b, i)[j] = 99.0;
        }
    }
    CHECK_OK(tl_num_pencil(&a, &b, values, &vectors, &err));
    for (int k = 0; k < n; k++) {
        const double *w = tl_matrix_row(&vectors, k);
        double unit = 0.0;
        for (int i = 0; i < n; i++) {
            double left = 0.0;
            double right = 0.0;
            for (int j = 0; j < n; j++) {
                left += full_a[i][j] * w[j];
                right += full_b[i][j] * w[j];
            }
            CHECK_NEAR(left, values[k] * right, 1e-13);
            unit += w[i] * right;
        }
        CHECK_NEAR(unit, 1.0, 1e-13);
        assert_true(k == 0 || values[k] <= values[k - 1]);
    }
    tl_matrix_free(&vectors);
    tl_matrix_free(&a);
    tl_matrix_free(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(diagonal_matrices_divide),
        cmocka_unit_test(pairs_solve_the_equation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
