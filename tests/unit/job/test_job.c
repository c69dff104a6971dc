/* SPDX-License-Identifier: GPL-2.0-or-later
 * What holds for every tool: parameters are checked with one sentence, outputs appear whole or not
 * at all, the run record depends on neither paths nor threads. */
#include <unistd.h>

#include "job/numbers.h"
#include "kit/check.h"
#include "tools/registry.h"
#include "unit/tools/store_kit.h"

/* --- a store of plain files, just what a job itself needs --- */

static int file_exists(const char *path) {
    return access(path, F_OK) == 0;
}

static tl_code move(const char *temporary, const char *name) {
    return rename(temporary, name) == 0 ? TL_OK : TL_IO;
}

static void discard(const char *path) {
    (void)unlink(path);
}

/* By name only: how files are told apart is the business of the store. */
static tl_code check_files(const tl_file_use *use, ptrdiff_t n, tl_err *err) {
    for (ptrdiff_t i = 0; i < n; i++) {
        for (ptrdiff_t k = 0; k < n; k++) {
            if (i != k && use[i].target != NULL && strcmp(use[i].path, use[k].path) == 0) {
                return tl_fail(err, TL_ARG, "parameter '%s' and parameter '%s' both name '%s'",
                               use[i].parameter, use[k].parameter, use[i].path);
            }
        }
    }
    return TL_OK;
}

/* What can be written is the business of the store, too. */
static tl_code check_target(const tl_target *t, tl_err *err) {
    return strncmp(t->path, "/no/", 4) != 0
               ? TL_OK
               : tl_fail(err, TL_ARG, "%s: the store takes no '%s' (%s)", t->parameter, t->path,
                         t->extensions);
}

static const tl_store files = {.exists = file_exists,
                               .check_files = check_files,
                               .check_target = check_target,
                               .fingerprint = kit_fingerprint,
                               KIT_OUTPUTS};

/* --- a tool that writes its parameters into a file --- */

static const tl_arg arguments[] = {
    {.id = "input", .kind = TL_ARG_FILE, .label = "Input", .help = "A file.", .optional = 1},
    {.id = "weight",
     .kind = TL_ARG_NUMBER,
     .label = "Weight",
     .unit = "kg",
     .help = "A number.",
     .fallback = "0.5",
     .min = 0,
     .max = 2},
    {.id = "count",
     .kind = TL_ARG_INTEGER,
     .label = "Count",
     .unit = "",
     .help = "A number.",
     .fallback = "3"},
    {.id = "mode",
     .kind = TL_ARG_CHOICE,
     .label = "Mode",
     .help = "A word.",
     .fallback = "slow",
     .choices = "fast,slow"},
    {.id = "loud", .kind = TL_ARG_FLAG, .label = "Loud", .help = "A flag.", .fallback = "no"},
    {.id = "maps", .kind = TL_ARG_RASTERS, .label = "Maps", .help = "Files.", .optional = 1},
    {.id = "fail",
     .kind = TL_ARG_FLAG,
     .label = "Fail",
     .help = "Fails after writing.",
     .fallback = "no"},
    {.id = "output", .kind = TL_ARG_TABLE_OUT, .label = "Output", .help = "A file."},
};

static tl_code write_parameters(tl_job *job, tl_err *err) {
    FILE *file = fopen(tl_job_output(job, "output"), "wb");
    if (file == NULL) {
        return tl_fail(err, TL_IO, "output: cannot be written");
    }
    const char *record = NULL;
    const tl_code code = tl_job_record(job, &record, err);
    if (code == TL_OK) {
        fprintf(file, "%s", record);
    }
    fclose(file);
    TL_TRY(code);
    tl_job_put_number(job, "weight", tl_job_number(job, "weight"));
    tl_job_put_number(job, "mode", tl_job_choice(job, "mode"));
    TL_TRY(tl_progress_at(tl_job_progress(job), 0.9, err));
    return tl_job_flag(job, "fail") ? tl_fail(err, TL_DATA, "failed as asked") : TL_OK;
}

static const tl_algorithm tool = {.id = "writeparameters",
                                  .arg = arguments,
                                  .n_arg = TL_COUNT(arguments),
                                  .run = write_parameters};

static char folder[] = "/tmp/tilth-test-job-XXXXXX";
static char target[256];

static int make_folder(void **state) {
    (void)state;
    if (mkdtemp(folder) == NULL) {
        return -1;
    }
    (void)snprintf(target, sizeof target, "%s/out.csv", folder);
    kit_move = move;
    kit_forget = discard;
    return 0;
}

static int remove_folder(void **state) {
    (void)state;
    (void)unlink(target);
    return rmdir(folder); /* fails, and with it the group, when a test left anything else behind */
}

