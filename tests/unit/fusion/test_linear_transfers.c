/* SPDX-License-Identifier: GPL-2.0-or-later
 * The linear transfers other than direct standardisation return the reference numbers, keep their
 * bits through JSON, and are chosen by what they make of spectra they have not seen. */
#include <string.h>

#include "base/rng.h"
#include "fusion/bandwise.h"
#include "fusion/epo.h"
#include "fusion/generator.h"
#include "fusion/pls2.h"
#include "fusion/transfer.h"
#include "kit/check.h"

static void check_reference(const char *key) {
    KIT_REFERENCE(root, "transfer/ds_pds.json");
    tl_err err;
    tl_matrix g;
    tl_matrix s;
    tl_matrix q;
    tl_matrix want;
    tl_matrix got;
    tl_ds map;
    const json_t *part = json_object_get(root, key);
    kit_json_matrix(json_object_get(root, "G"), &g);
    kit_json_matrix(json_object_get(root, "S"), &s);
    kit_json_matrix(json_object_get(root, "Q"), &q);
    kit_json_matrix(json_object_get(part, "out"), &want);
    if (strcmp(key, "pds") == 0) {
        CHECK_OK(tl_fusion_pds_fit(&g, &s, json_integer_value(json_object_get(part, "half_window")),
                                   json_integer_value(json_object_get(part, "ncomp")), NULL, 0,
                                   &map, &err));
    } else {
        CHECK_OK(tl_fusion_slope_fit(&g, &s, &map, &err));
    }
    CHECK_OK(tl_fusion_ds_apply(&map, &q, &got, &err));
    for (ptrdiff_t i = 0; i < want.nrow * want.ncol; i++) {
        CHECK_NEAR(got.data[i], want.data[i], 1e-8);
    }
    tl_matrix_free(&got);
    tl_matrix_free(&want);
    tl_matrix_free(&g);
    tl_matrix_free(&s);
    tl_matrix_free(&q);
    tl_fusion_ds_free(&map);
    json_decref(root);
}

static void windows_give_the_reference_spectra(void **state) {
    (void)state;
    check_reference("pds");
}

static void lines_give_the_reference_spectra(void **state) {
    (void)state;
    check_reference("slope_bias_per_band");
}

static void simpls_gives_the_reference_coefficients(void **state) {
    (void)state;
    enum { RESPONSES = 3, MAXIMUM = 4 };
    tl_err err;
    tl_matrix data;
    tl_matrix x;
    tl_matrix y;
    tl_pls2 fit;
    if (!kit_reference_csv("pls/pls2_data.csv", &data)) {
        print_message("SKIPPED: shared reference pls/pls2_data.csv is not here\n");
        skip();
    }
    const ptrdiff_t p = data.ncol - RESPONSES;
    assert_int_equal(tl_matrix_init(&x, data.nrow, p, NULL), TL_OK);
    assert_int_equal(tl_matrix_init(&y, data.nrow, RESPONSES, NULL), TL_OK);
    for (ptrdiff_t i = 0; i < data.nrow; i++) {
        const double *row = tl_matrix_row(&data, i);
        memcpy(tl_matrix_row(&y, i), row, RESPONSES * sizeof *row);
        memcpy(tl_matrix_row(&x, i), row + RESPONSES, (size_t)p * sizeof *row);
    }
    CHECK_OK(tl_fusion_pls2_fit(&x, &y, MAXIMUM, &fit, &err));
    assert_int_equal(fit.components, MAXIMUM);
    for (ptrdiff_t a = 1; a <= MAXIMUM; a++) {
        char path[64];
        tl_matrix want;
        tl_ds map;
        double largest = 0.0;
        (void)snprintf(path, sizeof path, "pls/pls2_simpls_coef_c%td.csv", a);
        assert_true(kit_reference_csv(path, &want));
        CHECK_OK(tl_fusion_pls2_map(&fit, a, &map, &err));
        assert_int_equal(want.nrow, RESPONSES);
        assert_int_equal(want.ncol, p);
        for (ptrdiff_t k = 0; k < RESPONSES * p; k++) {
            largest = fmax(largest, fabs(want.data[k]));
        }
        for (ptrdiff_t k = 0; k < RESPONSES * p; k++) {
            CHECK_NEAR(map.slope.data[k], want.data[k], 1e-8 * largest);
        }
        tl_fusion_ds_free(&map);
        tl_matrix_free(&want);
    }
    tl_fusion_pls2_free(&fit);
    tl_matrix_free(&x);
    tl_matrix_free(&y);
    tl_matrix_free(&data);
}

