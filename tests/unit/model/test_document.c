/* SPDX-License-Identifier: GPL-2.0-or-later
 * A model file may be hostile: what is right is read exactly, what is wrong leads to a sentence. */
#include "model/document.h"

#include "kit/check.h"

static const char small_model[] =
    "{\"format\": \"tilth-model\", \"version\": 1, \"kind\": \"property\",\n"
    " \"unit\": \"g/kg \\u03bc \\\"q\\\"\", \"count\": 3, \"none\": null, \"on\": true,\n"
    " \"scores\": {\"r2\": 0.5, \"rmse\": 1e-3}, \"wl_nm\": [400, 401.25, -4e2],\n"
    " \"loadings\": [[1, 2], [3, 4], [5, 6]], \"folds\": [{\"w\": [7, 8]}, {\"w\": [9]}]}";

static tl_err err;

static json_t *parsed(const char *text) {
    json_t *root = NULL;
    CHECK_OK(tl_model_parse(text, strlen(text), "m.json", &root, &err));
    assert_non_null(root);
    return root;
}

/* The text is refused as FORMAT with a sentence that holds the wanted words, and nothing is handed
 * out. */
static void refused_bytes(const char *bytes, size_t length, const char *words) {
    json_t *root = (json_t *)&err;
    err.text[0] = '\0';
    assert_int_equal(tl_model_parse(bytes, length, "m.json", &root, &err), TL_FORMAT);
    assert_null(root);
    if (strstr(err.text, words) == NULL || strstr(err.text, "m.json") == NULL) {
        fail_msg("the sentence \"%s\" lacks \"%s\"", err.text, words);
    }
}

static void refused(const char *text, const char *words) {
    refused_bytes(text, strlen(text), words);
}

static void every_getter_reads_what_is_there(void **state) {
    (void)state;
    json_t *root = parsed(small_model);
    double number = 0.0;
    ptrdiff_t whole = 0;
    int flag = 0;
    const char *text = NULL;
    tl_matrix m = {0};
    assert_string_equal(tl_model_kind(root), "property");
    CHECK_OK(tl_model_expect_kind(root, "property", &err));
    CHECK_OK(tl_model_number(root, "scores.rmse", 0.0, 1.0, &number, &err));
    assert_true(number == 1e-3);
    CHECK_OK(tl_model_integer(root, "count", 1, 3, &whole, &err));
    assert_int_equal(whole, 3);
    CHECK_OK(tl_model_flag(root, "on", &flag, &err));
    assert_int_equal(flag, 1);
    CHECK_OK(tl_model_text(root, "unit", &text, &err));
    assert_string_equal(text, "g/kg \xce\xbc \"q\"");
    CHECK_OK(tl_model_vector(root, "wl_nm", 3, &m, &err));
    assert_int_equal(m.nrow, 1);
    assert_true(m.data[0] == 400.0 && m.data[1] == 401.25 && m.data[2] == -400.0);
    tl_matrix_free(&m);
    CHECK_OK(tl_model_table(root, "loadings", -1, 2, &m, &err));
    assert_int_equal(m.nrow, 3);
    assert_true(tl_matrix_row(&m, 2)[1] == 6.0);
    tl_matrix_free(&m);
    CHECK_OK(tl_model_vector(root, "folds.1.w", -1, &m, &err));
    assert_true(m.ncol == 1 && m.data[0] == 9.0);
    tl_matrix_free(&m);
    CHECK_OK(tl_model_number_or(root, "none", 0.0, 1.0, 0.25, &number, &err));
    assert_true(number == 0.25);
    json_decref(root);
}

/* Any truncation of a model is refused, at every byte; so no prefix can be mistaken for the
 * whole. */
static void a_model_cut_at_any_byte_is_refused(void **state) {
    (void)state;
    const size_t length = sizeof small_model - 1;
    for (size_t n = 0; n < length; n++) {
        /* A block of exactly n bytes lets the address sanitizer see any read beyond it. */
        char *cut = malloc(n == 0 ? 1 : n);
        assert_non_null(cut);
        memcpy(cut, small_model, n);
        refused_bytes(cut, n, "m.json");
        free(cut);
    }
}

