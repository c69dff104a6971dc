/* SPDX-License-Identifier: GPL-2.0-or-later
 * The parts of the loss and their gradients equal the reference numbers. */
#include "base/rng.h"
#include "fusion/loss_kld.h"
#include "fusion/loss_mmd.h"
#include "fusion/loss_sad.h"
#include "kit/check.h"
#include "num/adam.h"

/* Values to 1e-9 of the angle (1e-6 for the angle of 4e-10), gradients to the same share of their
 * largest entry. */
static void angles_are_exact_down_to_the_smallest(void **state) {
    (void)state;
    KIT_REFERENCE(root, "loss/losses.json");
    const json_t *cases = json_object_get(root, "sad");
    int gradients = 0;
    for (size_t c = 0; c < json_array_size(cases); c++) {
        const json_t *one = json_array_get(cases, c);
        tl_matrix a;
        tl_matrix b;
        double got[16] = {0};
        kit_json_matrix(json_object_get(one, "a"), &a);
        kit_json_matrix(json_object_get(one, "b"), &b);
        const double angle = json_number_value(json_object_get(one, "angle"));
        const double share = angle < 1e-8 ? 1e-6 : 1e-9;
        CHECK_NEAR(tl_fusion_angle(a.ncol, a.data, b.data, 1.0, got), angle,
                   angle < 1e-15 ? 1e-15 : share * angle);
        if (json_is_array(json_object_get(one, "grad_a"))) {
            tl_matrix want;
            kit_json_matrix(json_object_get(one, "grad_a"), &want);
            double largest = 0.0;
            for (ptrdiff_t j = 0; j < want.ncol; j++) {
                largest = fmax(largest, fabs(want.data[j]));
            }
            for (ptrdiff_t j = 0; j < want.ncol; j++) {
                CHECK_NEAR(got[j], want.data[j], share * largest);
            }
            gradients++;
            tl_matrix_free(&want);
        }
        tl_matrix_free(&a);
        tl_matrix_free(&b);
    }
    assert_true(gradients >= 4);
    json_decref(root);
}

static void equal_opposite_and_dark_spectra_have_no_gradient(void **state) {
    (void)state;
    const double a[3] = {0.3, 0.4, 0.5};
    const double opposite[3] = {-0.3, -0.4, -0.5};
    const double dark[3] = {0.0, 0.0, 0.0};
    double dy[3] = {0};
    CHECK_NEAR(tl_fusion_angle(3, a, a, 1.0, dy), 0.0, 1e-15);
    CHECK_NEAR(tl_fusion_angle(3, a, opposite, 1.0, dy), acos(-1.0), 1e-12);
    CHECK_NEAR(tl_fusion_angle(3, dark, a, 1.0, dy), 0.0, 0.0);
    CHECK_NEAR(tl_fusion_angle(3, a, dark, 1.0, dy), 0.0, 0.0);
    for (int j = 0; j < 3; j++) {
        CHECK_NEAR(dy[j], 0.0, 0.0);
    }
    assert_true(isnan(tl_fusion_angle(3, (const double[3]){0.1, (double)NAN, 0.1}, a, 1.0, NULL)));
}

static void check_kld(const json_t *root, const char *name, tl_vae_sigma reading) {
    const json_t *kld = json_object_get(root, "kld");
    const json_t *want = json_object_get(json_object_get(kld, "cases"), name);
    assert_non_null(want);
    tl_matrix mu;
    tl_matrix sg;
    tl_matrix dmu;
    tl_matrix dsg;
    double got_dmu[12] = {0};
    double got_dsg[12] = {0};
    kit_json_matrix(json_object_get(kld, "mu"), &mu);
    kit_json_matrix(json_object_get(kld, "sigma"), &sg);
    kit_json_matrix(json_object_get(want, "dmu"), &dmu);
    kit_json_matrix(json_object_get(want, "dsigma"), &dsg);
    const double value = tl_fusion_kld(reading, 3, 4, mu.data, sg.data, 1.0, got_dmu, got_dsg);
    CHECK_NEAR(value, json_number_value(json_object_get(want, "value")), 1e-12);
    for (int i = 0; i < 12; i++) {
        CHECK_NEAR(got_dmu[i], dmu.data[i], 1e-12);
        CHECK_NEAR(got_dsg[i], dsg.data[i], 1e-12);
    }
    tl_matrix_free(&mu);
    tl_matrix_free(&sg);
    tl_matrix_free(&dmu);
    tl_matrix_free(&dsg);
}

