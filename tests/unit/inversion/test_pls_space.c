/* SPDX-License-Identifier: GPL-2.0-or-later
 * The latent space of partial least squares: importance of bands, distances and limits. */
#include "base/rng.h"
#include "inversion/pls.h"
#include "kit/check.h"

/* y and x of a table whose first column is y. */
static void split(const tl_matrix *table, tl_matrix *x, double *y) {
    assert_int_equal(tl_matrix_init(x, table->nrow, table->ncol - 1, NULL), TL_OK);
    for (ptrdiff_t i = 0; i < table->nrow; i++) {
        y[i] = tl_matrix_row(table, i)[0];
        memcpy(tl_matrix_row(x, i), tl_matrix_row(table, i) + 1, (size_t)x->ncol * sizeof(double));
    }
}

/* nirsoil, 5 components, without and with autoscale: numbers computed in R from scores, weights and
 * loadings of pls 2.8 (oscorespls) by the formulas of the header; 1e-8 as for its coefficients. */
static void numbers_equal_those_of_r(void **state) {
    (void)state;
    tl_err err = {0};
    static const struct {
        double vip[3];
        double t2[2];
        double q[2];
        double t2_limit;
        double q_limit;
    } want[2] = {{{1.256556141719, 0.892260477976, 1.165041582759},
                  {83.19175907693, 4.18622432125},
                  {7.01003897919e-03, 6.61204999723e-05},
                  12.15786222467371,
                  0.00103405502115},
                 {{1.232960887503, 0.881103438621, 1.178465534660},
                  {83.38728620016, 4.18421267374},
                  {1.05365627293095, 0.00981459821674},
                  12.157862224674,
                  0.151724952692}};
    tl_matrix train;
    tl_matrix test;
    if (!kit_reference_csv("pls/nirsoil_train.csv", &train) ||
        !kit_reference_csv("pls/nirsoil_test.csv", &test)) {
        print_message("SKIPPED: shared reference pls/nirsoil is not here\n");
        skip();
    }
    tl_matrix x;
    tl_matrix new_x;
    double y[256];
    double vip[70];
    double work[70];
    split(&test, &new_x, y);
    split(&train, &x, y);
    for (int autoscale = 0; autoscale < 2; autoscale++) {
        tl_pls fit;
        tl_pls_space space;
        double t2;
        double q;
        CHECK_OK(tl_inversion_pls_fit_space(&x, y, 5, autoscale, &fit, &space, &err));
        tl_inversion_pls_vip(&space, 5, vip);
        const int band[3] = {0, 19, 69};
        for (int k = 0; k < 3; k++) {
            CHECK_NEAR(vip[band[k]], want[autoscale].vip[k], 1e-8);
        }
        for (int i = 0; i < 2; i++) {
            tl_inversion_pls_distance(&space, 5, tl_matrix_row(&new_x, i), work, &t2, &q);
            CHECK_NEAR(t2, want[autoscale].t2[i], 1e-8 * want[autoscale].t2[i]);
            CHECK_NEAR(q, want[autoscale].q[i], 1e-8 * want[autoscale].q[i]);
        }
        CHECK_OK(tl_inversion_pls_limits(&space, 5, &x, 0.95, &t2, &q, &err));
        CHECK_NEAR(t2, want[autoscale].t2_limit, 1e-8 * t2);
        CHECK_NEAR(q, want[autoscale].q_limit, 1e-8 * q);
        tl_inversion_pls_free(&fit);
        tl_inversion_pls_space_free(&space);
    }
    tl_matrix_free(&x);
    tl_matrix_free(&new_x);
    tl_matrix_free(&train);
    tl_matrix_free(&test);
}

enum { N = 30, P = 12, RANK = 3 };

/* Spectra of rank 3 plus a constant band 0; y hangs on the first factor, which only bands 1 to 4
 * see. */
static void make(tl_matrix *x, double *y) {
    tl_rng rng = tl_rng_start(3, TL_STREAM_SIMULATE, 0);
    assert_int_equal(tl_matrix_init(x, N, P, NULL), TL_OK);
    for (ptrdiff_t i = 0; i < N; i++) {
        double factor[RANK];
        for (int k = 0; k < RANK; k++) {
            factor[k] = tl_rng_normal(&rng);
        }
        tl_matrix_row(x, i)[0] = 0.3;
        for (int j = 1; j < P; j++) {
            tl_matrix_row(x, i)[j] =
                j <= 4 ? factor[0] : factor[1] * (double)(j - 5) + factor[2] * (double)(11 - j);
        }
        y[i] = 5.0 + factor[0];
    }
}

