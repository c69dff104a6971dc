/* SPDX-License-Identifier: GPL-2.0-or-later
 * The parallel loop does every block once, fails with the lowest failing block, and stops when
 * asked to. */
#include "base/parfor.h"

#include "kit/check.h"

static tl_code count_block(void *arg, ptrdiff_t block, tl_err *err) {
    (void)err;
    ((int *)arg)[block]++;
    return TL_OK;
}

static void every_block_runs_once(void **state) {
    (void)state;
    for (int threads = 1; threads <= 4; threads++) {
        int seen[257] = {0};
        tl_err err = {0};
        CHECK_OK(tl_parfor(threads, 257, count_block, seen, NULL, &err));
        for (int i = 0; i < 257; i++) {
            assert_int_equal(seen[i], 1);
        }
    }
}

/* Block 10 is slow, so that other threads fail before it does. */
static tl_code fail_from_ten(void *arg, ptrdiff_t block, tl_err *err) {
    (void)arg;
    volatile double slow = 0.0;
    for (int i = 0; block == 10 && i < 200000; i++) {
        slow += (double)i;
    }
    return block >= 10 && slow >= 0.0 ? tl_fail(err, TL_DATA, "block %td", block) : TL_OK;
}

static void any_number_of_threads_tells_the_lowest_failure(void **state) {
    (void)state;
    for (int run = 0; run < 40; run++) {
        tl_err err = {0};
        assert_int_equal(tl_parfor(1 + run % 4, 100, fail_from_ten, NULL, NULL, &err), TL_DATA);
        assert_string_equal(err.text, "block 10");
        assert_int_equal(err.code, TL_DATA);
    }
    assert_int_equal(tl_parfor(3, 100, fail_from_ten, NULL, NULL, NULL), TL_DATA);
}

static int stop_at_half(double fraction, int level, const char *message, void *user) {
    (void)level;
    (void)message;
    (void)user;
    return fraction < 0.5;
}

static void cancelling_stops_the_loop(void **state) {
    (void)state;
    int seen[100] = {0};
    tl_err err = {0};
    const tl_progress progress = {.report = stop_at_half, .to = 1.0};
    assert_int_equal(tl_parfor(1, 100, count_block, seen, &progress, &err), TL_CANCELLED);
    assert_int_equal(seen[10], 1);
    assert_int_equal(seen[99], 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_block_runs_once),
        cmocka_unit_test(any_number_of_threads_tells_the_lowest_failure),
        cmocka_unit_test(cancelling_stops_the_loop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
