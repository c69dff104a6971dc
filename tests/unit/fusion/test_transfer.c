/* SPDX-License-Identifier: GPL-2.0-or-later
 * Transfers learn, keep their bits through JSON, stop when asked, and refuse what does not fit. */
#include "fusion/transfer.h"

#include "base/rng.h"
#include "kit/check.h"

enum { N = 70, P = 24 };

/* Paired spectra of three constituents: the satellite sees them through a gain, an offset and
 * noise. */
static void make_pairs(ptrdiff_t n, uint32_t index, tl_matrix *x, tl_matrix *y) {
    assert_int_equal(tl_matrix_init(x, n, P, NULL), TL_OK);
    assert_int_equal(tl_matrix_init(y, n, P, NULL), TL_OK);
    tl_rng rng = tl_rng_start(21, TL_STREAM_SIMULATE, index);
    for (ptrdiff_t i = 0; i < n; i++) {
        double c[3];
        for (int k = 0; k < 3; k++) {
            c[k] = tl_rng_normal(&rng);
        }
        for (ptrdiff_t j = 0; j < P; j++) {
            const double t = (double)j / (double)P;
            const double s =
                0.35 + 0.05 * c[0] * t + 0.04 * c[1] * sin(6.0 * t) + 0.03 * c[2] * t * t;
            tl_matrix_row(y, i)[j] = s;
            tl_matrix_row(x, i)[j] = 0.05 + 0.6 * s + 0.03 * t + 0.004 * tl_rng_normal(&rng);
        }
    }
}

static tl_transfer_options small_options(tl_transfer_kind kind, const char *preset) {
    tl_err err;
    tl_transfer_options o;
    CHECK_OK(tl_fusion_transfer_preset(kind, preset, &o, &err));
    o.vae.depth = 2;
    o.vae.width[0] = 16;
    o.vae.width[1] = 8;
    o.vae.latent = 4;
    o.vae.epochs = 40;
    return o;
}

/* 1 - sum |made - y|^2 / sum |mean - y|^2 */
static double explained(const tl_matrix *made, const tl_matrix *y) {
    double missed = 0.0;
    double spread = 0.0;
    for (ptrdiff_t j = 0; j < y->ncol; j++) {
        double mean = 0.0;
        for (ptrdiff_t i = 0; i < y->nrow; i++) {
            mean += tl_matrix_row(y, i)[j] / (double)y->nrow;
        }
        for (ptrdiff_t i = 0; i < y->nrow; i++) {
            const double s = tl_matrix_row(y, i)[j];
            missed += pow(tl_matrix_row(made, i)[j] - s, 2.0);
            spread += pow(mean - s, 2.0);
        }
    }
    return 1.0 - missed / spread;
}

static double explained_on_new_pairs(const tl_transfer_options *o) {
    tl_err err;
    tl_matrix x;
    tl_matrix y;
    tl_matrix made;
    tl_transfer t;
    make_pairs(N, 0, &x, &y);
    CHECK_OK(tl_fusion_transfer_fit(o, &x, &y, NULL, &t, &err));
    tl_matrix_free(&x);
    tl_matrix_free(&y);
    make_pairs(N, 1, &x, &y);
    CHECK_OK(tl_fusion_transfer_apply(&t, &x, &made, &err));
    const double share = explained(&made, &y);
    tl_matrix_free(&made);
    tl_matrix_free(&x);
    tl_matrix_free(&y);
    tl_fusion_transfer_free(&t);
    return share;
}

/* On clean pairs DS carries nearly everything over, the network with a paired term a good part even
 * alone. */
static void good_pairs_are_learned(void **state) {
    (void)state;
    tl_transfer_options o = small_options(TL_TRANSFER_DS, "honest");
    assert_true(explained_on_new_pairs(&o) > 0.95);
    o = small_options(TL_TRANSFER_VAE, "honest");
    assert_true(explained_on_new_pairs(&o) > 0.9);
    o.vae.skip = 0;
    o.vae.dropout = 0.1;
    o.vae.epochs = 150;
    assert_true(explained_on_new_pairs(&o) > 0.5);
}

/* The loss as printed pays for ignoring the input: what is generated is the mean spectrum for
 * everyone. */
static void the_printed_loss_collapses(void **state) {
    (void)state;
    tl_transfer_options o = small_options(TL_TRANSFER_VAE, "paper");
    o.vae.epochs = 200;
    o.vae.learning_rate = 1e-3;
    assert_true(explained_on_new_pairs(&o) < 0.1);
}