static void three_readings_of_the_divergence(void **state) {
    (void)state;
    KIT_REFERENCE(root, "loss/losses.json");
    check_kld(root, "paper", TL_VAE_PRINTED);
    check_kld(root, "std_logvar", TL_VAE_LOGVAR);
    check_kld(root, "std_logstd", TL_VAE_LOGSTD);
    json_decref(root);
}

/* Outside the limits the exponential stays bounded and pulls no more. */
static void a_runaway_sigma_is_clamped(void **state) {
    (void)state;
    const double mu = 0.0;
    const double sg = 50.0;
    double dmu = 0.0;
    double dsg = 0.0;
    double slope = 1.0;
    CHECK_NEAR(tl_fusion_kld(TL_VAE_PRINTED, 1, 1, &mu, &sg, 1.0, &dmu, &dsg), exp(10.0) - 11.0,
               1e-9);
    CHECK_NEAR(dsg, 0.0, 0.0);
    CHECK_NEAR(tl_fusion_noise_sd(TL_VAE_LOGVAR, -50.0, &slope), exp(-5.0), 1e-15);
    CHECK_NEAR(slope, 0.0, 0.0);
}

static void discrepancies_and_their_gradients(void **state) {
    (void)state;
    KIT_REFERENCE(root, "loss/losses.json");
    const json_t *mmd = json_object_get(root, "mmd");
    const json_t *cases = json_object_get(mmd, "cases");
    tl_matrix x;
    tl_matrix y;
    kit_json_matrix(json_object_get(mmd, "X"), &x);
    kit_json_matrix(json_object_get(mmd, "Y"), &y);
    assert_int_equal(json_array_size(cases), 4);
    for (size_t c = 0; c < 4; c++) {
        const json_t *one = json_array_get(cases, c);
        const json_t *scales = json_object_get(one, "sigma2");
        tl_mmd kernel = {.n_scales = (int)json_array_size(scales),
                         .unbiased = json_is_true(json_object_get(one, "unbiased"))};
        for (size_t k = 0; k < json_array_size(scales); k++) {
            kernel.scale[k] = json_number_value(json_array_get(scales, k));
        }
        tl_matrix want_x;
        tl_matrix want_y;
        double dx[15] = {0};
        double dy[12] = {0};
        kit_json_matrix(json_object_get(one, "dX"), &want_x);
        kit_json_matrix(json_object_get(one, "dY"), &want_y);
        const double value = json_number_value(json_object_get(one, "value"));
        CHECK_NEAR(tl_fusion_mmd(&kernel, 5, 4, 3, x.data, y.data, 1.0, dx), value, 1e-12);
        CHECK_NEAR(tl_fusion_mmd(&kernel, 4, 5, 3, y.data, x.data, 1.0, dy), value, 1e-12);
        for (int i = 0; i < 15; i++) {
            CHECK_NEAR(dx[i], want_x.data[i], 1e-12);
        }
        for (int i = 0; i < 12; i++) {
            CHECK_NEAR(dy[i], want_y.data[i], 1e-12);
        }
        tl_matrix_free(&want_x);
        tl_matrix_free(&want_y);
    }
    tl_mmd scales = {0};
    assert_int_equal(tl_fusion_mmd_scales(&y, &scales, NULL), TL_OK);
    const double median = json_number_value(json_object_get(mmd, "median_d2_Y"));
    for (int k = 0; k < 5; k++) {
        CHECK_NEAR(scales.scale[k], median / 2.0 * pow(2.0, k - 2), 1e-12);
    }
    tl_matrix_free(&x);
    tl_matrix_free(&y);
    json_decref(root);
}

/* The first step of Adam moves every weight by the rate against the sign of its gradient. */
static void the_first_adam_step_has_the_length_of_the_rate(void **state) {
    (void)state;
    tl_err err;
    tl_adam adam;
    const double gradient[3] = {3.0, -0.02, 0.0};
    double weight[3] = {1.0, 1.0, 1.0};
    CHECK_OK(tl_num_adam_init(&adam, 3, &err));
    tl_num_adam_step(&adam, 0.01, gradient, weight);
    CHECK_NEAR(weight[0], 0.99, 1e-8);
    CHECK_NEAR(weight[1], 1.01, 1e-8);
    CHECK_NEAR(weight[2], 1.0, 0.0);
    tl_num_adam_free(&adam);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(angles_are_exact_down_to_the_smallest),
        cmocka_unit_test(equal_opposite_and_dark_spectra_have_no_gradient),
        cmocka_unit_test(three_readings_of_the_divergence),
        cmocka_unit_test(a_runaway_sigma_is_clamped),
        cmocka_unit_test(discrepancies_and_their_gradients),
        cmocka_unit_test(the_first_adam_step_has_the_length_of_the_rate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
