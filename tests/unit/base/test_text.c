/* SPDX-License-Identifier: GPL-2.0-or-later
 * Numbers are read and written the same way in every locale, and a written number reads back as the
 * same bits. */
#include "base/text.h"

#include "base/rng.h"
#include "kit/check.h"

static void only_whole_finite_numbers_are_numbers(void **state) {
    (void)state;
    double value = 7.0;
    assert_true(tl_parse_number(" -1.5e3 ", &value));
    CHECK_NEAR(value, -1500.0, 0.0);
    static const char *const refused[] = {"",    " ",    "1,5",   "1.5x", "0x10", "nan",
                                          "inf", "-inf", "1e999", "abc",  "--1"};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        value = 7.0;
        assert_false(tl_parse_number(refused[i], &value));
        CHECK_NEAR(value, 7.0, 0.0);
    }
    assert_false(tl_parse_number(NULL, &value));
}

static void a_written_number_reads_back_as_the_same_bits(void **state) {
    (void)state;
    tl_rng r = tl_rng_start(3, TL_STREAM_SIMULATE, 0);
    for (int i = 0; i < 2000; i++) {
        const double value = tl_rng_normal(&r) * pow(10.0, 40.0 * tl_rng_uniform(&r) - 20.0);
        tl_text text = {0};
        double back = 0.0;
        tl_text_add_number(&text, value);
        assert_true(tl_parse_number(tl_text_data(&text), &back));
        assert_memory_equal(&value, &back, sizeof value);
        tl_text_free(&text);
    }
    tl_text half = {0};
    tl_text_add_number(&half, 0.1);
    assert_string_equal(tl_text_data(&half), "0.1");
    tl_text_free(&half);
}

static void text_for_pages_is_escaped(void **state) {
    (void)state;
    tl_text text = {0};
    tl_text_add_escaped(&text, "a<b>&\"c\"'d'");
    assert_string_equal(tl_text_data(&text), "a&lt;b&gt;&amp;&quot;c&quot;&apos;d&apos;");
    tl_text_free(&text);
    assert_string_equal(tl_text_data(&text), "");
}

static void the_name_of_a_file_is_what_follows_the_last_slash(void **state) {
    (void)state;
    assert_string_equal(tl_base_name("/data/a b/scene.tif"), "scene.tif");
    assert_string_equal(tl_base_name("scene.tif"), "scene.tif");
    assert_string_equal(tl_base_name("folder/"), "");
}

static void running_out_of_memory_is_remembered(void **state) {
    (void)state;
    const ptrdiff_t before = tl_live_blocks();
    tl_text text = {0};
    tl_fail_after(0);
    tl_text_add(&text, "no room");
    tl_fail_after(-1);
    assert_true(text.failed);
    assert_string_equal(tl_text_data(&text), "");
    tl_text_free(&text);
    assert_int_equal(tl_live_blocks(), before);
}

/* "%.40s" cuts between bytes; sentences keep whole characters. */
static void cut_characters_leave_sentences(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *wanted;
    } cases[] = {
        {"\xE5\x9C\x9F'", "\xE5\x9C\x9F'"},     {"\xE5\x9C\x9F\xE5\x9C' end", "\xE5\x9C\x9F' end"},
        {"\xE5\x9C\x9F\xE5'", "\xE5\x9C\x9F'"}, {"\xE5\x9C\x9F\xF0\x9F\x8C", "\xE5\x9C\x9F"},
        {"Latin \xE9t\xE9", "Latin \xE9t\xE9"}, {"", ""}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        char text[40];
        (void)snprintf(text, sizeof text, "%s", cases[k].text);
        tl_utf8_mend(text);
        assert_string_equal(text, cases[k].wanted);
    }
    tl_err err = {0};
    (void)tl_fail(&err, TL_DATA, "%.4s'", "\xE5\x9C\x9F\xE5\x9C\x9F");
    assert_string_equal(err.text, "\xE5\x9C\x9F'");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_characters_leave_sentences),
        cmocka_unit_test(only_whole_finite_numbers_are_numbers),
        cmocka_unit_test(a_written_number_reads_back_as_the_same_bits),
        cmocka_unit_test(text_for_pages_is_escaped),
        cmocka_unit_test(the_name_of_a_file_is_what_follows_the_last_slash),
        cmocka_unit_test(running_out_of_memory_is_remembered),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
