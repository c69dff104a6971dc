/* SPDX-License-Identifier: GPL-2.0-or-later
 * What spreadsheets and statistics programs write: decimal signs, groups of thousands, titles, rows
 * and columns of nothing, headers that name one column less. */

#include "base/assumptions.h"
#include "kit/check.h"
#include "source/csv.h"

/* The sentences of a run. */
typedef struct log_text {
    char text[2000];
} log_text;

static int note(double fraction, int level, const char *message, void *user) {
    (void)fraction;
    (void)level;
    log_text *log = user;
    const size_t used = strlen(log->text);
    (void)snprintf(log->text + used, sizeof log->text - used, "%s\n", message);
    return 1;
}

static tl_code parse(const char *text, tl_text_table *t, tl_err *err) {
    return tl_source_csv_parse(text, strlen(text), "table", t, err);
}

/* The number in the last column of the first row of a text. */
static void numbers_are_read_as_their_column_means_them(void **state) {
    (void)state;
    static const struct {
        const char *text;
        double first;
    } cases[] = {
        {"id;v\nA;12,5\nB;7\n", 12.5},
        {"id,v\nA,\"12,5\"\nB,\"0,25\"\n", 12.5},
        {"id;v\nA;1.234,5\nB;2,5\n", 1234.5},
        {"id;v\nA;1.234\nB;2,5\n", 1234.0},
        {"id;v\nA;1.234\nB;2.5\n", 1.234},
        {"id,v\nA,\"1,234.5\"\nB,2.5\n", 1234.5},
        {"id,v\nA,\"1,234\"\nB,2.5\n", 1234.0},
        {"id,v\nA,\"12,345,678\"\nB,1\n", 12345678.0},
        {"id,v\nA,\"1,234\"\nB,7\n", 1234.0},
        {"id;v\nA;1,234\nB;7\n", 1.234},
        {"id;v;w\nA;1,234;1\nB;7;0,5\n", 1.234},
        {"id;v\nA;0,123\nB;0,456\n", 0.123},
        {"id;v\nA;500105,25\nB;500375,25\n", 500105.25},
        {"id;v;w\nA;500105,25;1,5\nB;500375,25;2,5\n", 500105.25},
        {"id;v\nA;1 234,5\nB;2,5\n", 1234.5},
        {"id;v\nA;1'234.5\nB;2.5\n", 1234.5},
        {"id;v\nA;\xC2\xA0-2,5E-3\xC2\xA0\nB;2,5\n", -0.0025},
        {"id;v\nA;\xE2\x88\x92"
         "2.5\nB;2.5\n",
         -2.5},
        {"id;v\nA;\xEF\xBC\x91\xEF\xBC\x92\xEF\xBC\x8E\xEF\xBC\x95\nB;2.5\n", 12.5},
        {"id;v\nA;1,5\nB;2.5\n", 1.5},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        tl_err err = {0};
        tl_text_table t;
        double value = 0.0;
        CHECK_OK(parse(cases[k].text, &t, &err));
        if (!tl_source_text_table_number(&t, 0, 1, &value) || value != cases[k].first) {
            fail_msg("%s is read as %.17g", cases[k].text, value);
        }
        tl_source_text_table_free(&t);
    }
}

static void texts_are_no_numbers(void **state) {
    (void)state;
    static const char *const texts[] = {"",    "A",   "1,2,3", "1.2.3", "12,34.5", "1 2",
                                        "1e",  "--1", "0x10",  "inf",   "nan",     "1,23,456",
                                        "5 %", "<1",  ",",     "1,",    ".",       "1,2345,678"};
    for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) {
        double value = 7.0;
        const int is_number = tl_source_text_number(texts[k], TL_NUMBER_POINT, &value);
        if (is_number || value != 7.0) {
            fail_msg("'%s' is read as %g", texts[k], value);
        }
    }
}

/* Both decimal signs in one column are read where each cell is clear, and refused where one is not. */
static void a_column_with_both_signs_is_no_guess(void **state) {
    (void)state;
    tl_err err = {0};
    tl_text_table t;
    assert_int_equal(parse("id;v\nA;1,5\nB;2.5\nC;1,234\n", &t, &err), TL_DATA);
    assert_non_null(strstr(err.text, "'1,234' (line 4)"));
    assert_non_null(strstr(err.text, "'1,5' with a decimal comma (line 2)"));
    assert_null(t.cell);
}