/* Runs the tool with these parameters and, unless they name another, the output target. */
static tl_code run_with(const char *json, const tl_progress *progress, json_t **result,
                        tl_err *err) {
    const ptrdiff_t left = tl_fail_after(-1); /* the parameters themselves are always there */
    json_t *params = json_loads(json, 0, NULL);
    assert_non_null(params);
    if (json_object_get(params, "output") == NULL) {
        json_object_set_new(params, "output", json_string(target));
    }
    (void)tl_fail_after(left);
    const tl_code code = tl_job_run(&tool, params, &files, progress, result, NULL, err);
    json_decref(params);
    return code;
}

static void expect_sentence(const char *json, const char *sentence) {
    tl_err err = {0};
    json_t *result = NULL;
    assert_int_equal(run_with(json, NULL, &result, &err), TL_ARG);
    assert_null(result);
    assert_string_equal(err.text, sentence);
}

static void a_bad_parameter_gets_one_sentence(void **state) {
    (void)state;
    expect_sentence(
        "{\"weight\": \"heavy\"}",
        "parameter 'weight' is 'heavy'; wanted a number in kg with a decimal point, such as 0.5");
    expect_sentence(
        "{\"weight\": \"0,7\"}",
        "parameter 'weight' is '0,7'; wanted a number in kg with a decimal point, such as 0.5");
    expect_sentence("{\"weight\": 3}", "parameter 'weight' is 3; wanted 0 to 2 kg");
    expect_sentence("{\"count\": 1.5}", "parameter 'count' is 1.5; wanted a whole number");
    expect_sentence("{\"mode\": \"quick\"}",
                    "parameter 'mode' is 'quick'; wanted one of: fast, slow");
    expect_sentence("{\"loud\": \"maybe\"}", "parameter 'loud' is 'maybe'; wanted yes or no");
    expect_sentence("{\"weight\": [1, 2]}", "parameter 'weight' was given 2 times; wanted once");
    expect_sentence("{\"input\": \"/no/such.csv\"}",
                    "parameter 'input': there is no file '/no/such.csv'");
    expect_sentence("{\"output\": \"\"}",
                    "parameter 'output' is missing; name the file to write (Output)");
    expect_sentence("{\"output\": \"/no/such/folder/x.csv\"}",
                    "output: the store takes no '/no/such/folder/x.csv' (csv,txt)");
    expect_sentence(
        "{\"wieght\": 1}",
        "writeparameters has no parameter 'wieght'; did you mean 'weight'? it has: input, weight, count, "
        "mode, loud, maps, fail, output");
    assert_false(file_exists(target));
}

static void fallbacks_and_texts_give_values(void **state) {
    (void)state;
    tl_err err = {0};
    json_t *result = NULL;
    CHECK_OK(run_with("{\"weight\": \"1.25\", \"mode\": \"fast\"}", NULL, &result, &err));
    CHECK_NEAR(json_number_value(json_object_get(result, "weight")), 1.25, 0.0);
    CHECK_NEAR(json_number_value(json_object_get(result, "mode")), 0.0, 0.0);
    assert_string_equal(json_string_value(json_object_get(result, "output")), target);
    json_decref(result);
    assert_true(file_exists(target));
}

static void read_target(char *text, size_t capacity) {
    FILE *file = fopen(target, "rb");
    assert_non_null(file);
    text[fread(text, 1, capacity - 1, file)] = '\0';
    fclose(file);
}

static void the_record_does_not_depend_on_threads_or_paths(void **state) {
    (void)state;
    tl_err err = {0};
    char one[1024];
    char two[1024];
    json_t *result = NULL;
    CHECK_OK(run_with("{\"threads\": 1}", NULL, &result, &err));
    json_decref(result);
    read_target(one, sizeof one);
    CHECK_OK(run_with("{\"threads\": 2, \"memory\": 2048}", NULL, &result, &err));
    json_decref(result);
    read_target(two, sizeof two);
    assert_string_equal(one, two);
    assert_null(strstr(one, folder));
    assert_non_null(strstr(one, "writeparameters"));
}

static void a_failing_tool_leaves_the_old_file(void **state) {
    (void)state;
    tl_err err = {0};
    json_t *result = NULL;
    FILE *old = fopen(target, "wb");
    fprintf(old, "old");
    fclose(old);
    assert_int_equal(run_with("{\"fail\": true}", NULL, &result, &err), TL_DATA);
    assert_null(result);
    char text[1024];
    read_target(text, sizeof text);
    assert_string_equal(text, "old");
}

static int refuse_after_start(double fraction, int level, const char *message, void *user) {
    (void)level;
    (void)message;
    (void)user;
    return fraction < 0.5;
}

