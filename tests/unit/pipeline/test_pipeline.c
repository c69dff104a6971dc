/* SPDX-License-Identifier: GPL-2.0-or-later
 * Nested validation: its results for data with and without signal, and that no test row is ever
 * learnt from. */
#include "inversion/pls.h"
#include "num/stats.h"
#include "unit/pipeline/field.h"

static tl_pipeline_options options_of(tl_feature_kind features, int repeats) {
    tl_pipeline_options o = tl_pipeline_defaults();
    o.fit.recipe[0].features = features;
    o.repeats = repeats;
    return o;
}

/* The property is known but for its own noise (0.5 of 5): R2 near 0.99 from clean spectra, lower
 * with noise on the pixels, and the intercept-only model has none. */
static void signal_is_found(void **state) {
    (void)state;
    tl_err err = {0};
    field f;
    field_make(&f, 60, 30, 0.3, 5);
    const tl_feature_kind all[4] = {TL_FEATURES_SCENE, TL_FEATURES_FUSED, TL_FEATURES_MIXED,
                                    TL_FEATURES_LAB};
    for (int k = 0; k < 4; k++) {
        const tl_pipeline_options o = options_of(all[k], 2);
        tl_validation v;
        CHECK_OK(tl_pipeline_validate(&f.data, &o, NULL, &v, &err));
        for (int r = 0; r < 2; r++) {
            assert_true(v.scores[r].r2 > (all[k] == TL_FEATURES_LAB ? 0.97 : 0.90));
            assert_true(v.mean_scores[r].r2 < 0.05);
        }
        /* 60 intervals aimed at 90 %: between 45 and 60 hold their value in all but 1 of 1000
         * draws of a binomial variable. */
        assert_true(v.coverage >= 45.0 / 60.0);
        tl_pipeline_validation_free(&v);
    }
    field_free(&f);
}

/* With a property that has nothing to do with the spectra the validation must not find anything. */
static void noise_is_not_mistaken_for_signal(void **state) {
    (void)state;
    tl_err err = {0};
    field f;
    field_make(&f, 50, 40, 0.3, 8);
    tl_rng rng = tl_rng_start(77, TL_STREAM_SIMULATE, 3);
    for (ptrdiff_t i = 0; i < f.n; i++) {
        f.y[i] = tl_rng_normal(&rng);
    }
    const tl_feature_kind all[3] = {TL_FEATURES_SCENE, TL_FEATURES_FUSED, TL_FEATURES_MIXED};
    for (int k = 0; k < 3; k++) {
        const tl_pipeline_options o = options_of(all[k], 3);
        tl_validation v;
        CHECK_OK(tl_pipeline_validate(&f.data, &o, NULL, &v, &err));
        for (int r = 0; r < 3; r++) {
            assert_true(v.scores[r].r2 < 0.1);
        }
        tl_pipeline_validation_free(&v);
    }
    field_free(&f);
}

/* Whatever is measured at a sample, property or lab spectrum, its own fold's predictions are the
 * same bits: that fold's function has not seen it. Other folds do learn from it. */
static void test_rows_teach_nothing(void **state) {
    (void)state;
    tl_err err = {0};
    field f;
    field_make(&f, 40, 20, 0.3, 2);
    const tl_pipeline_options o = options_of(TL_FEATURES_FUSED, 1);
    tl_validation before;
    CHECK_OK(tl_pipeline_validate(&f.data, &o, NULL, &before, &err));
    for (ptrdiff_t i = 0; i < 40; i += 13) {
        const double kept_y = f.y[i];
        const double kept_lab = tl_matrix_row(&f.lab, i)[3];
        f.y[i] += 100.0;
        tl_matrix_row(&f.lab, i)[3] += 0.5;
        tl_validation after;
        CHECK_OK(tl_pipeline_validate(&f.data, &o, NULL, &after, &err));
        int others_moved = 0;
        for (ptrdiff_t j = 0; j < 40; j++) {
            const int same = before.predicted.data[j] == after.predicted.data[j];
            if (before.fold[j] == before.fold[i]) {
                assert_true(same);
            } else {
                others_moved += !same;
            }
        }
        assert_true(others_moved > 20);
        tl_pipeline_validation_free(&after);
        f.y[i] = kept_y;
        tl_matrix_row(&f.lab, i)[3] = kept_lab;
    }
    tl_pipeline_validation_free(&before);
    field_free(&f);
}

static void threads_do_not_change_bits(void **state) {
    (void)state;
    tl_err err = {0};
    field f;
    field_make(&f, 30, 15, 0.5, 4);
    tl_pipeline_options o = options_of(TL_FEATURES_MIXED, 3);
    tl_validation one;
    tl_validation four;
    CHECK_OK(tl_pipeline_validate(&f.data, &o, NULL, &one, &err));
    o.threads = 4;
    CHECK_OK(tl_pipeline_validate(&f.data, &o, NULL, &four, &err));
    assert_memory_equal(one.predicted.data, four.predicted.data, 90 * sizeof(double));
    assert_memory_equal(one.components, four.components, 15 * sizeof(int));
    tl_pipeline_validation_free(&one);
    tl_pipeline_validation_free(&four);
    field_free(&f);
}

