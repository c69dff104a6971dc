/* SPDX-License-Identifier: GPL-2.0-or-later
 * The network's forward pass, every gradient and three Adam steps equal the reference; a random
 * network's gradient equals central differences. */
#include "fusion/vae_step.h"

#include "base/rng.h"
#include "kit/check.h"

/* The issue asks for 1e-9; the reference promises 1e-10, relative to the size of the numbers, which
 * is 1. */
static const double reference_tol = 1e-10;

static double number(const json_t *at, const char *key) {
    const json_t *value = json_object_get(at, key);
    assert_true(json_is_number(value));
    return json_number_value(value);
}

static void check_array(const json_t *want, const double *got, const char *what) {
    tl_matrix m;
    kit_json_matrix(want, &m);
    for (ptrdiff_t i = 0; i < m.nrow * m.ncol; i++) {
        if (!(fabs(got[i] - m.data[i]) <= reference_tol)) {
            fail_msg("%s[%td] = %.15g, wanted %.15g", what, i, got[i], m.data[i]);
        }
    }
    tl_matrix_free(&m);
}

static void copy_array(const json_t *from, double *to) {
    tl_matrix m;
    kit_json_matrix(from, &m);
    memcpy(to, m.data, (size_t)(m.nrow * m.ncol) * sizeof *to);
    tl_matrix_free(&m);
}

/* The reference's names of the nine layers in the order of vae_net.h. */
static const char *const layer_names[9] = {"enc.0", "enc.1", "enc.2", "mu", "sg",
                                           "dec.0", "dec.1", "dec.2", "out"};

static void read_parameters(const json_t *from, const tl_vae_net *net, double *flat) {
    for (int l = 0; l < 9; l++) {
        char key[32];
        (void)snprintf(key, sizeof key, "%s.weight", layer_names[l]);
        copy_array(json_object_get(from, key), flat + net->layer[l].weight);
        (void)snprintf(key, sizeof key, "%s.bias", layer_names[l]);
        copy_array(json_object_get(from, key), flat + net->layer[l].bias);
    }
}

static void check_parameters(const json_t *want, const tl_vae_net *net, const double *flat) {
    for (int l = 0; l < 9; l++) {
        char key[32];
        (void)snprintf(key, sizeof key, "%s.weight", layer_names[l]);
        check_array(json_object_get(want, key), flat + net->layer[l].weight, key);
        (void)snprintf(key, sizeof key, "%s.bias", layer_names[l]);
        check_array(json_object_get(want, key), flat + net->layer[l].bias, key);
    }
}

static tl_vae_options options_of(const json_t *one) {
    const int printed = strcmp(json_string_value(json_object_get(one, "mode")), "paper") == 0;
    const int sigmoid = strcmp(json_string_value(json_object_get(one, "out")), "sigmoid") == 0;
    return (tl_vae_options){.depth = 3,
                            .width = {4, 3, 3},
                            .latent = 2,
                            .dropout = number(one, "dropout"),
                            .sigma = printed ? TL_VAE_PRINTED : TL_VAE_LOGVAR,
                            .output = sigmoid ? TL_VAE_SIGMOID : TL_VAE_LINEAR,
                            .mmd_unbiased = json_is_true(json_object_get(one, "unbiased")),
                            .w_mmd = 1.0,
                            .w_sad = number(one, "alpha"),
                            .w_kld = number(one, "w_kl"),
                            .w_rec = number(one, "w_mse"),
                            .learning_rate = number(json_object_get(one, "adam"), "lr")};
}

static void open_case(const json_t *one, tl_vae_step *step) {
    tl_err err;
    const tl_vae_options options = options_of(one);
    CHECK_OK(tl_fusion_vae_step_init(&options, 5, 5, 4, step, &err));
    read_parameters(json_object_get(one, "params"), &step->net, step->weights.data);
    const json_t *scales = json_object_get(one, "sigma2");
    step->mmd.n_scales = (int)json_array_size(scales);
    step->mmd.unbiased = options.mmd_unbiased;
    for (size_t k = 0; k < json_array_size(scales); k++) {
        step->mmd.scale[k] = json_number_value(json_array_get(scales, k));
    }
    for (ptrdiff_t j = 0; j < 5; j++) {
        tl_matrix_row(&step->mean_sd, 1)[j] = 1.0;
    }
    copy_array(json_object_get(one, "eps"), step->pass.eps.data);
    for (int k = 0; k < 3; k++) {
        tl_matrix *mask = &step->pass.mask[k];
        copy_array(json_array_get(json_object_get(one, "masks"), (size_t)k), mask->data);
        for (ptrdiff_t i = 0; i < mask->nrow * mask->ncol; i++) {
            mask->data[i] /= 1.0 - options.dropout;
        }
    }
}