enum { N = 40, P = 30 };

/* Which difference between the two sides is made. */
typedef enum difference { BROAD, PER_BAND } difference;

/* Spectra of three constituents: lab (y) and what the satellite makes of them (x), by mixing in the
 * constituents of the whole spectrum or by a gain and an offset of every band. */
static void make_pairs(ptrdiff_t n, ptrdiff_t p, difference kind, double noise, tl_matrix *x,
                       tl_matrix *y) {
    assert_int_equal(tl_matrix_init(x, n, p, NULL), TL_OK);
    assert_int_equal(tl_matrix_init(y, n, p, NULL), TL_OK);
    tl_rng rng = tl_rng_start(5, TL_STREAM_SIMULATE, 3);
    for (ptrdiff_t i = 0; i < n; i++) {
        double c[3];
        for (int k = 0; k < 3; k++) {
            c[k] = tl_rng_normal(&rng);
        }
        for (ptrdiff_t j = 0; j < p; j++) {
            const double t = (double)j / (double)p;
            const double own = kind == PER_BAND ? 0.05 * tl_rng_normal(&rng) : 0.0;
            const double s =
                0.4 + 0.05 * c[0] * t + 0.04 * c[1] * sin(6.0 * t) + 0.03 * c[2] * t * t + own;
            const double seen = kind == PER_BAND ? 0.02 * t + (0.6 + 0.3 * cos(9.0 * t)) * s
                                                 : s + 0.06 * c[1] * cos(4.0 * t) - 0.04 * c[2];
            tl_matrix_row(y, i)[j] = s;
            tl_matrix_row(x, i)[j] = seen + noise * tl_rng_normal(&rng);
        }
    }
}

/* More bands than rows: the fit then works on fewer numbers, and must come to the same. */
static void simpls_on_many_bands_equals_simpls_on_few(void **state) {
    (void)state;
    tl_err err;
    tl_matrix x;
    tl_matrix y;
    tl_pls2 few;
    tl_pls2 many;
    tl_ds map_few;
    tl_ds map_many;
    make_pairs(N, P, BROAD, 0.01, &x, &y);
    /* Every band three times over, 90 in all, doubles nothing but the length of X: the prediction
     * is the same. */
    tl_matrix wide;
    assert_int_equal(tl_matrix_init(&wide, N, 3 * P, NULL), TL_OK);
    for (ptrdiff_t i = 0; i < N; i++) {
        for (ptrdiff_t j = 0; j < 3 * P; j++) {
            tl_matrix_row(&wide, i)[j] = tl_matrix_row(&x, i)[j % P];
        }
    }
    CHECK_OK(tl_fusion_pls2_fit(&x, &y, 5, &few, &err));
    CHECK_OK(tl_fusion_pls2_fit(&wide, &y, 5, &many, &err));
    CHECK_OK(tl_fusion_pls2_map(&few, 5, &map_few, &err));
    CHECK_OK(tl_fusion_pls2_map(&many, 5, &map_many, &err));
    for (ptrdiff_t j = 0; j < P; j++) {
        for (ptrdiff_t k = 0; k < P; k++) {
            CHECK_NEAR(3.0 * tl_matrix_row(&map_many.slope, j)[k],
                       tl_matrix_row(&map_few.slope, j)[k], 1e-9);
        }
    }
    tl_fusion_ds_free(&map_few);
    tl_fusion_ds_free(&map_many);
    tl_fusion_pls2_free(&few);
    tl_fusion_pls2_free(&many);
    tl_matrix_free(&wide);
    tl_matrix_free(&x);
    tl_matrix_free(&y);
}

