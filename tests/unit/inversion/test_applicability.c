/* SPDX-License-Identifier: GPL-2.0-or-later
 * Area of applicability against reference numbers, and what it must do on a map. */
#include "inversion/applicability.h"

#include "base/rng.h"
#include "kit/check.h"

static double number_of(const json_t *object, const char *key) {
    return json_number_value(json_object_get(object, key));
}

static void distances_and_threshold_equal_the_reference(void **state) {
    (void)state;
    tl_err err = {0};
    KIT_REFERENCE(reference, "aoa/aoa.json");
    tl_matrix train;
    tl_matrix fresh;
    tl_matrix folds;
    kit_json_matrix(json_object_get(reference, "train"), &train);
    kit_json_matrix(json_object_get(reference, "new"), &fresh);
    kit_json_matrix(json_object_get(reference, "folds"), &folds);
    int fold[12];
    for (int i = 0; i < 12; i++) {
        fold[i] = (int)folds.data[i];
    }
    size_t c;
    json_t *one;
    json_array_foreach(json_object_get(reference, "cases"), c, one) {
        tl_matrix weight;
        tl_matrix di_train;
        tl_matrix di_new;
        kit_json_matrix(json_object_get(one, "weights"), &weight);
        kit_json_matrix(json_object_get(one, "DI_train_cv"), &di_train);
        kit_json_matrix(json_object_get(one, "DI_new"), &di_new);
        tl_applicability a;
        CHECK_OK(tl_inversion_applicability_fit(&train, weight.data, fold, 1, &a, &err));
        CHECK_NEAR(a.mean_distance, number_of(one, "mean_distance"), 1e-12);
        CHECK_NEAR(a.threshold, number_of(one, "threshold"), 1e-12);
        for (int i = 0; i < 12; i++) {
            CHECK_NEAR(a.di[i], di_train.data[i], 1e-12);
        }
        for (ptrdiff_t i = 0; i < fresh.nrow; i++) {
            const double di = tl_inversion_applicability_di(&a, tl_matrix_row(&fresh, i));
            CHECK_NEAR(di, di_new.data[i], 1e-12);
            const int inside =
                json_is_true(json_array_get(json_object_get(one, "inside"), (size_t)i));
            assert_true(tl_inversion_applicability_mask(&a, (float)di) == (float)inside);
        }
        tl_inversion_applicability_free(&a);
        tl_matrix_free(&weight);
        tl_matrix_free(&di_train);
        tl_matrix_free(&di_new);
    }
    assert_true(c >= 2);
    tl_matrix_free(&train);
    tl_matrix_free(&fresh);
    tl_matrix_free(&folds);
    json_decref(reference);
}

static void make_scores(ptrdiff_t n, ptrdiff_t k, tl_matrix *x, double *y) {
    tl_rng rng = tl_rng_start(2, TL_STREAM_SIMULATE, 0);
    assert_int_equal(tl_matrix_init(x, n, k, NULL), TL_OK);
    for (ptrdiff_t i = 0; i < n; i++) {
        for (ptrdiff_t j = 0; j < k; j++) {
            tl_matrix_row(x, i)[j] = 10.0 * (double)(j + 1) + (double)(j + 1) * tl_rng_normal(&rng);
        }
        y[i] = 3.0 * (tl_matrix_row(x, i)[0] - 10.0) + 0.1 * tl_rng_normal(&rng);
    }
}

/* Pixels of a map: as exact as float allows, the same bits in any block, NaN stays NaN. A training
 * sample has DI 0. */
static void blocks_follow_single_pixels(void **state) {
    (void)state;
    tl_err err = {0};
    enum { n = 40, k = 10, pixels = 37 };
    tl_matrix x;
    double y[n];
    make_scores(n, k, &x, y);
    tl_applicability a;
    CHECK_OK(tl_inversion_applicability_fit(&x, NULL, NULL, 1, &a, &err));
    float u[k * pixels];
    float di[pixels];
    tl_rng rng = tl_rng_start(3, TL_STREAM_SIMULATE, 0);
    for (int i = 0; i < k * pixels; i++) {
        u[i] = (float)(60.0 * tl_rng_uniform(&rng));
    }
    u[4 * pixels + 20] = NAN;
    tl_inversion_applicability_block(&a, u, pixels, di);
    for (int i = 0; i < pixels; i++) {
        double row[k];
        for (int j = 0; j < k; j++) {
            row[j] = (double)u[j * pixels + i];
        }
        const double plain = tl_inversion_applicability_di(&a, row);
        float alone;
        float one[k];
        for (int j = 0; j < k; j++) {
            one[j] = u[j * pixels + i];
        }
        tl_inversion_applicability_block(&a, one, 1, &alone);
        if (i == 20) {
            assert_true(isnan(di[i]) && isnan(plain) && isnan(alone));
            continue;
        }
        CHECK_NEAR((double)di[i], plain, 2e-6 * fmax(plain, 1.0));
        assert_true(di[i] == alone);
        assert_true(di[i] > 0.0F);
    }
    assert_true(isnan(tl_inversion_applicability_mask(&a, di[20])));
    CHECK_NEAR(tl_inversion_applicability_di(&a, tl_matrix_row(&x, 7)), 0.0, 0.0);
    tl_inversion_applicability_free(&a);
    tl_matrix_free(&x);
}

/* Standardising makes DI independent of the units of the scores. A score that never varies in
 * training does not count. */