static void a_cancelled_run_leaves_the_old_file(void **state) {
    (void)state;
    tl_err err = {0};
    json_t *result = NULL;
    const tl_progress progress = {.report = refuse_after_start, .to = 1.0};
    FILE *old = fopen(target, "wb");
    fprintf(old, "old");
    fclose(old);
    assert_int_equal(run_with("{}", &progress, &result, &err), TL_CANCELLED);
    char text[1024];
    read_target(text, sizeof text);
    assert_string_equal(text, "old");
}

static double cache_bound = 4e9;
static double least_cache_bound = 4e9;

static double limit_cache(double bytes) {
    const double before = cache_bound;
    cache_bound = bytes < 0.0 ? cache_bound : bytes;
    least_cache_bound = cache_bound < least_cache_bound ? cache_bound : least_cache_bound;
    return before;
}

/* What the readers keep for later counts as memory of the run, and is theirs again after it. */
static void the_cache_of_the_readers_is_held_to_a_quarter_of_the_memory(void **state) {
    (void)state;
    tl_store bounded = files;
    bounded.limit_cache = limit_cache;
    char text[300];
    (void)snprintf(text, sizeof text, "{\"output\": \"%s\", \"memory\": 100}", target);
    json_t *params = json_loads(text, 0, NULL);
    json_t *result = NULL;
    tl_err err = {0};
    assert_int_equal(tl_job_run(&tool, params, &bounded, NULL, &result, NULL, &err), TL_OK);
    CHECK_NEAR(least_cache_bound, 25.0 * 1048576.0, 0.0);
    CHECK_NEAR(cache_bound, 4e9, 0.0);
    json_decref(result);
    json_decref(params);
}

static void an_output_may_not_be_an_input(void **state) {
    (void)state;
    tl_err err = {0};
    char json[1024];
    FILE *old = fopen(target, "wb");
    fprintf(old, "old");
    fclose(old);
    (void)snprintf(json, sizeof json, "{\"input\": \"%s\"}", target);
    json_t *result = NULL;
    assert_int_equal(run_with(json, NULL, &result, &err), TL_ARG);
    assert_non_null(strstr(err.text, "both name"));
}

static void nothing_is_leaked_when_memory_is_out(void **state) {
    (void)state;
    const ptrdiff_t before = tl_live_blocks();
    int succeeded = 0;
    for (ptrdiff_t n = 0; n < 200 && !succeeded; n++) {
        json_t *result = NULL;
        tl_err err = {0};
        tl_fail_after(n);
        succeeded = run_with("{\"weight\": 1.5}", NULL, &result, &err) == TL_OK;
        tl_fail_after(-1);
        json_decref(result);
        assert_int_equal(tl_live_blocks(), before);
    }
    assert_true(succeeded);
}

/* The table of kinds decides what is checked, so its contents must agree with the names. */
static void the_kinds_have_the_content_of_their_names(void **state) {
    (void)state;
    assert_true(tl_job_arg_is_input(TL_ARG_RASTER));
    assert_true(tl_job_arg_is_input(TL_ARG_FILES));
    assert_false(tl_job_arg_is_input(TL_ARG_FIELD));
    assert_false(tl_job_arg_is_input(TL_ARG_RASTER_OUT));
    assert_true(tl_job_arg_is_list(TL_ARG_RASTERS));
    assert_false(tl_job_arg_is_list(TL_ARG_RASTER));
    assert_int_equal(tl_job_arg_content(TL_ARG_INTEGER), TL_CONTENT_NUMBER);
    assert_int_equal(tl_job_arg_content(TL_ARG_FLAG), TL_CONTENT_WORD);
    for (int kind = TL_ARG_RASTER; kind <= TL_ARG_VRT_OUT; kind++) {
        const char *word = tl_job_arg_kind_word((tl_arg_kind)kind);
        const size_t length = strlen(word);
        const int out = length > 4 && strcmp(word + length - 4, "_out") == 0;
        assert_int_equal(tl_job_arg_is_output((tl_arg_kind)kind), out);
    }
}

static tl_code ask_for_an_unknown_parameter(tl_job *job, tl_err *err) {
    (void)err;
    assert_false(tl_job_has(job, "colour"));
    assert_false(tl_job_given(job, "colour"));
    assert_null(tl_job_text(job, "colour"));
    return TL_OK;
}

static void a_tool_that_asks_for_an_unknown_parameter_fails(void **state) {
    (void)state;
    const tl_algorithm faulty = {.id = "faulty", .run = ask_for_an_unknown_parameter};
    json_t *params = json_object();
    json_t *result = NULL;
    tl_err err = {0};
    assert_int_equal(tl_job_run(&faulty, params, &files, NULL, &result, NULL, &err), TL_INTERNAL);
    assert_null(result);
    assert_non_null(strstr(err.text, "'colour'"));
    json_decref(params);
}