static void check_first_step(const json_t *want, const tl_vae_step *step) {
    const tl_vae_net *net = &step->net;
    check_array(json_object_get(want, "mu"), step->pass.active[tl_fusion_vae_net_mu(net)].data,
                "mu");
    check_array(json_object_get(want, "sigma"), step->pass.active[tl_fusion_vae_net_sg(net)].data,
                "sg");
    check_array(json_object_get(want, "recon"), step->made.data, "y");
    check_parameters(json_object_get(want, "grads"), net, step->gradient.data);
}

static void check_case(const json_t *one) {
    tl_vae_step step;
    open_case(one, &step);
    tl_matrix x;
    tl_matrix target;
    kit_json_matrix(json_object_get(one, "x"), &x);
    kit_json_matrix(json_object_get(one, "target"), &target);
    const json_t *steps = json_object_get(one, "steps");
    assert_int_equal(json_array_size(steps), 3);
    for (size_t t = 0; t < 3; t++) {
        const json_t *want = json_array_get(steps, t);
        const tl_vae_loss loss = tl_fusion_vae_step_gradient(&step, 4, x.data, target.data, NULL);
        CHECK_NEAR(loss.total, number(want, "loss"), reference_tol);
        CHECK_NEAR(loss.mmd, number(want, "mmd"), reference_tol);
        CHECK_NEAR(loss.sad, number(want, "sad"), reference_tol);
        CHECK_NEAR(loss.kld, number(want, "kld"), reference_tol);
        CHECK_NEAR(loss.rec, number(want, "mse"), reference_tol);
        if (t == 0) {
            check_first_step(want, &step);
        }
        tl_fusion_vae_step_move(&step);
        if (json_object_get(want, "params_after_step") != NULL) {
            check_parameters(json_object_get(want, "params_after_step"), &step.net,
                             step.weights.data);
        }
    }
    tl_fusion_vae_pass_load(&step.net, step.weights.data, &step.pass);
    tl_fusion_vae_forward(&step.net, step.weights.data, 4, x.data, 0, &step.pass);
    tl_fusion_vae_output_rows(step.options.output, 4, 5, step.mean_sd.data, NULL,
                              step.pass.active[tl_fusion_vae_net_out(&step.net)].data,
                              step.made.data);
    check_array(json_object_get(one, "deterministic_after_3_steps"), step.made.data, "mean path");
    tl_matrix_free(&x);
    tl_matrix_free(&target);
    tl_fusion_vae_step_free(&step);
}

static void forward_gradients_and_three_adam_steps(void **state) {
    (void)state;
    KIT_REFERENCE(root, "vae/tiny_vae.json");
    const json_t *cases = json_object_get(root, "cases");
    assert_int_equal(json_array_size(cases), 2);
    check_case(json_array_get(cases, 0));
    check_case(json_array_get(cases, 1));
    json_decref(root);
}

enum { ROWS = 6, IN = 7, OUT = 9 };

static void fill_normal(double *x, ptrdiff_t n, double sd, uint32_t index) {
    tl_rng rng = tl_rng_start(5, TL_STREAM_SIMULATE, index);
    for (ptrdiff_t i = 0; i < n; i++) {
        x[i] = sd * tl_rng_normal(&rng);
    }
}

/* A random step whose masks, noise and inputs stay fixed. */
static void open_random(const tl_vae_options *options, tl_vae_step *step) {
    tl_err err;
    CHECK_OK(tl_fusion_vae_step_init(options, IN, OUT, ROWS, step, &err));
    tl_fusion_vae_net_start(&step->net, options, 42, step->weights.data);
    for (int l = 0; l < step->net.n_layers; l++) {
        const tl_vae_layer *layer = &step->net.layer[l];
        fill_normal(step->weights.data + layer->bias, layer->n_out, 0.3, (uint32_t)l);
    }
    fill_normal(step->weights.data + step->net.layer[tl_fusion_vae_net_sg(&step->net)].weight, 12,
                0.3, 90);
    fill_normal(step->pass.eps.data, ROWS * options->latent, 1.0, 91);
    for (int k = 0; k < options->depth; k++) {
        fill_normal(step->pass.mask[k].data, ROWS * options->width[k], 1.0, 92 + (uint32_t)k);
        for (ptrdiff_t i = 0; i < ROWS * options->width[k]; i++) {
            step->pass.mask[k].data[i] = step->pass.mask[k].data[i] > -0.5 ? 1.25 : 0.0;
        }
    }
    for (ptrdiff_t j = 0; j < OUT; j++) {
        tl_matrix_row(&step->mean_sd, 0)[j] = 0.3 + 0.02 * (double)j;
        tl_matrix_row(&step->mean_sd, 1)[j] = 0.05 + 0.01 * (double)j;
    }
    step->mmd = (tl_mmd){.n_scales = 2,
                         .scale = {options->mmd_standardised ? 9.0 : 0.1, 20.0},
                         .unbiased = options->mmd_unbiased};
}

