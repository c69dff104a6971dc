/* SPDX-License-Identifier: GPL-2.0-or-later
 * Whole files, result tables, fingerprints, renaming into place, other programs. */
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "io/gdal_call.h"
#include "unit/io/io_kit.h"

static void bytes_come_back_and_limits_hold(void **state) {
    (void)state;
    const tl_store *store = tl_store_gdal();
    tl_err err = {0};
    char *bytes = NULL;
    size_t length = 0;
    CHECK_OK(store->write_bytes(kit_path("b"), "output", "a\0b", 3, &err));
    CHECK_OK(store->read_bytes(kit_path("b"), "model", 3, &bytes, &length, &err));
    assert_int_equal(length, 3);
    assert_memory_equal(bytes, "a\0b\0", 4);
    tl_release(bytes);
    assert_int_equal(store->read_bytes(kit_path("b"), "model", 2, &bytes, &length, &err), TL_IO);
    CHECK_SAYS(err, "at most 2");
    assert_int_equal(store->read_bytes(kit_path("none"), "model", 2, &bytes, &length, &err), TL_IO);
    CHECK_SAYS(err, "model: there is no file");
    assert_int_equal(store->read_bytes(kit_folder, "model", 9999, &bytes, &length, &err), TL_IO);
    CHECK_SAYS(err, "folder");
    assert_int_equal(store->write_bytes(kit_path("no/b"), "output", "a", 1, &err), TL_IO);
    CHECK_SAYS(err, "does not exist");
    CHECK_OK(store->write_bytes(kit_path("b"), "output", NULL, 0, &err));
    CHECK_OK(store->read_bytes(kit_path("b"), "model", 3, &bytes, &length, &err));
    assert_int_equal(length, 0);
    tl_release(bytes);
}

static void a_full_disk_is_noticed_for_any_length(void **state) {
    (void)state;
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    (void)signal(SIGXFSZ, SIG_IGN);
    char text[10000];
    memset(text, 'x', sizeof text);
    for (size_t allowed = 0; allowed < sizeof text; allowed = allowed * 4 + 1) {
        struct rlimit small = before;
        tl_err err = {0};
        small.rlim_cur = allowed;
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
        const tl_code code =
            tl_store_gdal()->write_bytes(kit_path("full.csv"), "output", text, sizeof text, &err);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        assert_int_equal(code, TL_IO);
        CHECK_SAYS(err, "cannot be written");
    }
}

/* What the user reads is the name that was asked for, not that of the temporary sibling. */
static void sentences_name_the_target_of_temporary_files(void **state) {
    (void)state;
    char shown[4096];
    assert_string_equal(tl_io_shown("/a/.tilth-a1B2c3/0/my-map.tif", shown), "/a/my-map.tif");
    assert_string_equal(tl_io_shown(".tilth-a1B2c3/12/x.csv: no space", shown), "x.csv: no space");
    assert_string_equal(tl_io_shown("/a/.tilth-x", shown), "/a/.tilth-x");
    assert_string_equal(tl_io_shown("/a/.tilth-a1B2c3/x", shown), "/a/.tilth-a1B2c3/x");
    assert_string_equal(tl_io_shown("/a.b/c", shown), "/a.b/c");
}

static void fingerprints_change_with_the_content(void **state) {
    (void)state;
    const tl_store *store = tl_store_gdal();
    tl_err err = {0};
    char first[17];
    char print[17];
    kit_write_text("f.dat", "some bytes here");
    CHECK_OK(store->fingerprint(kit_path("f.dat"), "scene", first, &err));
    assert_int_equal(strspn(first, "0123456789abcdef"), 16);
    CHECK_OK(store->fingerprint(kit_path("f.dat|layername=x"), "scene", print, &err));
    assert_string_equal(first, print);
    kit_write_text("f.dat", "some bytes herf");
    CHECK_OK(store->fingerprint(kit_path("f.dat"), "scene", print, &err));
    assert_string_not_equal(first, print);
    kit_write_text("f.dat", "some bytes here");
    kit_write_text("f.hdr", "ENVI\n");
    CHECK_OK(store->fingerprint(kit_path("f.dat"), "scene", print, &err));
    assert_string_not_equal(first, print);
    assert_int_equal(store->fingerprint(kit_path("none"), "scene", print, &err), TL_IO);
    /* Swapped blocks and changes in the last byte of a large file are seen. */
    char *large = tl_acquire(3 << 20, 1);
    large[0] = 1;
    kit_write("large", large, 3 << 20);
    CHECK_OK(store->fingerprint(kit_path("large"), "scene", first, &err));
    large[(3 << 20) - 1] = 1;
    kit_write("large", large, 3 << 20);
    CHECK_OK(store->fingerprint(kit_path("large"), "scene", print, &err));
    assert_string_not_equal(first, print);
    tl_release(large);
}