static void a_window_does_not_leave_its_run(void **state) {
    (void)state;
    const ptrdiff_t start[] = {0, 11, 12};
    tl_err err;
    tl_matrix x;
    tl_matrix y;
    tl_ds map;
    make_pairs(N, P, BROAD, 0.01, &x, &y);
    CHECK_OK(tl_fusion_pds_fit(&x, &y, 3, 2, start, 3, &map, &err));
    for (ptrdiff_t j = 0; j < P; j++) {
        const ptrdiff_t begin = j < 11 ? 0 : j < 12 ? 11 : 12;
        const ptrdiff_t end = j < 11 ? 11 : j < 12 ? 12 : P;
        for (ptrdiff_t k = 0; k < P; k++) {
            const int inside = k >= begin && k < end && k >= j - 3 && k <= j + 3;
            assert_int_equal(tl_matrix_row(&map.slope, j)[k] != 0.0, inside);
        }
    }
    tl_fusion_ds_free(&map);
    tl_matrix_free(&x);
    tl_matrix_free(&y);
}

static tl_transfer_kind chosen(difference kind, double noise) {
    tl_err err;
    tl_matrix x;
    tl_matrix y;
    tl_transfer_options o;
    tl_transfer t;
    make_pairs(N, P, kind, noise, &x, &y);
    CHECK_OK(tl_fusion_transfer_preset(TL_TRANSFER_BEST, "honest", &o, &err));
    CHECK_OK(tl_fusion_transfer_fit(&o, &x, &y, NULL, &t, &err));
    const tl_transfer_kind result = t.kind;
    tl_fusion_transfer_free(&t);
    tl_matrix_free(&x);
    tl_matrix_free(&y);
    return result;
}

/* A gain and an offset of each band, and bands that have nothing to do with each other: only the
 * line per band can be right. A difference that runs through the whole spectrum: it cannot. */
static void the_best_transfer_suits_the_difference(void **state) {
    (void)state;
    assert_int_equal(chosen(PER_BAND, 0.001), TL_TRANSFER_SLOPE);
    const tl_transfer_kind broad = chosen(BROAD, 0.01);
    assert_true(broad == TL_TRANSFER_DS || broad == TL_TRANSFER_PLS2);
}

static void json_and_scenes_keep_every_linear_kind(void **state) {
    (void)state;
    const tl_transfer_kind kinds[] = {TL_TRANSFER_PDS, TL_TRANSFER_PLS2, TL_TRANSFER_SLOPE,
                                      TL_TRANSFER_EPO, TL_TRANSFER_BEST};
    tl_err err;
    tl_matrix x;
    tl_matrix y;
    make_pairs(N, P, BROAD, 0.01, &x, &y);
    for (int k = 0; k < 5; k++) {
        tl_transfer_options o;
        tl_transfer_options o_back;
        tl_transfer t;
        tl_transfer back;
        tl_matrix before;
        tl_matrix after;
        tl_generator scene;
        json_t *json;
        json_t *o_json;
        CHECK_OK(tl_fusion_transfer_preset(kinds[k], "honest", &o, &err));
        o.runs = 2;
        o.run_start[1] = 7;
        CHECK_OK(tl_fusion_transfer_options_to_json(&o, &o_json, &err));
        CHECK_OK(tl_fusion_transfer_options_from_json(o_json, &o_back, &err));
        assert_int_equal(o_back.kind, kinds[k]);
        assert_int_equal(o_back.runs, 2);
        assert_int_equal(o_back.run_start[1], 7);
        CHECK_OK(tl_fusion_transfer_fit(&o_back, &x, &y, NULL, &t, &err));
        assert_true(tl_fusion_transfer_is_linear(t.kind));
        CHECK_OK(tl_fusion_transfer_to_json(&t, &json, &err));
        CHECK_OK(tl_fusion_transfer_from_json(json, &back, &err));
        assert_int_equal(back.kind, t.kind);
        CHECK_OK(tl_fusion_transfer_apply(&t, &x, &before, &err));
        CHECK_OK(tl_fusion_transfer_apply(&back, &x, &after, &err));
        assert_memory_equal(before.data, after.data, (size_t)(N * P) * sizeof(double));
        CHECK_OK(tl_fusion_generator_init(&scene, &back, &err));
        tl_fusion_generator_free(&scene);
        json_decref(json);
        json_decref(o_json);
        tl_matrix_free(&before);
        tl_matrix_free(&after);
        tl_fusion_transfer_free(&t);
        tl_fusion_transfer_free(&back);
    }
    tl_matrix_free(&x);
    tl_matrix_free(&y);
}

