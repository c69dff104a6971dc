/* SPDX-License-Identifier: GPL-2.0-or-later
 * A fusion model comes back from its file with the same bits; damaged files are refused by name. */
#include "fusion/fusion_model.h"

#include "kit/check.h"
#include "model/document.h"

enum { P = 3, N = 8 };

static void make_model(tl_fusion_model *m) {
    tl_err err;
    tl_matrix x;
    tl_matrix y;
    CHECK_OK(tl_matrix_init(&x, N, P, &err));
    CHECK_OK(tl_matrix_init(&y, N, P, &err));
    for (ptrdiff_t i = 0; i < N * P; i++) {
        x.data[i] = 0.3 + 0.1 * sin(1.7 * (double)i);
        y.data[i] = 0.4 + 0.1 * cos(2.3 * (double)i);
    }
    CHECK_OK(tl_fusion_model_init(m, P, &err));
    for (ptrdiff_t j = 0; j < P; j++) {
        m->wavelength_nm[j] = 500.0 + 10.0 / 3.0 * (double)j;
        m->fwhm_nm[j] = j == 1 ? (double)NAN : 4.28;
    }
    CHECK_OK(tl_fusion_transfer_preset(TL_TRANSFER_DS, "honest", &m->options, &err));
    m->options.lambda = 0.01;
    CHECK_OK(tl_fusion_transfer_fit(&m->options, &x, &y, NULL, &m->transfer, &err));
    CHECK_OK(tl_model_put_text(m->about, "preset", "honest", &err));
    tl_matrix_free(&x);
    tl_matrix_free(&y);
}

static void a_file_keeps_every_bit(void **state) {
    (void)state;
    tl_err err;
    tl_fusion_model m;
    tl_fusion_model back;
    json_t *root;
    tl_text text = {0};
    make_model(&m);
    CHECK_OK(tl_fusion_model_to_json(&m, &root, &err));
    CHECK_OK(tl_model_print(root, &text, &err));
    CHECK_OK(
        tl_fusion_model_parse(tl_text_data(&text), (size_t)text.length, "f.json", &back, &err));
    assert_int_equal(back.p, P);
    assert_memory_equal(back.wavelength_nm, m.wavelength_nm, sizeof(double) * P);
    assert_true(isnan(back.fwhm_nm[1]) && back.fwhm_nm[0] == 4.28);
    assert_memory_equal(back.transfer.ds.slope.data, m.transfer.ds.slope.data,
                        sizeof(double) * P * P);
    assert_string_equal(json_string_value(json_object_get(back.about, "preset")), "honest");
    assert_null(json_object_get(back.about, "transfer"));
    CHECK_NEAR(back.options.lambda, 0.01, 0.0);
    json_decref(root);
    tl_text_free(&text);
    tl_fusion_model_free(&m);
    tl_fusion_model_free(&back);
}

/* One key at a time is spoilt; the sentence names the file and the key. */
static void check_spoilt(const char *key, json_t *value, const char *named) {
    tl_err err = {0};
    tl_fusion_model m;
    tl_fusion_model back;
    json_t *root;
    tl_text text = {0};
    make_model(&m);
    CHECK_OK(tl_fusion_model_to_json(&m, &root, &err));
    assert_int_equal(json_object_set_new(root, key, value), 0);
    CHECK_OK(tl_model_print(root, &text, &err));
    const ptrdiff_t before = tl_live_blocks();
    assert_int_equal(
        tl_fusion_model_parse(tl_text_data(&text), (size_t)text.length, "f.json", &back, &err),
        TL_FORMAT);
    assert_int_equal(tl_live_blocks(), before);
    if (strstr(err.text, "f.json") == NULL || strstr(err.text, named) == NULL) {
        fail_msg("'%s' should name f.json and %s", err.text, named);
    }
    json_decref(root);
    tl_text_free(&text);
    tl_fusion_model_free(&m);
}

static void damaged_files_are_refused(void **state) {
    (void)state;
    check_spoilt("kind", json_string("property"), "property");
    check_spoilt("wavelength_nm", json_pack("[f,f,f]", 500.0, 510.0, 505.0), "wavelength_nm.2");
    check_spoilt("wavelength_nm", json_pack("[f,f]", 500.0, 510.0), "fwhm_nm");
    check_spoilt("transfer", json_string("none"), "transfer");
    check_spoilt("options", json_pack("{s:s}", "kind", "pca"), "pca");
    json_t *two = json_pack("{s:s,s:i,s:i,s:{s:f,s:[f,f],s:[f],s:[[f,f]]}}", "kind", "ds", "n_in",
                            2, "n_out", 1, "ds", "lambda", 0.1, "centre_in", 1.0, 2.0, "centre_out",
                            1.0, "slope", 1.0, 2.0);
    assert_non_null(two);
    check_spoilt("transfer", two, "wanted 3");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_keeps_every_bit),
        cmocka_unit_test(damaged_files_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