static int holds(const char *name, const char *text) {
    tl_err err = {0};
    char *bytes = NULL;
    size_t length = 0;
    if (tl_store_gdal()->read_bytes(kit_path(name), "file", 4096, &bytes, &length, &err) != TL_OK) {
        return 0;
    }
    const int same = strcmp(bytes, text) == 0;
    tl_release(bytes);
    return same;
}

static void tables_are_written_with_quotes_where_needed(void **state) {
    (void)state;
    tl_err err = {0};
    static const tl_column columns[] = {{"zone", TL_COLUMN_TEXT}, {"r", TL_COLUMN_NUMBER}};
    tl_table table;
    tl_source_table_start(&table, columns, 2);
    ptrdiff_t row = 0;
    CHECK_OK(tl_source_table_add_row(&table, &row, &err));
    CHECK_OK(tl_source_table_set_text(&table, row, 0, "a \"b\", c", &err));
    tl_source_table_set_number(&table, row, 1, 0.1);
    CHECK_OK(tl_source_table_add_row(&table, &row, &err));
    CHECK_OK(tl_store_gdal()->write_table(kit_path("t.csv"), "output", &table, &err));
    tl_source_table_free(&table);
    assert_true(holds("t.csv", "zone,r\n\"a \"\"b\"\", c\",0.1\n,\n"));
}

static int refuse(double fraction, int level, const char *message, void *user) {
    (void)level;
    (void)message;
    (void)user;
    return fraction < 0.0;
}

/* A Python program of the share folder gets the text whole, however long; its last line of
 * complaint becomes the sentence; it ends when the user cancels. */
static void python_programs_are_run_and_listened_to(void **state) {
    (void)state;
    const tl_store *store = tl_store_gdal();
    tl_err err = {0};
    if (access("/usr/bin/python3", X_OK) != 0) {
        print_message("SKIPPED: no /usr/bin/python3\n");
        skip();
    }
    assert_int_equal(setenv("TILTH_SHARE", kit_folder, 1), 0);
    kit_write_text("size.py",
                   "import sys\ntext = sys.stdin.read()\nprint('x' * 300000)\n"
                   "sys.stderr.write('noise\\n' * 9 + 'got %d\\n\\n' % len(text))\n"
                   "sys.exit(0 if len(text) == 5 else 3)\n");
    kit_write_text("wait.py", "import time\ntime.sleep(60)\n");
    CHECK_OK(store->run_python("size.py",
                               "{\"\":1"
                               "",
                               NULL, &err));
    char *large = tl_acquire(1000001, 1);
    memset(large, ' ', 1000000);
    assert_int_equal(store->run_python("size.py", large, NULL, &err), TL_DATA);
    assert_string_equal(err.text, "got 1000000");
    tl_release(large);
    const tl_progress p = {.report = refuse, .to = 1.0};
    assert_int_equal(store->run_python("wait.py", "", &p, &err), TL_CANCELLED);
    assert_int_equal(store->run_python("missing.py", "", NULL, &err), TL_IO);
    CHECK_SAYS(err, "missing.py");
    CHECK_SAYS(err, "TILTH_SHARE");
    assert_int_equal(setenv("TILTH_PYTHON", "/no/such/python", 1), 0);
    assert_int_equal(store->run_python("size.py", "", NULL, &err), TL_IO);
    CHECK_SAYS(err, "/no/such/python");
    (void)unsetenv("TILTH_PYTHON");
    (void)unsetenv("TILTH_SHARE");
}

static void the_system_is_described(void **state) {
    (void)state;
    tl_err err = {0};
    char *text = NULL;
    CHECK_OK(tl_store_gdal()->inspect_system(&text, &err));
    json_t *list = json_loads(text, 0, NULL);
    assert_true(json_array_size(list) > 8);
    size_t i = 0;
    json_t *item = NULL;
    json_array_foreach(list, i, item) {
        const int found = json_is_true(json_object_get(item, "found"));
        const char *remedy = json_string_value(json_object_get(item, "remedy"));
        assert_non_null(json_string_value(json_object_get(item, "name")));
        assert_int_equal(remedy[0] == '\0', found);
    }
    json_decref(list);
    tl_release(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_come_back_and_limits_hold),
        cmocka_unit_test(a_full_disk_is_noticed_for_any_length),
        cmocka_unit_test(sentences_name_the_target_of_temporary_files),
        cmocka_unit_test(fingerprints_change_with_the_content),
        cmocka_unit_test(tables_are_written_with_quotes_where_needed),
        cmocka_unit_test(python_programs_are_run_and_listened_to),
        cmocka_unit_test(the_system_is_described),
    };
    return cmocka_run_group_tests(tests, kit_set_up, kit_tear_down);
}