static void what_is_assumed_is_logged_or_refused(void **state) {
    (void)state;
    static const struct {
        const char *text;
        const char *word;
    } cases[] = {
        {"id;v\nA;12,5\n", "decimal commas are read in 1 of 2 columns, the first is 'v'"},
        {"id,v\nA,\"1,234\"\n", "is read as 1234"},
        {"id;v\nA;1,5\nB;2.5\n", "both are read as decimal signs"},
        {"Soil of 2020\nid;x;y\nA;1;2\nB;3;4\n", "'Soil of 2020' above the header"},
        {"\"id\" \"v\"\n\"1\" \"A\" 2\n\"2\" \"B\" 3\n", "write.table of R"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        tl_err err = {0};
        tl_text_table t;
        log_text log = {""};
        const tl_progress progress = {.report = note, .user = &log, .to = 1.0};
        tl_assumptions a;
        tl_assumptions_begin(&a, &progress, 0);
        CHECK_OK(parse(cases[k].text, &t, &err));
        tl_assumptions_end(&a);
        assert_non_null(strstr(log.text, cases[k].word));
        tl_source_text_table_free(&t);
        tl_assumptions_begin(&a, &progress, 1);
        assert_int_equal(parse(cases[k].text, &t, &err), TL_DATA);
        tl_assumptions_end(&a);
        assert_non_null(strstr(err.text, cases[k].word));
        assert_null(t.bytes);
    }
}

/* All of these are the table of A 1 2 and B 3 4 with the columns id, x, y. */
static void every_form_gives_the_same_table(void **state) {
    (void)state;
    static const char *const texts[] = {
        "sep=;\nid;x;y\nA;1;2\nB;3;4\n",
        "\"sep=,\"\r\nid,x,y\r\nA,1,2\r\nB,3,4\r\n",
        "sep=;;;\nid;x;y\nA;1;2\nB;3;4\n",
        "id;x;y;;\nA;1;2;;\n;;;;\nB;3;4;;\n;;;;\n;;;;\n",
        "id,x,y\n\nA,1,2\n  \n , ,\nB,3,4,\n\"\",\"\",\n",
        "id x y\nA 1 2\nB 3 4\n",
        "id   x y\n A  1   2\n B 3   4  \n",
        "id|x|y\nA|1|2\nB|3|4\n",
        "Soils;;\nof 2020;;\nid;x;y\nA;1;2\nB;3;4\n",
        "Soils\nof 2020\n\nid,x,y\nA,1,2\nB,3,4\n",
        "Soils, north\nid;x;y\nA;1;2\nB;3;4\n",
        "\xEF\xBB\xBF\"id\"\t\"x\"\t\"y\"\n\"A\"\t1\t2\n\"B\"\t3\t4\n",
        ("id\xE3\x80\x80,\xC2\xA0x,y\nA,1,\xC2\xA0"
         "2\nB,3,4\n"),
    };
    for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) {
        tl_err err = {0};
        tl_text_table t;
        CHECK_OK(parse(texts[k], &t, &err));
        if (t.ncol != 3 || t.nrow != 2 || strcmp(t.header[1], "x") != 0 ||
            strcmp(tl_source_text_table_at(&t, 1, 0), "B") != 0 ||
            strcmp(tl_source_text_table_at(&t, 1, 2), "4") != 0) {
            fail_msg("%s gives %td columns, %td rows", texts[k], t.ncol, t.nrow);
        }
        tl_source_text_table_free(&t);
    }
}