static void hostile_options_are_refused(void **state) {
    (void)state;
    const char *const bad[] = {
        "{\"kind\":\"pds\",\"half\":-1}",        "{\"kind\":\"pds\",\"half\":1e9}",
        "{\"kind\":\"pds\",\"components\":51}",  "{\"kind\":\"pds\",\"runs\":[1]}",
        "{\"kind\":\"pds\",\"runs\":[0,4,4]}",   "{\"kind\":\"pds\",\"runs\":[0,2.5]}",
        "{\"kind\":\"pds\",\"runs\":[0,1e300]}", "{\"kind\":\"pds\",\"runs\":\"all\"}"};
    tl_err err;
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        tl_transfer_options o;
        json_t *json = json_loads(bad[k], 0, NULL);
        assert_non_null(json);
        assert_int_equal(tl_fusion_transfer_options_from_json(json, &o, &err), TL_FORMAT);
        json_decref(json);
    }
    tl_transfer t;
    json_t *json = json_loads(
        "{\"kind\":\"best\",\"n_in\":1,\"n_out\":1,\"ds\":{\"lambda\":0,"
        "\"centre_in\":[1],\"centre_out\":[3],\"slope\":[[1]]}}",
        0, NULL);
    assert_int_equal(tl_fusion_transfer_from_json(json, &t, &err), TL_FORMAT);
    json_decref(json);
}

static void bands_that_do_not_meet_are_refused(void **state) {
    (void)state;
    tl_err err;
    tl_matrix x;
    tl_matrix y;
    tl_transfer_options o;
    tl_transfer t;
    make_pairs(N, P, BROAD, 0.01, &x, &y);
    const ptrdiff_t some[] = {0, 3, 5};
    tl_matrix_keep_columns(&x, some, 3);
    CHECK_OK(tl_fusion_transfer_preset(TL_TRANSFER_PDS, "honest", &o, &err));
    assert_int_equal(tl_fusion_transfer_fit(&o, &x, &y, NULL, &t, &err), TL_SHAPE);
    o.kind = TL_TRANSFER_BEST;
    CHECK_OK(tl_fusion_transfer_fit(&o, &x, &y, NULL, &t, &err));
    assert_true(t.kind == TL_TRANSFER_DS || t.kind == TL_TRANSFER_PLS2);
    tl_fusion_transfer_free(&t);
    tl_matrix_free(&x);
    tl_matrix_free(&y);
}

/* What is left of both sides has no part along the directions, and spectra that differ in two
 * directions only are equal without them. */