/* The curve falls, and holds the error on held-out pairs. */
static void the_curve_tells_the_training(void **state) {
    (void)state;
    tl_err err;
    tl_matrix x;
    tl_matrix y;
    tl_matrix check_x;
    tl_matrix check_y;
    tl_transfer t;
    make_pairs(N, 0, &x, &y);
    make_pairs(20, 1, &check_x, &check_y);
    tl_transfer_options o = small_options(TL_TRANSFER_VAE, "honest");
    o.vae.skip = 0;
    CHECK_OK(tl_fusion_transfer_fit_grouped(&o, &x, &y, NULL, &check_x, &check_y, NULL, &t, &err));
    const double *first = tl_matrix_row(&t.vae.curve, 0);
    const double *last = tl_matrix_row(&t.vae.curve, o.vae.epochs - 1);
    assert_true(last[TL_VAE_CURVE_LOSS] < 0.7 * first[TL_VAE_CURVE_LOSS]);
    assert_true(last[TL_VAE_CURVE_HELD_OUT] < first[TL_VAE_CURVE_HELD_OUT]);
    tl_fusion_transfer_free(&t);
    tl_matrix_free(&x);
    tl_matrix_free(&y);
    tl_matrix_free(&check_x);
    tl_matrix_free(&check_y);
}

static void check_json_roundtrip(const tl_transfer_options *o) {
    tl_err err;
    tl_matrix x;
    tl_matrix y;
    tl_matrix before;
    tl_matrix after;
    tl_transfer t;
    tl_transfer back;
    json_t *json;
    make_pairs(N, 0, &x, &y);
    CHECK_OK(tl_fusion_transfer_fit(o, &x, &y, NULL, &t, &err));
    CHECK_OK(tl_fusion_transfer_to_json(&t, &json, &err));
    char *text = json_dumps(json, 0);
    json_t *again = json_loads(text, 0, NULL);
    CHECK_OK(tl_fusion_transfer_from_json(again, &back, &err));
    CHECK_OK(tl_fusion_transfer_apply(&t, &x, &before, &err));
    CHECK_OK(tl_fusion_transfer_apply(&back, &x, &after, &err));
    assert_memory_equal(before.data, after.data, (size_t)(N * P) * sizeof(double));
    free(text);
    json_decref(json);
    json_decref(again);
    tl_matrix_free(&before);
    tl_matrix_free(&after);
    tl_fusion_transfer_free(&t);
    tl_fusion_transfer_free(&back);
    tl_matrix_free(&x);
    tl_matrix_free(&y);
}

static void json_keeps_every_bit(void **state) {
    (void)state;
    tl_transfer_options o = small_options(TL_TRANSFER_DS, "honest");
    check_json_roundtrip(&o);
    o = small_options(TL_TRANSFER_VAE, "honest");
    o.vae.epochs = 3;
    check_json_roundtrip(&o);
    o = small_options(TL_TRANSFER_VAE, "paper");
    o.vae.epochs = 3;
    check_json_roundtrip(&o);
}

static void options_survive_json(void **state) {
    (void)state;
    tl_err err;
    json_t *json;
    tl_transfer_options back;
    tl_transfer_options o = small_options(TL_TRANSFER_VAE, "paper");
    o.seed = -9999;
    o.lambda = 0.03;
    CHECK_OK(tl_fusion_transfer_options_to_json(&o, &json, &err));
    CHECK_OK(tl_fusion_transfer_options_from_json(json, &back, &err));
    assert_int_equal(back.seed, -9999);
    assert_int_equal(back.vae.depth, 2);
    assert_int_equal(back.vae.width[1], 8);
    assert_int_equal(back.vae.sigma, TL_VAE_PRINTED);
    assert_int_equal(back.vae.output, TL_VAE_SIGMOID);
    assert_int_equal(back.vae.skip, 0);
    CHECK_NEAR(back.lambda, 0.03, 0.0);
    CHECK_NEAR(back.vae.learning_rate, 1e-4, 0.0);
    json_decref(json);
}

static tl_code read_text(const char *text, tl_err *err) {
    tl_transfer t;
    json_t *json = json_loads(text, 0, NULL);
    assert_non_null(json);
    const tl_code code = tl_fusion_transfer_from_json(json, &t, err);
    assert_true(code == TL_OK || t.kind == TL_TRANSFER_NONE);
    tl_fusion_transfer_free(&t);
    json_decref(json);
    return code;
}