/* A linear transfer multiplied into the regression has the same result as the two one after the
 * other. */
static void collapsed_transfer_equals_two_steps(void **state) {
    (void)state;
    tl_err err = {0};
    field f;
    field_make(&f, 40, 25, 0.3, 6);
    const tl_pipeline_options o = options_of(TL_FEATURES_FUSED, 1);
    tl_function fun;
    CHECK_OK(tl_pipeline_finish(&f.data, &o, NULL, &fun, &err));
    assert_non_null(fun.scene);
    double got[40];
    CHECK_OK(tl_pipeline_function_evaluate(&fun, NULL, &f.scene, got, &err));
    tl_transfer transfer;
    tl_matrix generated;
    tl_pls pls;
    CHECK_OK(tl_fusion_transfer_fit(&o.fit.transfer, &f.scene, &f.lab, NULL, &transfer, &err));
    CHECK_OK(tl_fusion_transfer_apply(&transfer, &f.scene, &generated, &err));
    CHECK_OK(
        tl_inversion_pls_fit(&f.lab, f.y, o.fit.recipe[0].regressor.max_components, 0, &pls, &err));
    for (ptrdiff_t i = 0; i < 40; i++) {
        const double want =
            tl_inversion_pls_predict(&pls, fun.setting.components, tl_matrix_row(&generated, i));
        CHECK_NEAR(got[i], want, 1e-9 * fabs(want));
    }
    tl_pipeline_function_free(&fun);
    tl_fusion_transfer_free(&transfer);
    tl_matrix_free(&generated);
    tl_inversion_pls_free(&pls);
    field_free(&f);
}

/* Samples in one pixel are one group: their folds never part, and predictions of a pair come from
 * the same function. */
static void groups_are_kept_together(void **state) {
    (void)state;
    tl_err err = {0};
    field f;
    field_make(&f, 40, 10, 0.3, 9);
    ptrdiff_t group[40];
    for (ptrdiff_t i = 0; i < 40; i++) {
        group[i] = i / 2;
    }
    f.data.group = group;
    const tl_pipeline_options o = options_of(TL_FEATURES_FUSED, 1);
    tl_validation v;
    CHECK_OK(tl_pipeline_validate(&f.data, &o, NULL, &v, &err));
    for (ptrdiff_t i = 0; i < 40; i += 2) {
        assert_int_equal(v.fold[i], v.fold[i + 1]);
    }
    tl_pipeline_validation_free(&v);
    field_free(&f);
}

/* y = exp(linear): the logarithm is wanted, beats the plain model, and the smearing factor of
 * normal residuals with variance s2 is about exp(s2 / 2), here above 1. */
static void skewed_properties_are_modelled_as_logarithms(void **state) {
    (void)state;
    tl_err err = {0};
    field f;
    field_make(&f, 80, 20, 0.2, 12);
    int wanted = 1;
    CHECK_OK(tl_pipeline_wants_log(f.y, f.n, &wanted, &err));
    assert_int_equal(wanted, 0);
    for (ptrdiff_t i = 0; i < f.n; i++) {
        f.y[i] = exp(0.2 * f.y[i]);
    }
    CHECK_OK(tl_pipeline_wants_log(f.y, f.n, &wanted, &err));
    assert_int_equal(wanted, 1);
    tl_pipeline_options o = options_of(TL_FEATURES_SCENE, 1);
    tl_validation plain;
    tl_validation logs;
    CHECK_OK(tl_pipeline_validate(&f.data, &o, NULL, &plain, &err));
    o.fit.log = 1;
    CHECK_OK(tl_pipeline_validate(&f.data, &o, NULL, &logs, &err));
    assert_true(logs.scores[0].rmse < plain.scores[0].rmse);
    tl_function fun;
    CHECK_OK(tl_pipeline_finish(&f.data, &o, NULL, &fun, &err));
    assert_true(fun.smearing > 1.0 && fun.smearing < 1.2);
    for (ptrdiff_t i = 0; i < f.n; i++) {
        assert_true(logs.lower[i] > 0.0 && logs.lower[i] < logs.upper[i]);
    }
    f.y[3] = 0.0;
    CHECK_OK(tl_pipeline_wants_log(f.y, f.n, &wanted, &err));
    assert_int_equal(wanted, 0);
    tl_validation none;
    assert_int_equal(tl_pipeline_validate(&f.data, &o, NULL, &none, &err), TL_DATA);
    assert_non_null(strstr(err.text, "needs positive values"));
    tl_pipeline_function_free(&fun);
    tl_pipeline_validation_free(&plain);
    tl_pipeline_validation_free(&logs);
    field_free(&f);
}

/* y = exp(linear) wants its logarithm. A linear y that comes down to nearly 0 does not: there the
 * logarithm has no bottom, and the exponential of the prediction goes astray. */
