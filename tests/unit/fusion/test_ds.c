/* SPDX-License-Identifier: GPL-2.0-or-later
 * Direct standardisation returns the reference spectra and recovers a linear difference of
 * instruments. */
#include "fusion/ds.h"

#include "base/rng.h"
#include "fusion/groups.h"
#include "kit/check.h"

static void ridge_gives_the_reference_spectra(void **state) {
    (void)state;
    KIT_REFERENCE(root, "transfer/ds_pds.json");
    tl_err err;
    tl_matrix g;
    tl_matrix s;
    tl_matrix q;
    tl_matrix want;
    tl_matrix got;
    tl_ds ds;
    const json_t *ridge = json_object_get(root, "ds_ridge");
    kit_json_matrix(json_object_get(root, "G"), &g);
    kit_json_matrix(json_object_get(root, "S"), &s);
    kit_json_matrix(json_object_get(root, "Q"), &q);
    kit_json_matrix(json_object_get(ridge, "out"), &want);
    CHECK_OK(tl_fusion_ds_fit(&g, &s, json_number_value(json_object_get(ridge, "lam")), NULL, 1,
                              &ds, &err));
    CHECK_OK(tl_fusion_ds_apply(&ds, &q, &got, &err));
    assert_int_equal(got.nrow, want.nrow);
    for (ptrdiff_t i = 0; i < want.nrow * want.ncol; i++) {
        CHECK_NEAR(got.data[i], want.data[i], 1e-8);
    }
    tl_matrix_free(&got);
    tl_matrix_free(&want);
    tl_matrix_free(&g);
    tl_matrix_free(&s);
    tl_matrix_free(&q);
    tl_fusion_ds_free(&ds);
    json_decref(root);
}

/* n spectra of p bands made of three smooth shapes; y is a fixed linear function of the shapes. */
static void make_pairs(ptrdiff_t n, ptrdiff_t p, double noise, tl_matrix *x, tl_matrix *y) {
    assert_int_equal(tl_matrix_init(x, n, p, NULL), TL_OK);
    assert_int_equal(tl_matrix_init(y, n, p, NULL), TL_OK);
    tl_rng rng = tl_rng_start(11, TL_STREAM_SIMULATE, 0);
    for (ptrdiff_t i = 0; i < n; i++) {
        double c[3];
        for (int k = 0; k < 3; k++) {
            c[k] = tl_rng_normal(&rng);
        }
        for (ptrdiff_t j = 0; j < p; j++) {
            const double t = (double)j / (double)p;
            const double shape =
                0.3 + 0.05 * c[0] * t + 0.04 * c[1] * sin(5.0 * t) + 0.03 * c[2] * t * t;
            tl_matrix_row(x, i)[j] = shape + noise * tl_rng_normal(&rng);
            tl_matrix_row(y, i)[j] = 0.1 + 0.7 * shape + 0.02 * c[1];
        }
    }
}

/* Noiseless pairs of rank three are carried over exactly, up to what the small ridge shrinks. */
static void a_linear_difference_of_instruments_is_undone(void **state) {
    (void)state;
    tl_err err;
    tl_matrix x;
    tl_matrix y;
    tl_matrix got;
    tl_ds ds;
    make_pairs(40, 25, 0.0, &x, &y);
    CHECK_OK(tl_fusion_ds_fit(&x, &y, 1e-9, NULL, 1, &ds, &err));
    CHECK_OK(tl_fusion_ds_apply(&ds, &x, &got, &err));
    for (ptrdiff_t i = 0; i < got.nrow * got.ncol; i++) {
        CHECK_NEAR(got.data[i], y.data[i], 1e-6);
    }
    tl_matrix coefficients;
    double intercept[25];
    CHECK_OK(tl_fusion_ds_linear(&ds, &coefficients, intercept, &err));
    for (ptrdiff_t j = 0; j < 25; j++) {
        double sum = intercept[j];
        for (ptrdiff_t k = 0; k < 25; k++) {
            sum += tl_matrix_row(&coefficients, j)[k] * tl_matrix_row(&x, 7)[k];
        }
        CHECK_NEAR(sum, tl_matrix_row(&got, 7)[j], 1e-12);
    }
    tl_matrix_free(&coefficients);
    tl_matrix_free(&got);
    tl_fusion_ds_free(&ds);
    tl_matrix_free(&x);
    tl_matrix_free(&y);
}

static double chosen_lambda(double noise, const ptrdiff_t *group) {
    tl_err err;
    tl_matrix x;
    tl_matrix y;
    tl_ds ds;
    make_pairs(60, 25, noise, &x, &y);
    CHECK_OK(tl_fusion_ds_fit(&x, &y, 0.0, group, 1, &ds, &err));
    const double lambda = ds.lambda;
    tl_fusion_ds_free(&ds);
    tl_matrix_free(&x);
    tl_matrix_free(&y);
    return lambda;
}

