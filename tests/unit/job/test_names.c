/* SPDX-License-Identifier: GPL-2.0-or-later
 * Names of files in tables and on pages: short, and never the same for two files. */
#include "job/names.h"
#include "kit/check.h"

enum { MAXIMUM = 5 };

static void check_names(const char *const *path, const char *const *wanted, ptrdiff_t n, int keep) {
    tl_err err = {0};
    char *name[MAXIMUM];
    CHECK_OK(tl_job_file_names(path, n, keep, name, &err));
    for (ptrdiff_t i = 0; i < n; i++) {
        assert_string_equal(name[i], wanted[i]);
        tl_release(name[i]);
    }
}

static void names_are_as_short_as_they_can_be(void **state) {
    (void)state;
    check_names((const char *[]){"/a/b/som.tif", "slope.tif", "/c/twi"},
                (const char *[]){"som", "slope", "twi"}, 3, 0);
    check_names((const char *[]){"/a/b/som.tif", "slope.tif"},
                (const char *[]){"som.tif", "slope.tif"}, 2, 1);
}

static void folders_tell_equal_names_apart(void **state) {
    (void)state;
    check_names((const char *[]){"2020/som.tif", "2021/som.tif", "x/ph.tif"},
                (const char *[]){"2020/som", "2021/som", "ph"}, 3, 0);
    check_names((const char *[]){"/r/2020/out/som.tif", "/r/2021/out/som.tif"},
                (const char *[]){"2020/out/som.tif", "2021/out/som.tif"}, 2, 1);
    check_names((const char *[]){"som.tif", "other/som.tif"},
                (const char *[]){"som.tif", "other/som"}, 2, 0);
    check_names((const char *[]){"D:\\2020\\som.tif", "D:\\2021\\som.tif"},
                (const char *[]){"2020\\som", "2021\\som"}, 2, 0);
}

static void an_extension_tells_equal_names_apart(void **state) {
    (void)state;
    check_names((const char *[]){"a/som.tif", "a/som.img"}, (const char *[]){"som.tif", "som.img"},
                2, 0);
}

static void a_path_given_twice_gets_a_number(void **state) {
    (void)state;
    check_names((const char *[]){"a/som.tif", "a/som.tif", "b/som (2).tif"},
                (const char *[]){"som", "som (3)", "som (2)"}, 3, 0);
}

static void zones_of_equal_name_get_a_number(void **state) {
    (void)state;
    tl_err err = {0};
    ptrdiff_t changed = 0;
    static const char *const given[MAXIMUM] = {"whole", "A", "A", "whole", "A"};
    static const char *const wanted[MAXIMUM] = {"whole", "A", "A (2)", "whole (2)", "A (3)"};
    char *name[MAXIMUM];
    for (int i = 0; i < MAXIMUM; i++) {
        name[i] = tl_copy_text(given[i]);
    }
    CHECK_OK(tl_job_distinct_names(name, MAXIMUM, &changed, &err));
    assert_int_equal(changed, 3);
    for (int i = 0; i < MAXIMUM; i++) {
        assert_string_equal(name[i], wanted[i]);
        tl_release(name[i]);
    }
}

static void nothing_is_leaked_when_memory_is_out(void **state) {
    (void)state;
    static const char *const path[] = {"2020/som.tif", "2021/som.tif", "2021/som.tif"};
    const ptrdiff_t before = tl_live_blocks();
    int succeeded = 0;
    for (ptrdiff_t n = 0; n < 300 && !succeeded; n++) {
        char *name[3];
        tl_err err = {0};
        tl_fail_after(n);
        succeeded = tl_job_file_names(path, 3, 0, name, &err) == TL_OK;
        tl_fail_after(-1);
        for (int i = 0; i < 3; i++) {
            assert_true(succeeded || name[i] == NULL);
            tl_release(name[i]);
        }
        assert_int_equal(tl_live_blocks(), before);
    }
    assert_true(succeeded);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_as_short_as_they_can_be),
        cmocka_unit_test(folders_tell_equal_names_apart),
        cmocka_unit_test(an_extension_tells_equal_names_apart),
        cmocka_unit_test(a_path_given_twice_gets_a_number),
        cmocka_unit_test(zones_of_equal_name_get_a_number),
        cmocka_unit_test(nothing_is_leaked_when_memory_is_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