#define DS_HEAD "{\"kind\":\"ds\",\"n_in\":2,\"n_out\":1,\"ds\":{\"lambda\":0.1,"

static void hostile_files_are_refused(void **state) {
    (void)state;
    tl_err err;
    assert_int_equal(
        read_text(DS_HEAD "\"centre_in\":[1,2],\"centre_out\":[3],\"slope\":[[1,2]]}}", &err),
        TL_OK);
    const char *const bad[] = {
        "{}",
        "{\"kind\":\"magic\",\"n_in\":2,\"n_out\":1}",
        "{\"kind\":7,\"n_in\":2,\"n_out\":1}",
        "{\"kind\":\"ds\",\"n_in\":-2,\"n_out\":1}",
        "{\"kind\":\"ds\",\"n_in\":9223372036854775807,\"n_out\":9223372036854775807}",
        "{\"kind\":\"ds\",\"n_in\":2,\"n_out\":1}",
        DS_HEAD "\"centre_in\":[1],\"centre_out\":[3],\"slope\":[[1,2]]}}",
        DS_HEAD "\"centre_in\":[1,\"a\"],\"centre_out\":[3],\"slope\":[[1,2]]}}",
        DS_HEAD "\"centre_in\":[1,2],\"centre_out\":[3],\"slope\":[[1,2],[3,4]]}}",
        DS_HEAD "\"centre_in\":[1,2],\"centre_out\":[3],\"slope\":[1,2]}}",
        "{\"kind\":\"vae\",\"n_in\":2,\"n_out\":1,\"vae\":{\"options\":{\"widths\":[1e9]}}}",
        "{\"kind\":\"vae\",\"n_in\":2,\"n_out\":1,\"vae\":{\"options\":{\"sigma\":\"variance\"}}}",
        "{\"kind\":\"vae\",\"n_in\":2,\"n_out\":1,\"vae\":{\"options\":{},\"weights\":[1,2,3]}}",
        "{\"kind\":\"vae\",\"n_in\":2,\"n_out\":1,\"vae\":{\"options\":{\"epochs\":0}}}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        err.text[0] = '\0';
        if (read_text(bad[i], &err) != TL_FORMAT || err.text[0] == '\0') {
            fail_msg("%s gave '%s'", bad[i], err.text);
        }
    }
}

static int stop_after(double fraction, int level, const char *message, void *user) {
    (void)level;
    (void)message;
    return fraction < *(const double *)user;
}

static void training_stops_when_asked(void **state) {
    (void)state;
    tl_err err;
    tl_matrix x;
    tl_matrix y;
    tl_transfer t;
    double limit = 0.3;
    const tl_progress p = {.report = stop_after, .user = &limit, .from = 0.0, .to = 1.0};
    const tl_transfer_options o = small_options(TL_TRANSFER_VAE, "honest");
    make_pairs(N, 0, &x, &y);
    const ptrdiff_t before = tl_live_blocks();
    assert_int_equal(tl_fusion_transfer_fit(&o, &x, &y, &p, &t, &err), TL_CANCELLED);
    assert_int_equal(t.kind, TL_TRANSFER_NONE);
    assert_int_equal(tl_live_blocks(), before);
    tl_matrix_free(&x);
    tl_matrix_free(&y);
}

/* Every allocation of a fit fails in turn: an error each time, and nothing is left behind. */
static void a_lack_of_memory_leaves_nothing_behind(void **state) {
    (void)state;
    tl_err err;
    tl_matrix x;
    tl_matrix y;
    tl_transfer t;
    tl_transfer_options o = small_options(TL_TRANSFER_VAE, "honest");
    o.vae.epochs = 1;
    make_pairs(12, 0, &x, &y);
    const ptrdiff_t before = tl_live_blocks();
    int failures = 0;
    for (ptrdiff_t n = 0; n < 1000; n++) {
        tl_fail_after(n);
        const tl_code code =
            tl_fusion_transfer_fit_grouped(&o, &x, &y, NULL, &x, &y, NULL, &t, &err);
        tl_fail_after(-1);
        if (code == TL_OK) {
            tl_fusion_transfer_free(&t);
            break;
        }
        assert_int_equal(code, TL_NOMEM);
        assert_int_equal(tl_live_blocks(), before);
        failures++;
    }
    assert_in_range(failures, 30, 900);
    tl_matrix_free(&x);
    tl_matrix_free(&y);
}