/* One byte changed anywhere either is refused or leads to a document whose getters still hold their
 * promises. */
static void a_model_with_one_wrong_byte_never_breaks_a_getter(void **state) {
    (void)state;
    static const char wrong[] = {'\0', '"', '[', '}', '-', '9', 'e', '\x80', '\xff', '\\', ','};
    const size_t length = sizeof small_model - 1;
    char *copy = malloc(length);
    assert_non_null(copy);
    int read = 0;
    for (size_t at = 0; at < length * sizeof wrong; at++) {
        memcpy(copy, small_model, length);
        copy[at / sizeof wrong] = wrong[at % sizeof wrong];
        json_t *root = NULL;
        if (tl_model_parse(copy, length, "m.json", &root, &err) != TL_OK) {
            continue;
        }
        read++;
        tl_matrix m = {0};
        if (tl_model_table(root, "loadings", 3, 2, &m, &err) == TL_OK) {
            assert_true(m.nrow == 3 && m.ncol == 2 && isfinite(m.data[5]));
        }
        tl_matrix_free(&m);
        if (tl_model_vector(root, "wl_nm", 3, &m, &err) == TL_OK) {
            assert_true(m.ncol == 3 && isfinite(m.data[2]));
        }
        tl_matrix_free(&m);
        json_decref(root);
    }
    free(copy);
    assert_true(read > 100);
}

static void what_is_no_model_is_refused_with_its_reason(void **state) {
    (void)state;
#define HEAD "{\"format\":\"tilth-model\",\"version\":1,\"kind\":\"property\""
    refused("", "empty");
    refused("   ", "damaged");
    refused("[]", "not a tilth model");
    refused("7", "damaged or not a tilth model");
    refused("{}", "not a tilth model");
    refused("{\"format\":\"other\",\"version\":1,\"kind\":\"x\"}", "not a tilth model");
    refused("{\"format\":[],\"version\":1,\"kind\":\"x\"}", "not a tilth model");
    refused("{\"format\":\"tilth-model\",\"version\":2,\"kind\":\"x\"}", "version 2");
    refused("{\"format\":\"tilth-model\",\"version\":\"1\",\"kind\":\"x\"}", "version");
    refused("{\"format\":\"tilth-model\",\"version\":1}", "kind");
    refused("{\"format\":\"tilth-model\",\"version\":1,\"kind\":\"a\\u001b[31m\"}", "kind");
    refused(HEAD ",\"a\":1,\"a\":2}", "duplicate");
    refused(HEAD "} {}", "damaged");
    refused(HEAD ",\"a\":NaN}", "damaged");
    refused(HEAD ",\"a\":Infinity}", "damaged");
    refused(HEAD ",\"a\":-Infinity}", "damaged");
    refused(HEAD ",\"a\":1e999}", "overflow");
    refused(HEAD ",\"a\":99999999999999999999999}", "big integer");
    refused(HEAD ",\"a\":\"\xff\xfe\"}", "decode byte");
    refused(HEAD ",\"a\":\"x\\u0000y\"}", "damaged");
    refused_bytes(HEAD ",\"a\":\0 1}", sizeof HEAD + 8, "damaged");
}

static void size_nesting_and_counts_are_bounded_before_parsing(void **state) {
    (void)state;
    refused_bytes("{", TL_MODEL_MAX_BYTES + 1, "bytes");
    const size_t n = 1 << 20;
    char *deep = malloc(n);
    assert_non_null(deep);
    memset(deep, '[', n);
    refused_bytes(deep, n, "nested");
    free(deep);
    /* 2^20 empty lists side by side are shallow but would cost a hundred times their text. */
    const size_t many = 3 * (TL_MODEL_MAX_LISTS + 2);
    char *wide = malloc(many);
    assert_non_null(wide);
    for (size_t i = 0; i < many; i += 3) {
        memcpy(wide + i, "[],", 3);
    }
    refused_bytes(wide, many, "more values");
    free(wide);
}

