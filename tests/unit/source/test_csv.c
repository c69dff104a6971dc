/* SPDX-License-Identifier: GPL-2.0-or-later
 * Delimited texts become tables of texts, and hostile ones a sentence. */
#include "kit/check.h"
#include "source/csv.h"

static tl_code parse(const char *text, tl_text_table *csv, tl_err *err) {
    return tl_source_csv_parse(text, strlen(text), "table", csv, err);
}

/* The same table with commas, semicolons and tabs, with a byte order mark and Windows line ends. */
static void every_delimiter_gives_the_same_table(void **state) {
    (void)state;
    static const char *const texts[] = {"id,x,y\nA,1,2\nB,3,4\n", "id;x;y\r\nA;1;2\r\nB;3;4",
                                        "\xEF\xBB\xBFid\tx\ty\nA\t1\t2\n\nB\t3\t4\n\n",
                                        " id , x ,y\n\"A\", 1,2\n\"B\" ,3 ,\"4\"\n"};
    for (size_t k = 0; k < 4; k++) {
        tl_err err = {0};
        tl_text_table csv;
        CHECK_OK(parse(texts[k], &csv, &err));
        assert_int_equal(csv.ncol, 3);
        assert_int_equal(csv.nrow, 2);
        assert_string_equal(csv.header[0], "id");
        assert_int_equal(tl_source_text_table_column(&csv, "Y"), 2);
        assert_string_equal(tl_source_text_table_at(&csv, 1, 0), "B");
        assert_string_equal(tl_source_text_table_at(&csv, 1, 2), "4");
        tl_source_text_table_free(&csv);
    }
}

static void quotes_protect_delimiters_quotes_and_line_breaks(void **state) {
    (void)state;
    tl_err err = {0};
    tl_text_table csv;
    CHECK_OK(parse("name,note\n\"a, b\",\"said \"\"no\"\"\nand left\"\n", &csv, &err));
    assert_int_equal(csv.nrow, 1);
    assert_string_equal(tl_source_text_table_at(&csv, 0, 0), "a, b");
    assert_string_equal(tl_source_text_table_at(&csv, 0, 1), "said \"no\"\nand left");
    tl_source_text_table_free(&csv);
}

static void short_rows_are_filled_and_long_ones_refused(void **state) {
    (void)state;
    tl_err err = {0};
    tl_text_table csv;
    CHECK_OK(parse("a,b,c\n1\n2,3,4,\n", &csv, &err));
    assert_string_equal(tl_source_text_table_at(&csv, 0, 2), "");
    tl_source_text_table_free(&csv);
    assert_int_equal(parse("a,b\n1,2\n1,2,3\n", &csv, &err), TL_FORMAT);
    assert_non_null(strstr(err.text, "line 3"));
}

static void broken_texts_give_a_sentence(void **state) {
    (void)state;
    static const char *const texts[] = {"", "\n\n", "a,b\n\"1,2\n3,4\n", "\"a,b\n1,2\n"};
    for (size_t k = 0; k < 4; k++) {
        tl_err err = {0};
        tl_text_table csv;
        assert_int_equal(parse(texts[k], &csv, &err), TL_FORMAT);
        assert_true(strlen(err.text) > 10);
        assert_null(csv.bytes);
    }
    tl_err err = {0};
    tl_text_table csv;
    assert_int_equal(tl_source_csv_parse("a,b\n1,\0\n", 8, "table", &csv, &err), TL_FORMAT);
}

/* Spreadsheets of Chinese and European systems write GBK and Latin-1 tables by default:
 * their ids would match nothing, so the sentence names the remedy. */
static void other_encodings_are_refused_with_the_way_out(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t length;
        const char *word;
    } cases[] = {
        {"id,\xD3\xD0\xBB\xFA\xD6\xCA\nA,1\n", 14, "not UTF-8 text (line 1)"},
        {"id,slope\nA,5\xB0\n", 13, "not UTF-8 text (line 2)"},
        {"\xFF\xFEi\0d\0\n\0", 8, "NUL bytes"},
        {"a\n\xC0\x80\n", 5, "not UTF-8"},
        {"a\n\xE0\x80\x80\n", 6, "not UTF-8"},
        {"a\n\xE6\x9C", 4, "not UTF-8"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        tl_err err = {0};
        tl_text_table csv;
        assert_int_equal(tl_source_csv_parse(cases[k].text, cases[k].length, "table", &csv, &err),
                         TL_FORMAT);
        assert_non_null(strstr(err.text, cases[k].word));
        assert_null(csv.bytes);
    }
    tl_err err = {0};
    tl_text_table csv;
    const char whole[] =
        "\xEF\xBB\xBF\xE6\x9C\x89\xE6\x9C\xBA\xE8\xB4\xA8,\xC2\xB0\n\xF0\x9F\x8C\xB1,2\n";
    assert_int_equal(tl_source_csv_parse(whole, sizeof whole - 1, "table", &csv, &err), TL_OK);
    assert_int_equal(tl_source_text_table_column(&csv, "\xE6\x9C\x89\xE6\x9C\xBA\xE8\xB4\xA8"), 0);
    tl_source_text_table_free(&csv);
}

/* A table cut anywhere, or with any byte turned into a quote, a delimiter or a line break, is
 * either a table or a sentence, and nothing stays in memory. */
static void every_cut_and_every_flip_is_survived(void **state) {
    (void)state;
    const char whole[] = "id,350,351\n\"S 1\",0.1,0.2\r\nS2;\t\"x\"\"y\",\"\"\n";
    const size_t n = sizeof whole - 1;
    const ptrdiff_t before = tl_live_blocks();
    for (size_t cut = 0; cut <= n; cut++) {
        tl_text_table csv;
        if (tl_source_csv_parse(whole, cut, "table", &csv, NULL) == TL_OK) {
            assert_true(csv.ncol > 0);
            tl_source_text_table_free(&csv);
        }
    }
    static const char flips[] = {'"', ',', ';', '\n', '\r', '\t', ' ', '\0'};
    for (size_t at = 0; at < n; at++) {
        for (size_t f = 0; f < sizeof flips; f++) {
            char text[sizeof whole];
            memcpy(text, whole, sizeof whole);
            text[at] = flips[f];
            tl_text_table csv;
            if (tl_source_csv_parse(text, n, "table", &csv, NULL) == TL_OK) {
                tl_source_text_table_free(&csv);
            }
        }
    }
    assert_int_equal(tl_live_blocks(), before);
}

static void running_out_of_memory_leaves_nothing_behind(void **state) {
    (void)state;
    const ptrdiff_t before = tl_live_blocks();
    for (ptrdiff_t n = 0; n < 3; n++) {
        tl_text_table csv;
        tl_fail_after(n);
        const tl_code code = parse("a,b\n1,2\n", &csv, NULL);
        tl_fail_after(-1);
        assert_int_equal(code, TL_NOMEM);
        assert_int_equal(tl_live_blocks(), before);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_delimiter_gives_the_same_table),
        cmocka_unit_test(quotes_protect_delimiters_quotes_and_line_breaks),
        cmocka_unit_test(short_rows_are_filled_and_long_ones_refused),
        cmocka_unit_test(broken_texts_give_a_sentence),
        cmocka_unit_test(other_encodings_are_refused_with_the_way_out),
        cmocka_unit_test(every_cut_and_every_flip_is_survived),
        cmocka_unit_test(running_out_of_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