static void more_noise_asks_for_a_stronger_ridge(void **state) {
    (void)state;
    ptrdiff_t group[60];
    for (ptrdiff_t i = 0; i < 60; i++) {
        group[i] = i / 5;
    }
    assert_true(chosen_lambda(0.0, NULL) == 1e-4);
    assert_true(chosen_lambda(0.03, NULL) > 1e-3);
    assert_true(chosen_lambda(0.03, group) > 1e-3);
}

/* A row with a gap becomes a row of NaN and leaves its neighbours alone, whatever the block it is
 * in. */
static void a_gap_stays_in_its_row(void **state) {
    (void)state;
    tl_err err;
    tl_matrix x;
    tl_matrix y;
    tl_matrix whole;
    tl_matrix gap;
    tl_ds ds;
    make_pairs(600, 9, 0.01, &x, &y);
    CHECK_OK(tl_fusion_ds_fit(&x, &y, 0.01, NULL, 1, &ds, &err));
    CHECK_OK(tl_fusion_ds_apply(&ds, &x, &whole, &err));
    tl_matrix_row(&x, 300)[4] = (double)NAN;
    CHECK_OK(tl_fusion_ds_apply(&ds, &x, &gap, &err));
    for (ptrdiff_t i = 0; i < 600; i++) {
        for (ptrdiff_t j = 0; j < 9; j++) {
            if (i == 300) {
                assert_true(isnan(tl_matrix_row(&gap, i)[j]));
            } else {
                CHECK_NEAR(tl_matrix_row(&gap, i)[j], tl_matrix_row(&whole, i)[j], 0.0);
            }
        }
    }
    tl_matrix_free(&whole);
    tl_matrix_free(&gap);
    tl_fusion_ds_free(&ds);
    tl_matrix_free(&x);
    tl_matrix_free(&y);
}

static void bad_pairs_are_refused(void **state) {
    (void)state;
    tl_err err;
    tl_ds ds;
    tl_matrix x;
    tl_matrix y;
    make_pairs(20, 6, 0.01, &x, &y);
    tl_matrix short_y = {.nrow = 19, .ncol = 6, .data = y.data};
    assert_int_equal(tl_fusion_ds_fit(&x, &short_y, 0.01, NULL, 1, &ds, &err), TL_SHAPE);
    tl_matrix two_x = {.nrow = 2, .ncol = 6, .data = x.data};
    tl_matrix two_y = {.nrow = 2, .ncol = 6, .data = y.data};
    assert_int_equal(tl_fusion_ds_fit(&two_x, &two_y, 0.01, NULL, 1, &ds, &err), TL_DATA);
    const ptrdiff_t two_groups[20] = {0, 1, 0, 1};
    tl_matrix four_x = {.nrow = 4, .ncol = 6, .data = x.data};
    tl_matrix four_y = {.nrow = 4, .ncol = 6, .data = y.data};
    assert_int_equal(tl_fusion_ds_fit(&four_x, &four_y, 0.0, two_groups, 1, &ds, &err), TL_DATA);
    CHECK_OK(tl_fusion_ds_fit(&four_x, &four_y, 0.0, NULL, 1, &ds, &err));
    tl_fusion_ds_free(&ds);
    y.data[7] = (double)NAN;
    assert_int_equal(tl_fusion_ds_fit(&x, &y, 0.01, NULL, 1, &ds, &err), TL_DATA);
    assert_non_null(strstr(err.text, "lab spectrum in row 2"));
    y.data[7] = 0.5;
    for (ptrdiff_t i = 0; i < 120; i++) {
        x.data[i] = 0.25;
    }
    assert_int_equal(tl_fusion_ds_fit(&x, &y, 0.01, NULL, 1, &ds, &err), TL_DATA);
    assert_null(ds.slope.data);
    tl_matrix_free(&x);
    tl_matrix_free(&y);
}

static void every_group_lands_in_one_fold(void **state) {
    (void)state;
    tl_err err;
    ptrdiff_t group[50];
    ptrdiff_t fold[50];
    ptrdiff_t size[4] = {0};
    for (ptrdiff_t i = 0; i < 50; i++) {
        group[i] = 1000 - 7 * (i % 10);
    }
    CHECK_OK(tl_fusion_divide_groups(group, 50, 4, -9999, 2, fold, &err));
    for (ptrdiff_t i = 0; i < 50; i++) {
        assert_int_equal(fold[i], fold[i % 10]);
        assert_in_range(fold[i], 0, 3);
        size[fold[i]] += 1;
    }
    for (int k = 0; k < 4; k++) {
        assert_in_range(size[k], 10, 15);
    }
    assert_int_equal(tl_fusion_divide_groups(group, 50, 11, 1, 0, fold, NULL), TL_DATA);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ridge_gives_the_reference_spectra),
        cmocka_unit_test(a_linear_difference_of_instruments_is_undone),
        cmocka_unit_test(more_noise_asks_for_a_stronger_ridge),
        cmocka_unit_test(a_gap_stays_in_its_row),
        cmocka_unit_test(bad_pairs_are_refused),
        cmocka_unit_test(every_group_lands_in_one_fold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
