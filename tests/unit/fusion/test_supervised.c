/* SPDX-License-Identifier: GPL-2.0-or-later
 * The supervised fusion network: its gradient, what it learns, and its file. */
#include "fusion/supervised.h"

#include "base/rng.h"
#include "fusion/transfer.h"
#include "fusion/vae_step.h"
#include "kit/check.h"

static void fill(tl_rng *rng, double *x, ptrdiff_t n, double middle, double spread) {
    for (ptrdiff_t i = 0; i < n; i++) {
        x[i] = middle + spread * tl_rng_normal(rng);
    }
}

enum { ROWS = 5, BANDS = 6, HEADS = 2 };

/* Everything of one step with a head and one missing property. */
static void open_step(tl_vae_step *step, double *property) {
    tl_err err;
    const tl_vae_options options = {.depth = 2,
                                    .width = {5, 4},
                                    .latent = 3,
                                    .dropout = 0.0,
                                    .sigma = TL_VAE_LOGVAR,
                                    .output = TL_VAE_AFFINE,
                                    .w_sad = 0.3,
                                    .w_kld = 0.2,
                                    .w_rec = 1.0,
                                    .heads = HEADS,
                                    .w_property = 0.7};
    tl_rng rng = tl_rng_start(7, TL_STREAM_INIT, 0);
    CHECK_OK(tl_fusion_vae_step_init(&options, BANDS, BANDS, ROWS, step, &err));
    /* Uniform biases keep every ReLU away from its corner for steps of 1e-6. */
    fill(&rng, step->weights.data, step->net.count, 0.1, 0.4);
    fill(&rng, step->pass.eps.data, ROWS * 3, 0.0, 1.0);
    for (int k = 0; k < 2; k++) {
        for (ptrdiff_t i = 0; i < ROWS * step->pass.mask[k].ncol; i++) {
            step->pass.mask[k].data[i] = 1.0;
        }
    }
    for (ptrdiff_t j = 0; j < BANDS; j++) {
        tl_matrix_row(&step->mean_sd, 0)[j] = 0.3;
        tl_matrix_row(&step->mean_sd, 1)[j] = 0.1 + 0.02 * (double)j;
    }
    fill(&rng, property, (ptrdiff_t)ROWS * HEADS, 0.0, 1.0);
    property[3] = (double)NAN;
    step->property = property;
}

static void the_gradient_with_a_head_equals_central_differences(void **state) {
    (void)state;
    tl_vae_step step;
    double property[ROWS * HEADS];
    double x[ROWS * BANDS];
    double target[ROWS * BANDS];
    tl_rng rng = tl_rng_start(8, TL_STREAM_INIT, 0);
    open_step(&step, property);
    fill(&rng, x, (ptrdiff_t)ROWS * BANDS, 0.0, 1.0);
    fill(&rng, target, (ptrdiff_t)ROWS * BANDS, 0.3, 0.1);
    (void)tl_fusion_vae_step_gradient(&step, ROWS, x, target, NULL);
    tl_matrix gradient;
    tl_err err;
    CHECK_OK(tl_matrix_copy(&gradient, &step.gradient, &err));
    double largest = 0.0;
    for (ptrdiff_t k = 0; k < step.net.count; k++) {
        largest = fmax(largest, fabs(gradient.data[k]));
    }
    const double h = 1e-6;
    double head = 0.0;
    for (ptrdiff_t k = 0; k < step.net.count; k++) {
        const double w = step.weights.data[k];
        step.weights.data[k] = w + h;
        const double above = tl_fusion_vae_step_gradient(&step, ROWS, x, target, NULL).total;
        step.weights.data[k] = w - h;
        const double below = tl_fusion_vae_step_gradient(&step, ROWS, x, target, NULL).total;
        step.weights.data[k] = w;
        /* Rounding of a loss near 1 over a step of 2e-6 is about 1e-10. */
        CHECK_NEAR((above - below) / (2.0 * h), gradient.data[k], 1e-6 * largest);
        head += k >= step.net.layer[tl_fusion_vae_net_head(&step.net)].weight
                    ? fabs(gradient.data[k])
                    : 0;
    }
    assert_true(head > 0.1);
    tl_matrix_free(&gradient);
    tl_fusion_vae_step_free(&step);
}

enum { SAMPLES = 80, PROPERTIES = 2 };

typedef struct scene {
    tl_matrix satellite;
    tl_matrix lab;
    tl_matrix property;
} scene;

/* Lab spectra from three hidden quantities, of which the first is the property. */
static void make_scene(scene *s, int64_t seed) {
    tl_err err;
    tl_rng rng = tl_rng_start(seed, TL_STREAM_INIT, 3);
    CHECK_OK(tl_matrix_init(&s->satellite, SAMPLES, 12, &err));
    CHECK_OK(tl_matrix_init(&s->lab, SAMPLES, 12, &err));
    CHECK_OK(tl_matrix_init(&s->property, SAMPLES, PROPERTIES, &err));
    for (ptrdiff_t i = 0; i < SAMPLES; i++) {
        double hidden[3];
        fill(&rng, hidden, 3, 0.0, 1.0);
        for (ptrdiff_t j = 0; j < 12; j++) {
            const double t = (double)j / 11.0;
            const double y = 0.3 + 0.05 * hidden[0] * t + 0.05 * hidden[1] * (1.0 - t) +
                             0.03 * hidden[2] * sin(6.0 * t);
            tl_matrix_row(&s->lab, i)[j] = y;
            tl_matrix_row(&s->satellite, i)[j] = 0.8 * y + 0.03 + 0.003 * tl_rng_normal(&rng);
        }
        tl_matrix_row(&s->property, i)[0] = 20.0 + 4.0 * hidden[0];
        tl_matrix_row(&s->property, i)[1] = i % 3 == 0 ? (double)NAN : 5.0 - 2.0 * hidden[1];
    }
}

