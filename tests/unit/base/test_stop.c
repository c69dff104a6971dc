/* SPDX-License-Identifier: GPL-2.0-or-later
 * A long computation is stopped from inside, in the thread of the run and in those that work for it. */
#include "base/stop.h"
#include "kit/check.h"

#include <string.h>
#include <time.h>

#include "base/parfor.h"

typedef struct answers {
    int calls;
    int stop_at; /* the call that asks to stop */
    double fraction;
} answers;

static int answer(double fraction, int level, const char *message, void *user) {
    (void)level;
    assert_null(message);
    answers *a = user;
    a->fraction = fraction;
    return ++a->calls < a->stop_at;
}

static void pause_ms(long ms) {
    const struct timespec span = {.tv_nsec = ms * 1000000};
    (void)nanosleep(&span, NULL);
}

static void without_a_run_nothing_stops(void **state) {
    (void)state;
    assert_int_equal(tl_stop_check(NULL), TL_OK);
    tl_stop s;
    tl_stop_begin(&s, NULL);
    assert_int_equal(tl_stop_check(NULL), TL_OK);
    tl_stop_end(&s);
}

static void the_user_is_asked_now_and_then(void **state) {
    (void)state;
    tl_err err = {0};
    answers a = {.stop_at = 3};
    const tl_progress p = {.report = answer, .user = &a, .to = 1.0};
    tl_stop s;
    tl_stop_begin(&s, &p);
    assert_int_equal(tl_progress_at(&p, 0.25, &err), TL_OK);
    assert_int_equal(tl_stop_check(&err), TL_OK);
    assert_int_equal(a.calls, 2);
    assert_true(a.fraction == 0.25); /* the last fraction again, so that no progress bar jumps */
    for (int k = 0; k < 1000; k++) {
        assert_int_equal(tl_stop_check(&err), TL_OK);
    }
    assert_true(a.calls == 2);
    pause_ms(60);
    assert_int_equal(tl_stop_check(&err), TL_CANCELLED);
    assert_non_null(strstr(err.text, "cancelled"));
    assert_int_equal(tl_stop_check(&err), TL_CANCELLED); /* and stays so without asking again */
    assert_int_equal(a.calls, 3);
    tl_stop_end(&s);
    assert_int_equal(tl_stop_check(&err), TL_OK);
}

static tl_code endless(void *arg, ptrdiff_t block, tl_err *err) {
    (void)arg;
    (void)block;
    for (int k = 0; k < 20000; k++) { /* ten seconds at most */
        TL_TRY(tl_stop_check(err));
        pause_ms(1);
    }
    return TL_OK;
}

static void the_threads_of_a_loop_stop_too(void **state) {
    (void)state;
    for (int threads = 1; threads <= 4; threads++) {
        tl_err err = {0};
        answers a = {.stop_at = 2};
        const tl_progress p = {.report = answer, .user = &a, .to = 1.0};
        tl_stop s;
        tl_stop_begin(&s, &p);
        assert_int_equal(tl_parfor(threads, 8, endless, NULL, NULL, &err), TL_CANCELLED);
        tl_stop_end(&s);
        assert_int_equal(a.calls, 2);
    }
}

static void runs_nest(void **state) {
    (void)state;
    answers outer = {.stop_at = 100};
    answers inner = {.stop_at = 1};
    const tl_progress p = {.report = answer, .user = &outer, .to = 1.0};
    const tl_progress q = {.report = answer, .user = &inner, .to = 1.0};
    tl_stop s;
    tl_stop t;
    tl_stop_begin(&s, &p);
    tl_stop_begin(&t, &q);
    assert_int_equal(tl_stop_check(NULL), TL_CANCELLED);
    tl_stop_end(&t);
    assert_int_equal(tl_stop_check(NULL), TL_OK);
    tl_stop_end(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_a_run_nothing_stops),
        cmocka_unit_test(the_user_is_asked_now_and_then),
        cmocka_unit_test(the_threads_of_a_loop_stop_too),
        cmocka_unit_test(runs_nest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