/* R writes no name for the names of rows; the columns must not move to the left. */
static void a_header_with_one_name_less_names_the_other_columns(void **state) {
    (void)state;
    static const char *const texts[] = {
        "\"id\" \"v\"\n\"1\" \"A\" 2.5\n\"2\" \"B\" 3\n",
        "\"id\",\"v\"\n\"1\",\"A\",2.5\n\"2\",\"B\",3\n",
        "id,v\n1,A,2.5\n2,B,3\n",
        "id\tv\nr1\tA\t2.5\nr2\tB\t3\n",
        "id;v\nr1;A;2,5\nr2;B;3\n",
    };
    for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++) {
        tl_err err = {0};
        tl_text_table t;
        double value = 0.0;
        CHECK_OK(parse(texts[k], &t, &err));
        assert_int_equal(t.ncol, 3);
        assert_string_equal(t.header[0], "row_name");
        assert_string_equal(tl_source_text_table_at(&t, 0, 1), "A");
        assert_int_equal(tl_source_text_table_number(&t, 0, 2, &value), 1);
        CHECK_NEAR(value, 2.5, 0.0);
        tl_source_text_table_free(&t);
    }
    /* A decimal comma without quotes looks alike and is refused. */
    tl_err err = {0};
    tl_text_table t;
    assert_int_equal(parse("id,v\nA,2,5\nB,3,5\n", &t, &err), TL_FORMAT);
    assert_non_null(strstr(err.text, "decimal commas"));
}

static void a_name_that_occurs_twice_is_refused_where_the_cells_differ(void **state) {
    (void)state;
    tl_err err = {0};
    tl_text_table t;
    ptrdiff_t column = -1;
    CHECK_OK(parse("id,SOM,note,som,note\nA,1,x,1,y\nB,2,x,3,y\n", &t, &err));
    CHECK_OK(tl_source_text_table_pick(&t, "id", "table", &column, &err));
    assert_int_equal(column, 0);
    assert_int_equal(tl_source_text_table_pick(&t, "som", "table", &column, &err), TL_DATA);
    assert_non_null(strstr(err.text, "line 3 ('2' and '3')"));
    tl_source_text_table_free(&t);
}

static void lines_are_those_of_the_file(void **state) {
    (void)state;
    tl_err err = {0};
    tl_text_table t;
    CHECK_OK(parse("sep=,\n\nid,x\nA,1\n,\n\n\"B\nb\",2\nC,3\n", &t, &err));
    assert_int_equal(t.nrow, 3);
    assert_int_equal(t.line[0], 4);
    assert_int_equal(t.line[1], 7);
    assert_int_equal(t.line[2], 9);
    tl_source_text_table_free(&t);
}

static void a_table_built_cell_by_cell_is_settled_too(void **state) {
    (void)state;
    static const char *const cells[] = {"id", " x ", "", "A", "1,5", "", "", " ", "", "B", "2", ""};
    for (ptrdiff_t after = -1; after < 8; after++) {
        tl_err err = {0};
        tl_text_table_builder b = {0};
        tl_text_table t;
        tl_code code = TL_OK;
        tl_fail_after(after);
        for (size_t k = 0; k < sizeof cells / sizeof cells[0] && code == TL_OK; k++) {
            code = tl_source_text_table_add(&b, cells[k], &err);
        }
        if (code == TL_OK) {
            code = tl_source_text_table_build(&b, 3, 2, "table", &t, &err);
        } else {
            tl_source_text_table_builder_free(&b);
        }
        tl_fail_after(-1);
        assert_true(code == TL_NOMEM || code == TL_OK);
        if (code == TL_OK) {
            double value = 0.0;
            assert_int_equal(t.nrow, 2);
            assert_int_equal(t.ncol, 2);
            assert_int_equal(t.line[1], 4);
            assert_int_equal(tl_source_text_table_number(&t, 0, 1, &value), 1);
            CHECK_NEAR(value, 1.5, 0.0);
            tl_source_text_table_free(&t);
        }
        assert_int_equal(tl_live_blocks(), 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_as_their_column_means_them),
        cmocka_unit_test(texts_are_no_numbers),
        cmocka_unit_test(a_column_with_both_signs_is_no_guess),
        cmocka_unit_test(what_is_assumed_is_logged_or_refused),
        cmocka_unit_test(every_form_gives_the_same_table),
        cmocka_unit_test(a_header_with_one_name_less_names_the_other_columns),
        cmocka_unit_test(a_name_that_occurs_twice_is_refused_where_the_cells_differ),
        cmocka_unit_test(lines_are_those_of_the_file),
        cmocka_unit_test(a_table_built_cell_by_cell_is_settled_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
