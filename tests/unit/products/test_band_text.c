/* SPDX-License-Identifier: GPL-2.0-or-later
 * Tests of the small texts with one line of numbers per band. */
#include "products/band_text.h"

#include <string.h>

#include "base/alloc.h"
#include "kit/check.h"

static tl_code parse(const char *bytes, tl_band_text *text, tl_err *err) {
    return tl_products_band_text_parse(bytes, strlen(bytes), "gains", text, err);
}

static void every_way_of_splitting_gives_the_same_numbers(void **state) {
    (void)state;
    static const char *const texts[] = {"0.02,1.5\n0.03,2.5\n",
                                        "0.02\t1.5\r\n0.03\t2.5\r\n",
                                        "0.02 1.5\n0.03   2.5",
                                        "\xEF\xBB\xBF 0.02;1.5\n\n0.03 ; 2.5\n\n",
                                        "gain,offset\n0.02,1.5\n0.03,2.5\n",
                                        "band,gain,offset\n1,0.02,1.5\n2,0.03,2.5\n",
                                        "1 2.0e-2 1.5\n2 3e-2 +2.5\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        tl_err err = {0};
        tl_band_text text;
        CHECK_OK(parse(texts[i], &text, &err));
        assert_int_equal(text.nrow, 2);
        assert_int_equal(text.ncol, 2);
        assert_float_equal(text.value[0], 0.02, 1e-15);
        assert_float_equal(text.value[1], 1.5, 1e-15);
        assert_float_equal(text.value[2], 0.03, 1e-15);
        assert_float_equal(text.value[3], 2.5, 1e-15);
        tl_products_band_text_free(&text);
    }
}

static void gains_alone_and_one_line_are_understood(void **state) {
    (void)state;
    tl_err err = {0};
    tl_band_text text;
    CHECK_OK(parse("0.5\n0.25\n0.125\n", &text, &err));
    assert_int_equal(text.nrow, 3);
    assert_int_equal(text.ncol, 1);
    tl_products_band_text_free(&text);
    CHECK_OK(parse("0.5", &text, &err));
    assert_int_equal(text.nrow, 1);
    tl_products_band_text_free(&text);
}

static void what_is_no_such_text_is_named_with_its_line(void **state) {
    (void)state;
    static const char *const texts[] = {"",
                                        "gain,offset\n",
                                        "0.1,2\n0.1\n",
                                        "0.1\nx\n",
                                        "0.1\n1,5x\n",
                                        "\xFF\xFE\x00\x01",
                                        "0.1\n0.1 nan\n",
                                        "a b\nc d\n"};
    static const char *const words[] = {"no numbers", "no numbers", "line 2 has 1", "line 2",
                                        "line 2",     "gains",      "line 2",       "line 2"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        tl_err err = {0};
        tl_band_text text;
        assert_int_equal(parse(texts[i], &text, &err), TL_FORMAT);
        if (strstr(err.text, words[i]) == NULL) {
            fail_msg("text %zu: %s", i, err.text);
        }
        assert_null(text.value);
    }
    assert_int_equal(tl_live_blocks(), 0);
}

static void a_text_without_end_is_refused(void **state) {
    (void)state;
    enum { lines = 70000 };
    char *bytes = tl_acquire(2 * lines, 1);
    for (ptrdiff_t i = 0; i < lines; i++) {
        memcpy(bytes + 2 * i, "1\n", 2);
    }
    tl_err err = {0};
    tl_band_text text;
    assert_int_equal(tl_products_band_text_parse(bytes, 2 * lines, "gains", &text, &err),
                     TL_FORMAT);
    tl_release(bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_of_splitting_gives_the_same_numbers),
        cmocka_unit_test(gains_alone_and_one_line_are_understood),
        cmocka_unit_test(what_is_no_such_text_is_named_with_its_line),
        cmocka_unit_test(a_text_without_end_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
