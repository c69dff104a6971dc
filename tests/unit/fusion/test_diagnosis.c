/* SPDX-License-Identifier: GPL-2.0-or-later
 * The diagnosis sees whether generated spectra belong to their samples. */
#include "fusion/diagnosis.h"

#include "base/rng.h"
#include "kit/check.h"

enum { SAMPLES = 40, EACH = 2, N = SAMPLES * EACH, P = 20 };

typedef struct world {
    tl_pairs pairs;
    ptrdiff_t group[N];
    int own[N];
} world;

/* Every sample has its own pixel and a neighbour that inherits the lab spectrum. With informed = 0
 * the satellite sees nothing of the lab's differences. */
static void make_world(world *w, int informed) {
    assert_int_equal(tl_matrix_init(&w->pairs.satellite, N, P, NULL), TL_OK);
    assert_int_equal(tl_matrix_init(&w->pairs.lab, N, P, NULL), TL_OK);
    w->pairs.group = w->group;
    w->pairs.own = w->own;
    tl_rng rng = tl_rng_start(31, TL_STREAM_SIMULATE, 0);
    for (ptrdiff_t i = 0; i < N; i++) {
        static double c[2];
        w->group[i] = i / EACH;
        w->own[i] = i % EACH == 0;
        for (int k = 0; k < 2 && w->own[i]; k++) {
            c[k] = tl_rng_normal(&rng);
        }
        const double seen[2] = {informed ? c[0] : tl_rng_normal(&rng), informed ? c[1] : 0.0};
        for (ptrdiff_t j = 0; j < P; j++) {
            const double t = (double)j / (double)P;
            tl_matrix_row(&w->pairs.lab, i)[j] = 0.3 + 0.05 * c[0] * t + 0.03 * c[1] * (1.0 - t);
            tl_matrix_row(&w->pairs.satellite, i)[j] =
                0.2 + 0.04 * seen[0] * t + 0.02 * seen[1] * (1.0 - t) + 0.003 * tl_rng_normal(&rng);
        }
    }
}

static void free_world(world *w) {
    tl_matrix_free(&w->pairs.satellite);
    tl_matrix_free(&w->pairs.lab);
}

static tl_transfer_options options_of(tl_transfer_kind kind, const char *preset) {
    tl_err err;
    tl_transfer_options o;
    CHECK_OK(tl_fusion_transfer_preset(kind, preset, &o, &err));
    o.vae.depth = 2;
    o.vae.width[0] = 24;
    o.vae.width[1] = 12;
    o.vae.latent = 4;
    o.vae.epochs = 30;
    return o;
}

static void a_good_transfer_is_praised(void **state) {
    (void)state;
    tl_err err;
    world w;
    tl_diagnosis d;
    tl_matrix made;
    tl_matrix curve;
    make_world(&w, 1);
    const tl_transfer_options o = options_of(TL_TRANSFER_DS, "honest");
    CHECK_OK(tl_fusion_diagnose(&o, &w.pairs, NULL, NULL, &d, &made, &curve, &err));
    assert_int_equal(d.n, SAMPLES);
    assert_int_equal(d.folds, 5);
    assert_int_equal(d.active_units, -1);
    assert_int_equal(d.collapsed, 0);
    assert_string_equal(d.warning, "");
    assert_true(d.correlation > 0.9 && d.correlation <= 1.0);
    assert_true(d.shuffled_low < 0.0 && d.shuffled_high > 0.0 && d.shuffled_high < 0.5);
    assert_true(d.explained > 0.8 && d.explained < 1.0);
    CHECK_NEAR(d.spread_ratio, 1.0, 0.2);
    assert_int_equal(made.nrow, SAMPLES);
    assert_int_equal(curve.ncol, 0);
    /* Row 3 of made belongs to sample 3, the seventh row of the pairs. */
    CHECK_NEAR(tl_matrix_row(&made, 3)[P - 1], tl_matrix_row(&w.pairs.lab, 6)[P - 1], 0.03);
    tl_matrix_free(&made);
    tl_matrix_free(&curve);
    free_world(&w);
}

static void a_satellite_that_sees_nothing_is_found_out(void **state) {
    (void)state;
    tl_err err;
    world w;
    tl_diagnosis d;
    make_world(&w, 0);
    const tl_transfer_options o = options_of(TL_TRANSFER_DS, "honest");
    CHECK_OK(tl_fusion_diagnose(&o, &w.pairs, NULL, NULL, &d, NULL, NULL, &err));
    assert_int_equal(d.collapsed, 1);
    assert_non_null(strstr(d.warning, "carry no sample information"));
    assert_true(d.explained < 0.2);
    free_world(&w);
}

/* The loss as printed makes one spectrum for everyone although the satellite sees everything:
 * nearly no spread between samples and no active unit. With the paired term both are back. */
static void the_collapse_of_the_printed_loss_shows(void **state) {
    (void)state;
    tl_err err;
    world w;
    tl_diagnosis d;
    tl_transfer t;
    tl_matrix curve;
    make_world(&w, 1);
    tl_transfer_options o = options_of(TL_TRANSFER_VAE, "paper");
    o.vae.learning_rate = 1e-3;
    o.vae.epochs = 150;
    CHECK_OK(tl_fusion_transfer_fit(&o, &w.pairs.satellite, &w.pairs.lab, NULL, &t, &err));
    CHECK_OK(tl_fusion_diagnose(&o, &w.pairs, &t, NULL, &d, NULL, &curve, &err));
    assert_true(d.spread_ratio < 0.05);
    assert_int_equal(d.active_units, 0);
    assert_int_equal(d.latent, 4);
    assert_int_equal(curve.ncol, 150);
    assert_true(isfinite(curve.data[149]));
    tl_matrix_free(&curve);
    tl_fusion_transfer_free(&t);
    o = options_of(TL_TRANSFER_VAE, "honest");
    o.vae.skip = 0;
    o.vae.dropout = 0.1;
    o.vae.epochs = 100;
    CHECK_OK(tl_fusion_transfer_fit(&o, &w.pairs.satellite, &w.pairs.lab, NULL, &t, &err));
    CHECK_OK(tl_fusion_diagnose(&o, &w.pairs, &t, NULL, &d, NULL, NULL, &err));
    assert_true(d.spread_ratio > 0.5);
    assert_true(d.active_units >= 1);
    assert_int_equal(d.collapsed, 0);
    assert_true(d.explained > 0.5);
    tl_fusion_transfer_free(&t);
    free_world(&w);
}

static void the_diagnosis_is_written_in_full(void **state) {
    (void)state;
    tl_err err;
    json_t *json;
    const tl_diagnosis d = {
        .n = 9, .correlation = 0.25, .active_units = 3, .latent = 16, .collapsed = 1};
    CHECK_OK(tl_fusion_diagnosis_to_json(&d, &json, &err));
    CHECK_NEAR(json_number_value(json_object_get(json, "held_out_correlation")), 0.25, 0.0);
    assert_int_equal(json_integer_value(json_object_get(json, "active_units")), 3);
    assert_true(json_is_true(json_object_get(json, "collapsed")));
    json_decref(json);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_transfer_is_praised),
        cmocka_unit_test(a_satellite_that_sees_nothing_is_found_out),
        cmocka_unit_test(the_collapse_of_the_printed_loss_shows),
        cmocka_unit_test(the_diagnosis_is_written_in_full),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