/* Keeping the space changes no bit of the fit; the scores are those of the rotation; a training
 * spectrum of rank 3 is explained wholly by 3 components, one that leaves their space is not. */
static void the_space_tells_what_is_foreign(void **state) {
    (void)state;
    tl_err err = {0};
    tl_matrix x;
    double y[N];
    double work[P];
    make(&x, y);
    for (int autoscale = 0; autoscale < 2; autoscale++) {
        tl_pls plain;
        tl_pls fit;
        tl_pls_space s;
        CHECK_OK(tl_inversion_pls_fit(&x, y, 8, autoscale, &plain, &err));
        CHECK_OK(tl_inversion_pls_fit_space(&x, y, 8, autoscale, &fit, &s, &err));
        assert_int_equal(plain.components, fit.components);
        assert_int_equal(s.components, fit.components);
        assert_memory_equal(plain.coefficients.data, fit.coefficients.data,
                            (size_t)((fit.components + 1) * P) * sizeof(double));
        assert_true(s.scale[0] == 0.0);
        double spectrum[P];
        double t2;
        double q;
        double sum = 0.0;
        for (ptrdiff_t i = 0; i < N; i++) {
            memcpy(spectrum, tl_matrix_row(&x, i), sizeof spectrum);
            spectrum[0] = 77.0; /* a constant band does not count */
            tl_inversion_pls_distance(&s, 99, spectrum, work, &t2, &q);
            CHECK_NEAR(q, 0.0, 1e-16);
            sum += t2;
        }
        CHECK_NEAR(sum, (double)(s.components * (N - 1)), 1e-8);
        spectrum[2] += 1.0;
        spectrum[3] -= 1.0;
        tl_inversion_pls_distance(&s, 99, spectrum, work, &t2, &q);
        assert_true(q > 0.1);
        spectrum[5] = (double)NAN;
        tl_inversion_pls_distance(&s, 99, spectrum, work, &t2, &q);
        assert_true(isnan(t2) && isnan(q));
        tl_inversion_pls_free(&plain);
        tl_inversion_pls_free(&fit);
        tl_inversion_pls_space_free(&s);
    }
    tl_matrix_free(&x);
}

/* The four bands that see the factor behind y count more than all others. */
static void importance_finds_the_bands(void **state) {
    (void)state;
    tl_err err = {0};
    tl_matrix x;
    double y[N];
    double vip[P];
    make(&x, y);
    tl_pls fit;
    tl_pls_space s;
    CHECK_OK(tl_inversion_pls_fit_space(&x, y, 3, 1, &fit, &s, &err));
    tl_inversion_pls_vip(&s, 3, vip);
    double squares = 0.0;
    for (int j = 0; j < P; j++) {
        squares += vip[j] * vip[j];
        assert_true(j == 0 || (j <= 4 ? vip[j] > 1.0 : vip[j] < 1.0));
    }
    CHECK_NEAR(vip[0], 0.0, 1e-15);
    CHECK_NEAR(squares, (double)P, 1e-10);
    tl_inversion_pls_free(&fit);
    tl_inversion_pls_space_free(&s);
    tl_matrix_free(&x);
}

static void memory_may_run_out(void **state) {
    (void)state;
    tl_matrix x;
    double y[N];
    make(&x, y);
    const ptrdiff_t before = tl_live_blocks();
    tl_code code = TL_NOMEM;
    for (ptrdiff_t k = 0; code == TL_NOMEM; k++) {
        tl_pls fit;
        tl_pls_space s;
        tl_fail_after(k);
        code = tl_inversion_pls_fit_space(&x, y, 3, 0, &fit, &s, NULL);
        tl_fail_after(-1);
        tl_inversion_pls_free(&fit);
        tl_inversion_pls_space_free(&s);
        assert_true(k < 40);
    }
    assert_int_equal(code, TL_OK);
    assert_int_equal(tl_live_blocks(), before);
    tl_matrix_free(&x);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_equal_those_of_r),
        cmocka_unit_test(the_space_tells_what_is_foreign),
        cmocka_unit_test(importance_finds_the_bands),
        cmocka_unit_test(memory_may_run_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
