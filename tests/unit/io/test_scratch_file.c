/* SPDX-License-Identifier: GPL-2.0-or-later
 * Scratch files: bytes come back, no name is left, and the sentence of a failure names the place. */
#include "kit/check.h"
#include "store/store_gdal.h"

static void bytes_come_back_and_no_name_is_left(void **state) {
    (void)state;
    tl_err err;
    char folder[] = "/tmp/tilth-test-XXXXXX";
    assert_non_null(mkdtemp(folder));
    assert_int_equal(setenv("TMPDIR", folder, 1), 0);
    tl_scratch scratch;
    CHECK_OK(tl_store_gdal()->open_scratch("/no/such/folder/out.tif", &scratch, &err));
    unsigned char out[5000];
    unsigned char in[5000];
    for (int i = 0; i < 5000; i++) {
        out[i] = (unsigned char)(i * 7);
    }
    const int64_t far = INT64_C(5000000000); /* beyond what 32 bits can name */
    CHECK_OK(scratch.write_at(scratch.file, far, out, sizeof out, &err));
    CHECK_OK(scratch.write_at(scratch.file, 3, out, sizeof out, &err));
    CHECK_OK(scratch.read_at(scratch.file, far, in, sizeof in, &err));
    assert_memory_equal(in, out, sizeof in);
    CHECK_OK(scratch.read_at(scratch.file, 3, in, sizeof in, &err));
    assert_memory_equal(in, out, sizeof in);
    /* Nothing was ever written there. */
    assert_int_equal(scratch.read_at(scratch.file, far + 5000, in, sizeof in, &err), TL_IO);
    assert_non_null(strstr(err.text, folder));
    /* A folder with anything in it cannot be removed. */
    assert_int_equal(remove(folder), 0);
    scratch.close(scratch.file);
    assert_int_equal(unsetenv("TMPDIR"), 0);
    assert_int_equal(tl_live_blocks(), 0);
}

static void a_folder_that_is_not_there_is_named(void **state) {
    (void)state;
    tl_err err;
    assert_int_equal(setenv("TMPDIR", "/no/such/folder", 1), 0);
    tl_scratch scratch;
    assert_int_equal(tl_store_gdal()->open_scratch("out.tif", &scratch, &err), TL_IO);
    assert_null(scratch.file);
    assert_non_null(strstr(err.text, "/no/such/folder"));
    assert_non_null(strstr(err.text, "TMPDIR"));
    assert_int_equal(unsetenv("TMPDIR"), 0);
}

static void an_output_in_memory_has_its_scratch_on_the_disk(void **state) {
    (void)state;
    tl_err err;
    static const char *const neighbour[] = {"/vsimem/out.tif", "out.tif", "/out.tif", NULL};
    for (int i = 0; i < 4; i++) {
        tl_scratch scratch;
        CHECK_OK(tl_store_gdal()->open_scratch(neighbour[i], &scratch, &err));
        scratch.close(scratch.file);
    }
    assert_int_equal(tl_live_blocks(), 0);
}

static void the_cache_is_bounded_and_released(void **state) {
    (void)state;
    const tl_store *store = tl_store_gdal();
    const double before = store->limit_cache(-1.0);
    assert_true(store->limit_cache(1048576.0) >= before && store->limit_cache(-1.0) < 1048577.0);
    (void)store->limit_cache(before);
    CHECK_NEAR(store->limit_cache(-1.0), before, 0.0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_come_back_and_no_name_is_left),
        cmocka_unit_test(a_folder_that_is_not_there_is_named),
        cmocka_unit_test(an_output_in_memory_has_its_scratch_on_the_disk),
        cmocka_unit_test(the_cache_is_bounded_and_released),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
