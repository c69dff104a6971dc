/* SPDX-License-Identifier: GPL-2.0-or-later
 * Partial least squares on data whose answer is known, and against R. */
#include "base/rng.h"
#include "inversion/pls.h"
#include "kit/check.h"

/* n x p numbers of rank k, y an exact combination of the first two factors. */
static void low_rank_data(ptrdiff_t n, ptrdiff_t p, ptrdiff_t k, tl_matrix *x, double *y) {
    tl_rng rng = tl_rng_start(11, TL_STREAM_SIMULATE, 0);
    double *loading = tl_acquire(k * p, sizeof *loading);
    for (ptrdiff_t i = 0; i < k * p; i++) {
        loading[i] = tl_rng_normal(&rng);
    }
    assert_int_equal(tl_matrix_init(x, n, p, NULL), TL_OK);
    for (ptrdiff_t i = 0; i < n; i++) {
        y[i] = 5.0;
        for (ptrdiff_t f = 0; f < k; f++) {
            const double score = tl_rng_normal(&rng);
            y[i] += f < 2 ? (2.0 - 3.0 * (double)f) * score : 0.0;
            for (ptrdiff_t j = 0; j < p; j++) {
                tl_matrix_row(x, i)[j] += score * loading[f * p + j];
            }
        }
    }
    tl_release(loading);
}

/* Noiseless data of rank 3 are fitted exactly by 3 components, and there is no fourth. */
static void rank_three_is_fitted_by_three(void **state) {
    (void)state;
    tl_err err = {0};
    enum { n = 20, p = 40 };
    tl_matrix x;
    double y[n];
    low_rank_data(n, p, 3, &x, y);
    for (int autoscale = 0; autoscale < 2; autoscale++) {
        tl_pls fit;
        CHECK_OK(tl_inversion_pls_fit(&x, y, 10, autoscale, &fit, &err));
        assert_int_equal(fit.components, 3);
        for (ptrdiff_t i = 0; i < n; i++) {
            CHECK_NEAR(tl_inversion_pls_predict(&fit, 3, tl_matrix_row(&x, i)), y[i], 1e-10);
            CHECK_NEAR(tl_inversion_pls_predict(&fit, 9, tl_matrix_row(&x, i)), y[i], 1e-10);
        }
        tl_inversion_pls_free(&fit);
    }
    tl_matrix_free(&x);
}

/* Autoscaling makes the answer independent of the units of the columns. */
static void autoscaling_forgets_units(void **state) {
    (void)state;
    tl_err err = {0};
    enum { n = 15, p = 6 };
    tl_matrix x;
    double y[n];
    low_rank_data(n, p, 6, &x, y);
    tl_pls plain;
    tl_pls scaled;
    CHECK_OK(tl_inversion_pls_fit(&x, y, 2, 1, &plain, &err));
    for (ptrdiff_t i = 0; i < n; i++) {
        tl_matrix_row(&x, i)[4] *= 1000.0;
    }
    CHECK_OK(tl_inversion_pls_fit(&x, y, 2, 1, &scaled, &err));
    for (ptrdiff_t j = 0; j < p; j++) {
        const double unit = j == 4 ? 1000.0 : 1.0;
        CHECK_NEAR(tl_matrix_row(&scaled.coefficients, 2)[j] * unit,
                   tl_matrix_row(&plain.coefficients, 2)[j], 1e-10);
    }
    tl_inversion_pls_free(&plain);
    tl_inversion_pls_free(&scaled);
    tl_matrix_free(&x);
}

/* Nothing to learn from constant spectra: the mean is the answer. */
static void constant_spectra_give_the_mean(void **state) {
    (void)state;
    tl_err err = {0};
    tl_matrix x;
    const double y[4] = {1.0, 2.0, 4.0, 9.0};
    CHECK_OK(tl_matrix_init(&x, 4, 3, &err));
    for (ptrdiff_t i = 0; i < 12; i++) {
        x.data[i] = 0.1;
    }
    for (int autoscale = 0; autoscale < 2; autoscale++) {
        tl_pls fit;
        CHECK_OK(tl_inversion_pls_fit(&x, y, 5, autoscale, &fit, &err));
        assert_int_equal(fit.components, 0);
        CHECK_NEAR(tl_inversion_pls_predict(&fit, 5, x.data), 4.0, 1e-14);
        tl_inversion_pls_free(&fit);
    }
    tl_matrix_free(&x);
    assert_int_equal(tl_matrix_init(&x, 0, 3, &err), TL_OK);
    tl_pls fit;
    assert_int_equal(tl_inversion_pls_fit(&x, y, 5, 0, &fit, &err), TL_SHAPE);
    tl_matrix_free(&x);
}

/* Every failed allocation is reported and leaves nothing behind. */
static void running_out_of_memory_leaves_nothing(void **state) {
    (void)state;
    tl_err err = {0};
    tl_matrix x;
    double y[10];
    low_rank_data(10, 5, 3, &x, y);
    const ptrdiff_t before = tl_live_blocks();
    ptrdiff_t allowed = 0;
    tl_code code = TL_NOMEM;
    for (; code == TL_NOMEM; allowed++) {
        tl_pls fit;
        tl_fail_after(allowed);
        code = tl_inversion_pls_fit(&x, y, 3, 1, &fit, &err);
        tl_fail_after(-1);
        tl_inversion_pls_free(&fit);
        assert_int_equal(tl_live_blocks(), before);
    }
    assert_int_equal(code, TL_OK);
    assert_true(allowed > 5);
    tl_matrix_free(&x);
}