/* A generated spectrum depends on its pixel alone, wherever the pixel is in a block. */
static void a_spectrum_does_not_depend_on_its_neighbours(void **state) {
    (void)state;
    tl_err err;
    tl_matrix x;
    tl_matrix y;
    tl_matrix all;
    tl_matrix part;
    tl_transfer t;
    tl_transfer_options o = small_options(TL_TRANSFER_VAE, "honest");
    o.vae.epochs = 2;
    make_pairs(700, 0, &x, &y);
    CHECK_OK(tl_fusion_transfer_fit(&o, &x, &y, NULL, &t, &err));
    tl_matrix_row(&x, 2)[5] = (double)NAN;
    CHECK_OK(tl_fusion_transfer_apply(&t, &x, &all, &err));
    const tl_matrix some = {.nrow = 301, .ncol = P, .data = tl_matrix_row(&x, 3)};
    CHECK_OK(tl_fusion_transfer_apply(&t, &some, &part, &err));
    assert_memory_equal(part.data, tl_matrix_row(&all, 3), (size_t)(301 * P) * sizeof(double));
    assert_true(isnan(tl_matrix_row(&all, 2)[0]) && isnan(tl_matrix_row(&all, 2)[P - 1]));
    tl_matrix_free(&all);
    tl_matrix_free(&part);
    tl_matrix_free(&x);
    tl_matrix_free(&y);
    tl_fusion_transfer_free(&t);
}

static void options_out_of_range_are_named(void **state) {
    (void)state;
    tl_err err;
    tl_transfer_options o = small_options(TL_TRANSFER_VAE, "honest");
    o.vae.dropout = 1.0;
    assert_int_equal(tl_fusion_transfer_options_check(&o, &err), TL_ARG);
    assert_non_null(strstr(err.text, "dropout"));
    o = small_options(TL_TRANSFER_VAE, "honest");
    o.vae.batch = 1;
    assert_int_equal(tl_fusion_transfer_options_check(&o, &err), TL_ARG);
    assert_non_null(strstr(err.text, "batch"));
    o = small_options(TL_TRANSFER_VAE, "paper");
    o.vae.skip = 1;
    assert_int_equal(tl_fusion_transfer_options_check(&o, &err), TL_ARG);
    assert_int_equal(tl_fusion_transfer_preset(TL_TRANSFER_DS, "best", &o, &err), TL_ARG);
}

static void only_direct_standardisation_is_linear(void **state) {
    (void)state;
    tl_err err;
    tl_matrix x;
    tl_matrix y;
    tl_matrix coefficients;
    double intercept[P];
    tl_transfer t;
    tl_transfer_options o = small_options(TL_TRANSFER_VAE, "paper");
    o.vae.epochs = 1;
    make_pairs(N, 0, &x, &y);
    CHECK_OK(tl_fusion_transfer_fit(&o, &x, &y, NULL, &t, &err));
    assert_int_equal(tl_fusion_transfer_linear(&t, &coefficients, intercept, &err), TL_ARG);
    tl_fusion_transfer_free(&t);
    o.kind = TL_TRANSFER_DS;
    CHECK_OK(tl_fusion_transfer_fit(&o, &x, &y, NULL, &t, &err));
    CHECK_OK(tl_fusion_transfer_linear(&t, &coefficients, intercept, &err));
    assert_int_equal(coefficients.nrow, P);
    tl_matrix_free(&coefficients);
    tl_fusion_transfer_free(&t);
    tl_matrix_free(&x);
    tl_matrix_free(&y);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_pairs_are_learned),
        cmocka_unit_test(the_printed_loss_collapses),
        cmocka_unit_test(the_curve_tells_the_training),
        cmocka_unit_test(json_keeps_every_bit),
        cmocka_unit_test(options_survive_json),
        cmocka_unit_test(hostile_files_are_refused),
        cmocka_unit_test(training_stops_when_asked),
        cmocka_unit_test(a_lack_of_memory_leaves_nothing_behind),
        cmocka_unit_test(a_spectrum_does_not_depend_on_its_neighbours),
        cmocka_unit_test(options_out_of_range_are_named),
        cmocka_unit_test(only_direct_standardisation_is_linear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