static void a_logarithm_that_harms_is_found_out(void **state) {
    (void)state;
    tl_err err = {0};
    field f;
    field_make(&f, 80, 20, 0.2, 12);
    double *linear = tl_acquire(f.n, sizeof *linear);
    assert_non_null(linear);
    double lowest = f.y[0];
    for (ptrdiff_t i = 0; i < f.n; i++) {
        linear[i] = f.y[i];
        lowest = f.y[i] < lowest ? f.y[i] : lowest;
        f.y[i] = exp(0.2 * linear[i]);
    }
    double plain = 0.0;
    double logs = 0.0;
    const tl_pipeline_options o = options_of(TL_FEATURES_SCENE, 1);
    CHECK_OK(tl_pipeline_compare_log(&f.data, &o, NULL, &plain, &logs, &err));
    assert_true(logs < plain);
    assert_int_equal(tl_pipeline_log_harms(plain, logs), 0);
    for (ptrdiff_t i = 0; i < f.n; i++) {
        f.y[i] = linear[i] - lowest + 1e-4;
    }
    CHECK_OK(tl_pipeline_compare_log(&f.data, &o, NULL, &plain, &logs, &err));
    assert_true(logs > plain);
    assert_int_equal(tl_pipeline_log_harms(plain, logs), 1);
    assert_int_equal(tl_pipeline_log_harms(1.0, (double)INFINITY), 1);
    assert_int_equal(tl_pipeline_log_harms(1.0, (double)NAN), 1);
    tl_release(linear);
    field_free(&f);
}

static void too_little_data_is_said(void **state) {
    (void)state;
    tl_err err = {0};
    field f;
    field_make(&f, 12, 5, 0.3, 1);
    tl_pipeline_options o = options_of(TL_FEATURES_SCENE, 1);
    tl_validation v;
    f.data.n = 9;
    assert_int_equal(tl_pipeline_validate(&f.data, &o, NULL, &v, &err), TL_DATA);
    assert_non_null(strstr(err.text, "only 9 samples"));
    f.data.n = 12;
    for (ptrdiff_t i = 0; i < 12; i++) {
        f.y[i] = 3.0;
    }
    assert_int_equal(tl_pipeline_validate(&f.data, &o, NULL, &v, &err), TL_DATA);
    assert_non_null(strstr(err.text, "same value 3"));
    o.repeats = 0;
    assert_int_equal(tl_pipeline_validate(&f.data, &o, NULL, &v, &err), TL_ARG);
    field_free(&f);
}

static int stop_at_half(double fraction, int level, const char *message, void *user) {
    (void)level;
    (void)message;
    (void)user;
    return !(fraction > 0.5);
}

static void cancelling_leaves_nothing_behind(void **state) {
    (void)state;
    tl_err err = {0};
    field f;
    field_make(&f, 20, 5, 0.3, 1);
    const ptrdiff_t before = tl_live_blocks();
    const tl_pipeline_options o = options_of(TL_FEATURES_FUSED, 2);
    const tl_progress progress = {.report = stop_at_half, .from = 0.0, .to = 1.0};
    tl_validation v;
    assert_int_equal(tl_pipeline_validate(&f.data, &o, &progress, &v, &err), TL_CANCELLED);
    assert_int_equal(tl_live_blocks(), before);
    field_free(&f);
}

static void running_out_of_memory_leaves_nothing(void **state) {
    (void)state;
    tl_err err = {0};
    field f;
    field_make(&f, 16, 3, 0.3, 1);
    tl_pipeline_options o = options_of(TL_FEATURES_MIXED, 1);
    o.folds = 2;
    o.fit.inner_folds = 2;
    o.fit.transfer.lambda = 0.01;
    o.fit.log = 1;
    o.bootstrap = 100;
    const ptrdiff_t before = tl_live_blocks();
    tl_code code = TL_NOMEM;
    ptrdiff_t allowed = 0;
    for (; code == TL_NOMEM; allowed++) {
        tl_validation v;
        tl_fail_after(allowed);
        code = tl_pipeline_validate(&f.data, &o, NULL, &v, &err);
        tl_fail_after(-1);
        tl_pipeline_validation_free(&v);
        assert_int_equal(tl_live_blocks(), before);
    }
    assert_int_equal(code, TL_OK);
    assert_true(allowed > 50);
    field_free(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signal_is_found),
        cmocka_unit_test(noise_is_not_mistaken_for_signal),
        cmocka_unit_test(test_rows_teach_nothing),
        cmocka_unit_test(threads_do_not_change_bits),
        cmocka_unit_test(collapsed_transfer_equals_two_steps),
        cmocka_unit_test(groups_are_kept_together),
        cmocka_unit_test(skewed_properties_are_modelled_as_logarithms),
        cmocka_unit_test(a_logarithm_that_harms_is_found_out),
        cmocka_unit_test(too_little_data_is_said),
        cmocka_unit_test(cancelling_leaves_nothing_behind),
        cmocka_unit_test(running_out_of_memory_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