static tl_code read_limits(tl_job *job, tl_err *err) {
    double number[3] = {0};
    ptrdiff_t n = 0;
    TL_TRY(tl_job_read_increasing(job, "limits", 3, number, &n, err));
    tl_job_put_number(job, "n", (double)n);
    tl_job_put_number(job, "last", number[n - 1]);
    return TL_OK;
}

static void limits_are_increasing_numbers(void **state) {
    (void)state;
    static const tl_arg text[] = {
        {.id = "limits", .kind = TL_ARG_TEXT, .label = "Limits", .help = "Numbers."}};
    static const char *const bad[] = {"", "2 1", "1 1", "1 2 3 4", "1, 2", "one"};
    const tl_algorithm reader = {.id = "reader", .arg = text, .n_arg = 1, .run = read_limits};
    json_t *result = NULL;
    tl_err err = {0};
    json_t *params = json_pack("{s:s}", "limits", " 0.5 1;2.25 ");
    CHECK_OK(tl_job_run(&reader, params, &files, NULL, &result, NULL, &err));
    CHECK_NEAR(json_number_value(json_object_get(result, "n")), 3.0, 0.0);
    CHECK_NEAR(json_number_value(json_object_get(result, "last")), 2.25, 0.0);
    json_decref(result);
    for (ptrdiff_t i = 0; i < TL_COUNT(bad); i++) {
        json_object_set_new(params, "limits", json_string(bad[i]));
        assert_int_equal(tl_job_run(&reader, params, &files, NULL, &result, NULL, &err), TL_ARG);
        assert_non_null(strstr(err.text, "wanted 1 to 3 increasing numbers"));
    }
    json_decref(params);
}

static size_t count_items(const char *list, char separator) {
    size_t n = 1;
    for (const char *c = list; *c != '\0'; c++) {
        n += *c == separator;
    }
    return n;
}

/* Every tool that is registered can be described, and its descriptor is complete. */
static void every_descriptor_is_complete(void **state) {
    (void)state;
    assert_true(tl_tools_count() > 0);
    for (ptrdiff_t i = 0; i < tl_tools_count(); i++) {
        const tl_algorithm *alg = tl_tools_at(i);
        assert_ptr_equal(tl_tools_find(alg->id), alg);
        assert_non_null(alg->run);
        const char *const needed[] = {alg->title,   alg->group,    alg->summary, alg->help,
                                      alg->example, alg->citation, alg->tags};
        for (size_t k = 0; k < sizeof needed / sizeof needed[0]; k++) {
            if (needed[k] == NULL || needed[k][0] == '\0') {
                fail_msg("%s lacks text %zu of its descriptor", alg->id, k);
            }
        }
        for (ptrdiff_t k = 0; k < alg->n_arg; k++) {
            const tl_arg *arg = &alg->arg[k];
            const int number = arg->kind == TL_ARG_NUMBER || arg->kind == TL_ARG_INTEGER;
            if (arg->help == NULL || arg->label == NULL || (number && arg->unit == NULL) ||
                (arg->kind == TL_ARG_CHOICE && arg->choices == NULL)) {
                fail_msg("%s: parameter %s is not fully described", alg->id, arg->id);
            }
            if (arg->labels != NULL &&
                count_items(arg->labels, '|') != count_items(arg->choices, ',')) {
                fail_msg("%s: parameter %s has another number of labels than choices", alg->id,
                         arg->id);
            }
        }
    }
    json_t *all = tl_tools_describe();
    assert_int_equal(json_array_size(json_object_get(all, "algorithms")), tl_tools_count());
    json_decref(all);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bad_parameter_gets_one_sentence),
        cmocka_unit_test(fallbacks_and_texts_give_values),
        cmocka_unit_test(the_record_does_not_depend_on_threads_or_paths),
        cmocka_unit_test(a_failing_tool_leaves_the_old_file),
        cmocka_unit_test(a_cancelled_run_leaves_the_old_file),
        cmocka_unit_test(the_cache_of_the_readers_is_held_to_a_quarter_of_the_memory),
        cmocka_unit_test(an_output_may_not_be_an_input),
        cmocka_unit_test(nothing_is_leaked_when_memory_is_out),
        cmocka_unit_test(the_kinds_have_the_content_of_their_names),
        cmocka_unit_test(a_tool_that_asks_for_an_unknown_parameter_fails),
        cmocka_unit_test(limits_are_increasing_numbers),
        cmocka_unit_test(every_descriptor_is_complete),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