static void check_by_differences(const tl_vae_options *options, int with_base) {
    double x[ROWS * IN];
    double target[ROWS * OUT];
    double base[ROWS * OUT];
    tl_vae_step step;
    open_random(options, &step);
    fill_normal(x, ROWS * IN, 1.0, 80);
    fill_normal(target, ROWS * OUT, 0.1, 81);
    fill_normal(base, ROWS * OUT, 0.1, 82);
    for (ptrdiff_t i = 0; i < ROWS * OUT; i++) {
        target[i] += 0.4;
        base[i] += 0.4;
    }
    const double *below = with_base ? base : NULL;
    (void)tl_fusion_vae_step_gradient(&step, ROWS, x, target, below);
    const ptrdiff_t count = step.net.count;
    double *gradient = tl_acquire(count, sizeof *gradient);
    memcpy(gradient, step.gradient.data, (size_t)count * sizeof *gradient);
    const double h = 1e-6;
    ptrdiff_t alive = 0;
    for (ptrdiff_t i = 0; i < count; i++) {
        const double kept = step.weights.data[i];
        step.weights.data[i] = kept + h;
        const double up = tl_fusion_vae_step_gradient(&step, ROWS, x, target, below).total;
        step.weights.data[i] = kept - h;
        const double down = tl_fusion_vae_step_gradient(&step, ROWS, x, target, below).total;
        step.weights.data[i] = kept;
        /* Central differences of a loss of size 10 carry 1e-9 of rounding and 1e-10 of
         * curvature. */
        CHECK_NEAR(gradient[i], (up - down) / (2.0 * h), 1e-7 + 1e-5 * fabs(gradient[i]));
        alive += gradient[i] != 0.0;
    }
    assert_true(alive > count / 3);
    tl_release(gradient);
    tl_fusion_vae_step_free(&step);
}

static void gradients_equal_central_differences(void **state) {
    (void)state;
    tl_vae_options options = {.depth = 2,
                              .width = {6, 5},
                              .latent = 4,
                              .sigma = TL_VAE_LOGVAR,
                              .output = TL_VAE_AFFINE,
                              .init = TL_VAE_HE,
                              .mmd_standardised = 1,
                              .w_mmd = 0.7,
                              .w_sad = 0.3,
                              .w_kld = 0.2,
                              .w_rec = 0.5};
    check_by_differences(&options, 0);
    check_by_differences(&options, 1);
    options.depth = 1;
    options.sigma = TL_VAE_LOGSTD;
    options.output = TL_VAE_SIGMOID;
    options.init = TL_VAE_UNIFORM;
    options.mmd_standardised = 0;
    options.mmd_unbiased = 1;
    check_by_differences(&options, 0);
    options.depth = 4;
    options.width[2] = 5;
    options.width[3] = 4;
    options.sigma = TL_VAE_PRINTED;
    options.output = TL_VAE_LINEAR;
    check_by_differences(&options, 1);
}

/* 285 bands through 128-64-32 and a latent code of 16 are 95 741 numbers; 256-128-64 and 32 are 235
 * 229. */
static void weights_are_counted_as_published(void **state) {
    (void)state;
    tl_err err;
    tl_vae_net net;
    tl_vae_options options = {.depth = 3, .width = {128, 64, 32}, .latent = 16};
    CHECK_OK(tl_fusion_vae_net_shape(&options, 285, 285, &net, &err));
    assert_int_equal(net.count, 95741);
    options = (tl_vae_options){.depth = 3, .width = {256, 128, 64}, .latent = 32};
    CHECK_OK(tl_fusion_vae_net_shape(&options, 285, 285, &net, &err));
    assert_int_equal(net.count, 235229);
    options.width[1] = 0;
    assert_int_equal(tl_fusion_vae_net_shape(&options, 285, 285, &net, &err), TL_ARG);
    options = (tl_vae_options){.depth = 7, .latent = 2};
    assert_int_equal(tl_fusion_vae_net_shape(&options, 285, 285, &net, &err), TL_ARG);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forward_gradients_and_three_adam_steps),
        cmocka_unit_test(gradients_equal_central_differences),
        cmocka_unit_test(weights_are_counted_as_published),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
