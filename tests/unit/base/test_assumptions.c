/* SPDX-License-Identifier: GPL-2.0-or-later
 * Assumptions are logged once, refused when strict, and nested runs keep their own list. */
#include <string.h>

#include "base/alloc.h"
#include "base/assumptions.h"
#include "kit/check.h"

typedef struct heard {
    int lines;
    char last[200];
} heard;

static int hear(double fraction, int level, const char *message, void *user) {
    heard *h = user;
    (void)fraction;
    (void)level;
    if (message != NULL) {
        h->lines++;
        (void)strncpy(h->last, message, sizeof h->last - 1);
    }
    return 1;
}

static void each_sentence_is_logged_once(void **state) {
    (void)state;
    heard h = {0};
    const tl_progress progress = {.report = hear, .user = &h, .to = 1.0};
    tl_err err;
    tl_assumptions a;
    tl_assumptions_begin(&a, &progress, 0);
    assert_int_equal(tl_assume(&err, TL_INFO, "dem: %d is no elevation", -9999), TL_OK);
    assert_int_equal(tl_assume(&err, TL_INFO, "dem: %d is no elevation", -9999), TL_OK);
    assert_int_equal(tl_assume(&err, TL_INFO, "dem: %d is no elevation", -32768), TL_OK);
    tl_assumptions_end(&a);
    assert_int_equal(h.lines, 2);
    assert_string_equal(h.last, "dem: -32768 is no elevation");
    assert_int_equal(tl_live_blocks(), 0);
}

static void strict_runs_refuse(void **state) {
    (void)state;
    heard h = {0};
    const tl_progress progress = {.report = hear, .user = &h, .to = 1.0};
    tl_err err;
    tl_assumptions outer;
    tl_assumptions inner;
    tl_assumptions_begin(&outer, &progress, 0);
    tl_assumptions_begin(&inner, &progress, 1);
    assert_int_equal(tl_assume(&err, TL_INFO, "lab: semicolons separate the columns"), TL_DATA);
    assert_non_null(strstr(err.text, "semicolons separate the columns"));
    tl_assumptions_end(&inner);
    assert_int_equal(tl_assume(&err, TL_INFO, "lab: semicolons separate the columns"), TL_OK);
    tl_assumptions_end(&outer);
    assert_int_equal(h.lines, 1);
}

static void without_a_run_nothing_happens(void **state) {
    (void)state;
    tl_err err;
    assert_int_equal(tl_assume(&err, TL_WARNING, "nobody listens"), TL_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_sentence_is_logged_once),
        cmocka_unit_test(strict_runs_refuse),
        cmocka_unit_test(without_a_run_nothing_happens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