static void orthogonalised_spectra_agree(void **state) {
    (void)state;
    for (ptrdiff_t n = 12; n <= 40; n += 28) { /* fewer and more rows than bands */
        tl_err err;
        tl_matrix x;
        tl_matrix y;
        tl_epo epo;
        make_pairs(n, P, BROAD, 0.0, &x, &y);
        CHECK_OK(tl_fusion_epo_fit(&x, &y, 2, &epo, &err));
        CHECK_OK(tl_fusion_epo_apply(&epo, &x, &err));
        CHECK_OK(tl_fusion_epo_apply(&epo, &y, &err));
        double varies = 0.0;
        for (ptrdiff_t i = 0; i < n * P; i++) {
            CHECK_NEAR(x.data[i], y.data[i], 1e-12);
            varies = fmax(varies, fabs(y.data[i] - y.data[i % P]));
        }
        assert_true(varies > 0.01);
        tl_fusion_epo_free(&epo);
        assert_int_equal(tl_fusion_epo_fit(&x, &y, P + 1, &epo, &err), TL_ARG);
        assert_int_equal(tl_fusion_epo_fit(&x, &x, 1, &epo, &err), TL_DATA);
        tl_matrix_free(&x);
        tl_matrix_free(&y);
    }
}

/* Where the pairs differ in two directions only, the map makes the spectra of both sides equal with
 * no more directions, and it does not change its own spectra. */
static void the_map_of_orthogonalisation_is_for_both_sides(void **state) {
    (void)state;
    tl_err err;
    tl_matrix x;
    tl_matrix y;
    tl_matrix from_x;
    tl_matrix from_y;
    tl_matrix again;
    tl_epo epo;
    tl_ds two;
    tl_ds chosen;
    make_pairs(N, P, BROAD, 0.0, &x, &y);
    CHECK_OK(tl_fusion_epo_fit(&x, &y, 2, &epo, &err));
    CHECK_OK(tl_fusion_epo_map(&epo, &x, &y, &two, &err));
    CHECK_OK(tl_fusion_ds_apply(&two, &x, &from_x, &err));
    CHECK_OK(tl_fusion_ds_apply(&two, &y, &from_y, &err));
    CHECK_OK(tl_fusion_ds_apply(&two, &from_x, &again, &err));
    double mean_lab = 0.0;
    double mean_made = 0.0;
    for (ptrdiff_t k = 0; k < N * P; k++) {
        CHECK_NEAR(from_x.data[k], from_y.data[k], 1e-12);
        CHECK_NEAR(again.data[k], from_x.data[k], 1e-12);
        mean_lab += y.data[k];
        mean_made += from_y.data[k];
    }
    CHECK_NEAR(mean_made / (N * P), mean_lab / (N * P), 1e-12);
    CHECK_OK(tl_fusion_epo_choose(&x, &y, 6, NULL, 1, &chosen, &err));
    for (ptrdiff_t k = 0; k < P * P; k++) {
        CHECK_NEAR(chosen.slope.data[k], two.slope.data[k], 1e-9);
    }
    tl_fusion_ds_free(&two);
    tl_fusion_ds_free(&chosen);
    tl_fusion_epo_free(&epo);
    tl_matrix_free(&x);
    tl_matrix_free(&y);
    tl_matrix_free(&from_x);
    tl_matrix_free(&from_y);
    tl_matrix_free(&again);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(windows_give_the_reference_spectra),
        cmocka_unit_test(lines_give_the_reference_spectra),
        cmocka_unit_test(simpls_gives_the_reference_coefficients),
        cmocka_unit_test(simpls_on_many_bands_equals_simpls_on_few),
        cmocka_unit_test(a_window_does_not_leave_its_run),
        cmocka_unit_test(the_best_transfer_suits_the_difference),
        cmocka_unit_test(json_and_scenes_keep_every_linear_kind),
        cmocka_unit_test(hostile_options_are_refused),
        cmocka_unit_test(bands_that_do_not_meet_are_refused),
        cmocka_unit_test(orthogonalised_spectra_agree),
        cmocka_unit_test(the_map_of_orthogonalisation_is_for_both_sides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