#define BAD(call, words)                                                   \
    do {                                                                   \
        assert_int_equal(call, TL_FORMAT);                                 \
        if (strstr(err.text, words) == NULL) {                             \
            fail_msg("the sentence \"%s\" lacks \"%s\"", err.text, words); \
        }                                                                  \
    } while (0)

static void a_wrong_value_is_named_by_its_path(void **state) {
    (void)state;
    json_t *root = parsed(small_model);
    double number = 7.0;
    ptrdiff_t whole = 7;
    int flag = 7;
    const char *text = NULL;
    const json_t *part = NULL;
    BAD(tl_model_expect_kind(root, "fusion", &err), "property model");
    BAD(tl_model_number(root, "scores.mae", 0.0, 1.0, &number, &err), "scores.mae");
    BAD(tl_model_number(root, "unit", 0.0, 1.0, &number, &err), "\"unit\" is a text");
    BAD(tl_model_number(root, "scores.r2", 0.6, 1.0, &number, &err), "range");
    BAD(tl_model_number(root, "none", 0.0, 1.0, &number, &err), "lacks");
    BAD(tl_model_integer(root, "scores.r2", 0, 1, &whole, &err), "whole number");
    BAD(tl_model_integer(root, "count", 4, 9, &whole, &err), "range");
    BAD(tl_model_flag(root, "count", &flag, &err), "true or false");
    BAD(tl_model_text(root, "count", &text, &err), "a text");
    BAD(tl_model_object(root, "wl_nm", &part, &err), "an object");
    BAD(tl_model_array(root, "scores", -1, &part, &err), "a list");
    BAD(tl_model_array(root, "wl_nm", 4, &part, &err), "3 entries where 4");
    BAD(tl_model_integer_or(root, "unit", 0, 1, 0, &whole, &err), "unit");
    assert_true(number == 7.0 && flag == 7 && text == NULL && part == NULL);
    assert_false(tl_model_has(root, "folds.9"));
    assert_false(tl_model_has(root, "folds.-1"));
    assert_false(tl_model_has(root, "folds.99999999999999999999999"));
    assert_false(tl_model_has(root, "count.deeper"));
    assert_true(tl_model_has(root, "folds.0.w.1"));
    json_decref(root);
}

static void a_table_must_be_whole_and_finite(void **state) {
    (void)state;
    json_t *root = parsed(HEAD
                          ",\"ragged\":[[1,2],[3]],\"text\":[1,\"2\"],\"null\":[1,null],"
                          "\"empty\":[],\"hollow\":[[],[]],\"flat\":[1,2]}");
    tl_matrix m = {0};
    BAD(tl_model_table(root, "ragged", -1, -1, &m, &err), "row 1");
    BAD(tl_model_table(root, "ragged", 3, 2, &m, &err), "2 entries where 3");
    BAD(tl_model_table(root, "flat", -1, -1, &m, &err), "row 0");
    BAD(tl_model_table(root, "hollow", -1, -1, &m, &err), "row 0");
    BAD(tl_model_table(root, "empty", -1, -1, &m, &err), "empty");
    BAD(tl_model_vector(root, "empty", -1, &m, &err), "empty");
    BAD(tl_model_vector(root, "text", 2, &m, &err), "entry 1");
    BAD(tl_model_vector(root, "null", -1, &m, &err), "entry 1");
    BAD(tl_model_vector(root, "flat", 1L << 60, &m, &err), "2 entries");
    assert_null(m.data);
    json_decref(root);
}

static tl_text printed(const json_t *root) {
    tl_text text = {0};
    CHECK_OK(tl_model_print(root, &text, &err));
    return text;
}

/* Writing and reading restore every double bit for bit, the extremes and both zeros included, and
 * writing what was read produces the same text. */