static void units_and_constants_do_not_matter(void **state) {
    (void)state;
    tl_err err = {0};
    enum { n = 30, k = 3 };
    tl_matrix x;
    double y[n];
    make_scores(n, k, &x, y);
    tl_applicability a;
    CHECK_OK(tl_inversion_applicability_fit(&x, NULL, NULL, 1, &a, &err));
    double row[k] = {11.0, 25.0, 33.0};
    const double before = tl_inversion_applicability_di(&a, row);
    tl_inversion_applicability_free(&a);
    for (ptrdiff_t i = 0; i < n; i++) {
        tl_matrix_row(&x, i)[1] *= 1000.0;
    }
    row[1] *= 1000.0;
    CHECK_OK(tl_inversion_applicability_fit(&x, NULL, NULL, 1, &a, &err));
    CHECK_NEAR(tl_inversion_applicability_di(&a, row), before, 1e-12);
    tl_inversion_applicability_free(&a);
    for (ptrdiff_t i = 0; i < n; i++) {
        tl_matrix_row(&x, i)[1] = 0.1;
    }
    CHECK_OK(tl_inversion_applicability_fit(&x, NULL, NULL, 1, &a, &err));
    const double at = tl_inversion_applicability_di(&a, row);
    row[1] = -5.0;
    CHECK_NEAR(tl_inversion_applicability_di(&a, row), at, 0.0);
    tl_inversion_applicability_free(&a);
    tl_matrix_free(&x);
}

static void weights_follow_the_property(void **state) {
    (void)state;
    tl_err err = {0};
    enum { n = 60, k = 4 };
    tl_matrix x;
    double y[n];
    double weight[k];
    make_scores(n, k, &x, y);
    CHECK_OK(tl_inversion_applicability_weights(&x, y, weight, &err));
    assert_true(weight[0] > 3.0 && weight[1] < 0.5 && weight[2] < 0.5 && weight[3] < 0.5);
    CHECK_NEAR(weight[0] + weight[1] + weight[2] + weight[3], 4.0, 1e-12);
    for (int i = 0; i < n; i++) {
        y[i] = 7.0;
    }
    CHECK_OK(tl_inversion_applicability_weights(&x, y, weight, &err));
    CHECK_NEAR(weight[2], 1.0, 0.0);
    tl_matrix_free(&x);
}

static void useless_training_data_are_named(void **state) {
    (void)state;
    tl_err err = {0};
    enum { n = 6, k = 2 };
    tl_matrix x;
    double y[n];
    make_scores(n, k, &x, y);
    tl_applicability a;
    const double none[k] = {0.0, 0.0};
    const double negative[k] = {1.0, -1.0};
    const int one_fold[n] = {3, 3, 3, 3, 3, 3};
    assert_int_equal(tl_inversion_applicability_fit(&x, none, NULL, 1, &a, &err), TL_ARG);
    assert_int_equal(tl_inversion_applicability_fit(&x, negative, NULL, 1, &a, &err), TL_ARG);
    assert_int_equal(tl_inversion_applicability_fit(&x, NULL, one_fold, 1, &a, &err), TL_DATA);
    x.data[3] = (double)NAN;
    assert_int_equal(tl_inversion_applicability_fit(&x, NULL, NULL, 0, &a, &err), TL_DATA);
    for (int i = 0; i < n * k; i++) {
        x.data[i] = 0.3;
    }
    assert_int_equal(tl_inversion_applicability_fit(&x, NULL, NULL, 1, &a, &err), TL_DATA);
    assert_non_null(strstr(err.text, "same MNF components"));
    assert_null(a.mean);
    tl_matrix_free(&x);
}

static void files_keep_every_bit(void **state) {
    (void)state;
    tl_err err = {0};
    enum { n = 12, k = 3 };
    tl_matrix x;
    double y[n];
    make_scores(n, k, &x, y);
    tl_applicability a;
    tl_applicability back;
    json_t *json;
    CHECK_OK(tl_inversion_applicability_fit(&x, NULL, NULL, 1, &a, &err));
    CHECK_OK(tl_inversion_applicability_to_json(&a, &json, &err));
    CHECK_OK(tl_inversion_applicability_from_json(json, k, &back, &err));
    assert_memory_equal(back.reference.data, a.reference.data, n * k * sizeof(double));
    assert_memory_equal(back.mean, a.mean, k * sizeof(double));
    assert_memory_equal(back.factor, a.factor, k * sizeof(double));
    assert_memory_equal(back.di, a.di, n * sizeof(double));
    CHECK_NEAR(back.threshold, a.threshold, 0.0);
    CHECK_NEAR(back.mean_distance, a.mean_distance, 0.0);
    tl_inversion_applicability_free(&back);
    assert_int_equal(tl_inversion_applicability_from_json(json, k + 1, &back, &err), TL_FORMAT);
    assert_int_equal(tl_inversion_applicability_from_json(json, 1000, &back, &err), TL_FORMAT);
    (void)json_object_set_new(json, "mean_distance", json_real(0.0));
    assert_int_equal(tl_inversion_applicability_from_json(json, k, &back, &err), TL_FORMAT);
    assert_null(back.mean);
    (void)json_object_set_new(json, "reference", json_pack("[[f,f,f]]", 1.0, 2.0, 3.0));
    assert_int_equal(tl_inversion_applicability_from_json(json, k, &back, &err), TL_FORMAT);
    json_decref(json);
    tl_inversion_applicability_free(&a);
    tl_matrix_free(&x);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distances_and_threshold_equal_the_reference),
        cmocka_unit_test(blocks_follow_single_pixels),
        cmocka_unit_test(units_and_constants_do_not_matter),
        cmocka_unit_test(weights_follow_the_property),
        cmocka_unit_test(useless_training_data_are_named),
        cmocka_unit_test(files_keep_every_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
