/* SPDX-License-Identifier: GPL-2.0-or-later
 * Sizes are checked before memory is asked for, and owners leave nothing behind when memory is
 * out. */
#include "base/grid.h"
#include "kit/check.h"

static void impossible_sizes_are_refused(void **state) {
    (void)state;
    assert_null(tl_acquire(-1, 8));
    assert_null(tl_acquire(PTRDIFF_MAX, 8));
    tl_matrix m = {0};
    tl_err err = {0};
    assert_int_equal(tl_matrix_init(&m, PTRDIFF_MAX / 2, 16, &err), TL_NOMEM);
    assert_null(m.data);
    tl_grid g = {0};
    assert_int_equal(tl_grid_init(&g, PTRDIFF_MAX / 2, 16, NULL, &err), TL_NOMEM);
    assert_int_equal(tl_grid_init(&g, 0, 16, NULL, &err), TL_ARG);
}

static void memory_is_zeroed_also_after_growing(void **state) {
    (void)state;
    int *block = tl_acquire(4, sizeof *block);
    assert_non_null(block);
    block[3] = 5;
    int *grown = tl_grow(block, 4, 4000, sizeof *grown);
    assert_non_null(grown);
    assert_int_equal(grown[3], 5);
    for (int i = 4; i < 4000; i++) {
        assert_int_equal(grown[i], 0);
    }
    tl_release(grown);
}

static void owners_survive_every_failing_allocation(void **state) {
    (void)state;
    const ptrdiff_t before = tl_live_blocks();
    const tl_georef geo = {.transform = {0, 1, 0, 0, 0, -1},
                           .crs_wkt = (char *)(uintptr_t) "LOCAL"};
    for (ptrdiff_t n = 0; n < 3; n++) {
        tl_grid g = {0};
        tl_err err = {0};
        tl_fail_after(n);
        const tl_code code = tl_grid_init(&g, 3, 4, &geo, &err);
        tl_fail_after(-1);
        assert_int_equal(code, n < 2 ? TL_NOMEM : TL_OK);
        tl_grid_free(&g);
        tl_grid_free(&g);
        assert_int_equal(tl_live_blocks(), before);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(impossible_sizes_are_refused),
        cmocka_unit_test(memory_is_zeroed_also_after_growing),
        cmocka_unit_test(owners_survive_every_failing_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