static void numbers_and_texts_survive_a_round_trip_exactly(void **state) {
    (void)state;
    const double hard[] = {0.1,
                           1.0 / 3.0,
                           -0.0,
                           0.0,
                           5e-324,
                           1.7976931348623157e308,
                           1e15,
                           -1e22,
                           2.0,
                           1e-7,
                           0.0,
                           0.30000000000000004,
                           123456789012345678.0};
    double values[13];
    memcpy(values, hard, sizeof hard);
    values[10] = 2.2250738585072014e-308;
    const tl_matrix table = {.nrow = 2, .ncol = 6, .data = values};
    json_t *root = NULL;
    CHECK_OK(tl_model_new("property", &root, &err));
    CHECK_OK(tl_model_put_vector(root, "v", values, 13, &err));
    CHECK_OK(tl_model_put_table(root, "t", &table, &err));
    CHECK_OK(tl_model_put_text(root, "name", "\xe5\x9c\x9f \"a\\b\"\n\t\x01", &err));
    CHECK_OK(tl_model_put_number(root, "x", 0.1, &err));
    CHECK_OK(tl_model_put_integer(root, "seed", -9999, &err));
    CHECK_OK(tl_model_put_flag(root, "on", 0, &err));
    CHECK_OK(tl_model_put_json(root, "empty", json_object(), &err));
    tl_text text = printed(root);
    json_t *again = parsed(tl_text_data(&text));
    tl_matrix m = {0};
    CHECK_OK(tl_model_vector(again, "v", 13, &m, &err));
    assert_memory_equal(m.data, values, sizeof values);
    tl_matrix_free(&m);
    CHECK_OK(tl_model_table(again, "t", 2, 6, &m, &err));
    assert_memory_equal(m.data, values, 12 * sizeof *values);
    tl_matrix_free(&m);
    const char *name = NULL;
    CHECK_OK(tl_model_text(again, "name", &name, &err));
    assert_string_equal(name, "\xe5\x9c\x9f \"a\\b\"\n\t\x01");
    tl_text second = printed(again);
    assert_string_equal(tl_text_data(&text), tl_text_data(&second));
    tl_text_free(&text);
    tl_text_free(&second);
    json_decref(root);
    json_decref(again);
}

static void what_cannot_be_read_back_is_not_written(void **state) {
    (void)state;
    json_t *root = NULL;
    CHECK_OK(tl_model_new("fusion", &root, &err));
    const double values[] = {1.0, (double)INFINITY};
    const tl_matrix table = {.nrow = 2, .ncol = 1, .data = (double *)(uintptr_t)values};
    assert_int_equal(tl_model_put_number(root, "x", (double)NAN, &err), TL_NUMERIC);
    assert_non_null(strstr(err.text, "\"x\""));
    assert_int_equal(tl_model_put_vector(root, "v", values, 2, &err), TL_NUMERIC);
    assert_int_equal(tl_model_put_table(root, "t", &table, &err), TL_NUMERIC);
    assert_int_equal(tl_model_put_json(root, "j", NULL, &err), TL_NOMEM);
    assert_int_equal(json_object_size(root), 3);
    json_decref(root);
}

static void failed_allocations_leave_nothing_behind(void **state) {
    (void)state;
    json_t *root = parsed(small_model);
    const ptrdiff_t before = tl_live_blocks();
    tl_matrix m = {0};
    tl_text text = {0};
    tl_fail_after(0);
    assert_int_equal(tl_model_vector(root, "wl_nm", -1, &m, &err), TL_NOMEM);
    assert_int_equal(tl_model_table(root, "loadings", -1, -1, &m, &err), TL_NOMEM);
    assert_int_equal(tl_model_print(root, &text, &err), TL_NOMEM);
    tl_fail_after(-1);
    tl_text_free(&text);
    assert_int_equal(tl_live_blocks(), before);
    json_decref(root);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_getter_reads_what_is_there),
        cmocka_unit_test(a_model_cut_at_any_byte_is_refused),
        cmocka_unit_test(a_model_with_one_wrong_byte_never_breaks_a_getter),
        cmocka_unit_test(what_is_no_model_is_refused_with_its_reason),
        cmocka_unit_test(size_nesting_and_counts_are_bounded_before_parsing),
        cmocka_unit_test(a_wrong_value_is_named_by_its_path),
        cmocka_unit_test(a_table_must_be_whole_and_finite),
        cmocka_unit_test(numbers_and_texts_survive_a_round_trip_exactly),
        cmocka_unit_test(what_cannot_be_read_back_is_not_written),
        cmocka_unit_test(failed_allocations_leave_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