static void free_scene(scene *s) {
    tl_matrix_free(&s->satellite);
    tl_matrix_free(&s->lab);
    tl_matrix_free(&s->property);
}

static tl_supervised_options quick(void) {
    tl_supervised_options o = tl_fusion_supervised_defaults();
    o.members = 2;
    o.vae.depth = 2;
    o.vae.width[0] = 24;
    o.vae.width[1] = 12;
    o.vae.latent = 4;
    o.vae.dropout = 0.0;
    o.vae.epochs = 150;
    o.vae.batch = 8;
    return o;
}

/* 1 - squared error / squares about the mean of column j. */
static double explained(const tl_matrix *value, const tl_matrix *wanted, ptrdiff_t j) {
    double mean = 0.0;
    double missed = 0.0;
    double spread = 0.0;
    for (ptrdiff_t i = 0; i < SAMPLES; i++) {
        mean += tl_matrix_row(wanted, i)[j] / SAMPLES;
    }
    for (ptrdiff_t i = 0; i < SAMPLES; i++) {
        const double y = tl_matrix_row(wanted, i)[j];
        missed += pow(tl_matrix_row(value, i)[j] - y, 2.0);
        spread += pow(mean - y, 2.0);
    }
    return 1.0 - missed / spread;
}

static void a_property_of_new_pixels_is_predicted_and_survives_the_file(void **state) {
    (void)state;
    scene learn;
    scene fresh;
    tl_err err;
    tl_supervised net;
    tl_supervised again;
    tl_matrix value;
    tl_matrix value_again;
    json_t *json;
    const tl_supervised_options o = quick();
    make_scene(&learn, 1);
    make_scene(&fresh, 2);
    CHECK_OK(tl_fusion_supervised_fit(&o, &learn.satellite, &learn.lab, &learn.property, 0, NULL,
                                      &net, &err));
    CHECK_OK(tl_fusion_supervised_predict(&net, &fresh.satellite, &value, &err));
    /* The noise of the pixels leaves about .98 attainable. */
    assert_true(explained(&value, &fresh.property, 0) > 0.8);
    CHECK_OK(tl_fusion_supervised_to_json(&net, &json, &err));
    CHECK_OK(tl_fusion_supervised_from_json(json, &again, &err));
    CHECK_OK(tl_fusion_supervised_predict(&again, &fresh.satellite, &value_again, &err));
    assert_memory_equal(value.data, value_again.data,
                        sizeof(double) * (size_t)(SAMPLES * PROPERTIES));
    json_t *weights =
        json_object_get(json_array_get(json_object_get(json, "member"), 0), "weights");
    json_array_remove(weights, 0);
    tl_supervised broken;
    assert_int_equal(tl_fusion_supervised_from_json(json, &broken, &err), TL_FORMAT);
    json_decref(json);
    tl_matrix_free(&value);
    tl_matrix_free(&value_again);
    tl_fusion_supervised_free(&net);
    tl_fusion_supervised_free(&again);
    free_scene(&learn);
    free_scene(&fresh);
}

static void a_property_that_never_varies_is_refused(void **state) {
    (void)state;
    scene s;
    tl_err err;
    tl_supervised net;
    const tl_supervised_options o = quick();
    make_scene(&s, 1);
    for (ptrdiff_t i = 0; i < SAMPLES; i++) {
        tl_matrix_row(&s.property, i)[1] = 3.0;
    }
    assert_int_equal(
        tl_fusion_supervised_fit(&o, &s.satellite, &s.lab, &s.property, 0, NULL, &net, &err),
        TL_DATA);
    free_scene(&s);
}

/* Trained far too long, the last epoch fits the noise; the chosen one may not be worse on the
 * pairs that were never seen by more than chance allows. */
static void early_stopping_keeps_an_epoch_that_is_no_worse(void **state) {
    (void)state;
    scene learn;
    scene fresh;
    tl_err err;
    tl_transfer_options o;
    double missed[2] = {0.0, 0.0};
    make_scene(&learn, 1);
    make_scene(&fresh, 2);
    CHECK_OK(tl_fusion_transfer_preset(TL_TRANSFER_VAE, "honest", &o, &err));
    o.vae.skip = 0;
    o.vae.dropout = 0.0;
    o.vae.epochs = 250;
    o.vae.learning_rate = 0.003;
    for (int stop = 0; stop < 2; stop++) {
        tl_transfer t;
        tl_matrix made;
        o.vae.early_stop = stop;
        CHECK_OK(tl_fusion_transfer_fit(&o, &learn.satellite, &learn.lab, NULL, &t, &err));
        CHECK_OK(tl_fusion_transfer_apply(&t, &fresh.satellite, &made, &err));
        for (ptrdiff_t k = 0; k < made.nrow * made.ncol; k++) {
            missed[stop] += pow(made.data[k] - fresh.lab.data[k], 2.0);
        }
        tl_matrix_free(&made);
        tl_fusion_transfer_free(&t);
    }
    assert_true(missed[1] < 1.2 * missed[0]);
    assert_true(missed[1] < missed[0] || missed[1] > missed[0]);
    free_scene(&learn);
    free_scene(&fresh);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_gradient_with_a_head_equals_central_differences),
        cmocka_unit_test(a_property_of_new_pixels_is_predicted_and_survives_the_file),
        cmocka_unit_test(a_property_that_never_varies_is_refused),
        cmocka_unit_test(early_stopping_keeps_an_epoch_that_is_no_worse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
