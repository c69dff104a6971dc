/* SPDX-License-Identifier: GPL-2.0-or-later
 * Parameters as JSON text: values that JSON cannot contain are refused with the name of their
 * parameter, and so are integers that a front end cannot carry. */
#include "job/algorithm.h"
#include "kit/check.h"
#include "tools/registry.h"

static const tl_arg arguments[] = {
    {.id = "height", .kind = TL_ARG_NUMBER, .label = "Height", .unit = "m", .fallback = "1"},
    {.id = "seed", .kind = TL_ARG_INTEGER, .label = "Seed", .unit = "", .fallback = "1"},
    {.id = "share",
     .kind = TL_ARG_NUMBER,
     .label = "Share",
     .unit = "",
     .fallback = "0.5",
     .min = 0,
     .max = 1},
    {.id = "title", .kind = TL_ARG_TEXT, .label = "Title", .optional = 1},
    {.id = "name", .kind = TL_ARG_TEXT, .label = "Name", .fallback = "a"},
};

static const tl_algorithm tool = {.id = "tool", .arg = arguments, .n_arg = TL_COUNT(arguments)};
static const tl_store nothing = {0};

static tl_code check(const char *json, tl_err *err) {
    json_t *params = NULL;
    tl_code code = tl_job_parse_params(json, "tool", &params, err);
    if (code == TL_OK) {
        code = tl_job_check_descriptor(&tool, params, &nothing, err);
        json_decref(params);
    }
    return code;
}

static void refused(const char *json, const char *sentence) {
    tl_err err = {0};
    assert_int_equal(check(json, &err), TL_ARG);
    assert_string_equal(err.text, sentence);
}

static void good(const char *json) {
    tl_err err = {0};
    CHECK_OK(check(json, &err));
}

static void what_json_cannot_contain_names_its_parameter(void **state) {
    (void)state;
    refused("{\"height\": NaN}",
            "parameter 'height' is NaN; wanted number, or leave it out for its default");
    refused("{\"share\": 0.5, \"height\": -Infinity, \"seed\": 3}",
            "parameter 'height' is -Infinity; wanted number, or leave it out for its default");
    refused("{\"seed\": 1e999}",
            "parameter 'seed' is 1e999; wanted integer, or leave it out for its default");
    refused("{\"height\": [nan]}",
            "parameter 'height' is nan; wanted number, or leave it out for its default");
    refused("{\"title\": NaN}",
            "parameter 'title' is NaN; wanted text, or leave it out for its default");
    refused("{\"seed\": 99999999999999999999}",
            "parameter 'seed' is 99999999999999999999; wanted integer, or leave it out for its "
            "default");
    refused("{\"share\": .5}",
            "parameter 'share' is .5; wanted number, or leave it out for its default");
    refused("{\"share\": {\"a\": 1}}",
            "parameter 'share' holds a nested value; wanted one text or number");
}

static void texts_that_look_like_it_stay_texts(void **state) {
    (void)state;
    good("{\"title\": \"NaN: \\\"Infinity\\\" \\\\\", \"share\": 1e-3, \"height\": null}");
    refused("{\"share\": 0.5",
            "the parameters of tool are not valid JSON (line 1, column 13: '}' expected near "
            "end of file)");
    refused("{\"title\": \"NaN",
            "the parameters of tool are not valid JSON (line 1, column 14: premature end of "
            "input near '\"NaN')");
    refused(
        "",
        "the parameters of tool are not valid JSON (line 1, column 0: '[' or '{' expected near end of "
        "file)");
    refused(
        "{\"seed\": 1, \"seed\": 2}",
        "the parameters of tool are not valid JSON (line 1, column 18: duplicate object key near "
        "'\"seed\"')");
}

static void integers_end_where_a_front_end_ends(void **state) {
    (void)state;
    good("{\"seed\": 2147483647}");
    good("{\"seed\": \"-2147483647\"}");
    refused("{\"seed\": 2147483648}",
            "parameter 'seed' is 2147483648; wanted -2147483647 to 2147483647");
    refused("{\"seed\": \"3000000000\"}",
            "parameter 'seed' is 3000000000; wanted -2147483647 to 2147483647");
    refused("{\"seed\": 4294967297}",
            "parameter 'seed' is 4294967297; wanted -2147483647 to 2147483647");
    refused("{\"seed\": -1e18}", "parameter 'seed' is -1e+18; wanted -2147483647 to 2147483647");
    refused("{\"seed\": 9223372036854775807}",
            "parameter 'seed' is 9223372036854775807; wanted -2147483647 to 2147483647");
    refused("{\"share\": 1.0000000001}", "parameter 'share' is 1.0000000001; wanted 0 to 1");
}

static void text_in_a_number_names_its_parameter(void **state) {
    (void)state;
    refused("{\"height\": \"\\u00b5\"}",
            "parameter 'height' is '\xc2\xb5'; wanted a number in m with "
            "a decimal point, such as 0.5");
    refused("{\"height\": true}",
            "parameter 'height' is 'yes'; wanted a number in m with a decimal point, such as 0.5");
    refused("{\"seed\": \"1.5\"}", "parameter 'seed' is 1.5; wanted a whole number");
    refused("{\"height\": \"0x10\"}",
            "parameter 'height' is '0x10'; wanted a number in m with a decimal point, such as 0.5");
}

/* The descriptions promise the ranges to every front end, and the dialogs hold 32 bits. */
static void every_tool_describes_integers_that_fit(void **state) {
    (void)state;
    json_t *all = tl_tools_describe();
    size_t n = 0;
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(all, "algorithms"), i, one) {
        size_t k;
        json_t *parameter;
        json_array_foreach(json_object_get(one, "parameters"), k, parameter) {
            if (strcmp(json_string_value(json_object_get(parameter, "kind")), "integer") == 0) {
                const double max = json_number_value(json_object_get(parameter, "max"));
                assert_true(json_number_value(json_object_get(parameter, "min")) >= -2147483647.0);
                assert_true(max > 0.0 && max <= 2147483647.0);
                n++;
            }
        }
    }
    assert_true(n > 20);
    json_decref(all);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_json_cannot_contain_names_its_parameter),
        cmocka_unit_test(texts_that_look_like_it_stay_texts),
        cmocka_unit_test(integers_end_where_a_front_end_ends),
        cmocka_unit_test(text_in_a_number_names_its_parameter),
        cmocka_unit_test(every_tool_describes_integers_that_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