/* Splits the columns of a reference table into y (first) and x (rest). */
static void split_table(const tl_matrix *table, tl_matrix *x, double *y) {
    assert_int_equal(tl_matrix_init(x, table->nrow, table->ncol - 1, NULL), TL_OK);
    for (ptrdiff_t i = 0; i < table->nrow; i++) {
        y[i] = tl_matrix_row(table, i)[0];
        memcpy(tl_matrix_row(x, i), tl_matrix_row(table, i) + 1, (size_t)x->ncol * sizeof *x->data);
    }
}

static int read_reference(const char *set, const char *what, tl_matrix *table) {
    char name[64];
    (void)snprintf(name, sizeof name, "pls/%s_%s.csv", set, what);
    return kit_reference_csv(name, table);
}

/* Coefficients of every number of components within 1e-8 of the largest one; 1e-8 because R's own
 * methods differ by 1e-9 in late components. */
static void check_coefficients(const char *set, const tl_pls *fit) {
    tl_matrix want;
    assert_true(read_reference(set, "coef", &want));
    assert_int_equal(fit->components, want.nrow);
    for (ptrdiff_t a = 0; a < want.nrow; a++) {
        const double *row = tl_matrix_row(&want, a);
        double largest = 0.0;
        for (ptrdiff_t j = 1; j < want.ncol; j++) {
            largest = fmax(largest, fabs(row[j]));
        }
        CHECK_NEAR(fit->intercept[a + 1], row[0], 1e-8 * fmax(fabs(row[0]), largest));
        for (ptrdiff_t j = 1; j < want.ncol; j++) {
            CHECK_NEAR(tl_matrix_row(&fit->coefficients, a + 1)[j - 1], row[j], 1e-8 * largest);
        }
    }
    tl_matrix_free(&want);
}

static void check_predictions(const char *set, const tl_pls *fit) {
    tl_matrix test;
    tl_matrix want;
    tl_matrix x;
    double y[256];
    assert_true(read_reference(set, "test", &test));
    assert_true(read_reference(set, "pred_test", &want));
    split_table(&test, &x, y);
    for (ptrdiff_t i = 0; i < want.nrow; i++) {
        for (ptrdiff_t a = 1; a < want.ncol; a++) {
            const double p = tl_matrix_row(&want, i)[a];
            CHECK_NEAR(tl_inversion_pls_predict(fit, a, tl_matrix_row(&x, i)), p, 1e-8 * fabs(p));
        }
    }
    tl_matrix_free(&test);
    tl_matrix_free(&want);
    tl_matrix_free(&x);
}

/* RMSECV with folds = row index mod 5: trains on the rows outside the fold only. */
static void check_cross_validation(const char *set, const tl_matrix *x, const double *y) {
    tl_matrix want;
    assert_true(read_reference(set, "rmsep", &want));
    double sum[64] = {0};
    for (ptrdiff_t fold = 0; fold < 5; fold++) {
        ptrdiff_t rows[256];
        double train_y[256];
        ptrdiff_t n = 0;
        for (ptrdiff_t i = 0; i < x->nrow; i++) {
            if (i % 5 != fold) {
                train_y[n] = y[i];
                rows[n++] = i;
            }
        }
        tl_matrix train;
        tl_pls fit;
        assert_int_equal(tl_matrix_take_rows(&train, x, rows, n, NULL), TL_OK);
        assert_int_equal(tl_inversion_pls_fit(&train, train_y, want.nrow - 1, 0, &fit, NULL),
                         TL_OK);
        for (ptrdiff_t i = fold; i < x->nrow; i += 5) {
            for (ptrdiff_t a = 1; a < want.nrow; a++) {
                const double e = tl_inversion_pls_predict(&fit, a, tl_matrix_row(x, i)) - y[i];
                sum[a] += e * e;
            }
        }
        tl_matrix_free(&train);
        tl_inversion_pls_free(&fit);
    }
    for (ptrdiff_t a = 1; a < want.nrow; a++) {
        const double expected = tl_matrix_row(&want, a)[2];
        CHECK_NEAR(sqrt(sum[a] / (double)x->nrow), expected, 1e-8 * expected);
    }
    tl_matrix_free(&want);
}

static void three_data_sets_equal_r(void **state) {
    (void)state;
    tl_err err = {0};
    const char *const sets[3] = {"gasoline", "yarn", "nirsoil"};
    for (int s = 0; s < 3; s++) {
        tl_matrix table;
        if (!read_reference(sets[s], "train", &table)) {
            print_message("SKIPPED: shared reference pls/%s is not here\n", sets[s]);
            skip();
        }
        tl_matrix x;
        tl_matrix coef;
        double y[256];
        split_table(&table, &x, y);
        assert_true(read_reference(sets[s], "coef", &coef));
        tl_pls fit;
        CHECK_OK(tl_inversion_pls_fit(&x, y, coef.nrow, 0, &fit, &err));
        check_coefficients(sets[s], &fit);
        check_predictions(sets[s], &fit);
        check_cross_validation(sets[s], &x, y);
        tl_inversion_pls_free(&fit);
        tl_matrix_free(&x);
        tl_matrix_free(&coef);
        tl_matrix_free(&table);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rank_three_is_fitted_by_three),
        cmocka_unit_test(autoscaling_forgets_units),
        cmocka_unit_test(constant_spectra_give_the_mean),
        cmocka_unit_test(running_out_of_memory_leaves_nothing),
        cmocka_unit_test(three_data_sets_equal_r),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
