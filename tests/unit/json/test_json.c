/* SPDX-License-Identifier: GPL-2.0-or-later
 * JSON values: what is built is complete or refused, whichever allocation fails. */
#include "kit/check.h"

#include <math.h>
#include <string.h>

#include "base/alloc.h"
#include "json/json.h"

static tl_err err;

/* A document with every kind of value. */
static json_t *build(void) {
    json_t *list = tl_json_array();
    tl_json_append(list, tl_json_number(0.5));
    tl_json_append(list, tl_json_integer(7));
    tl_json_append(list, tl_json_flag(1));
    tl_json_append(list, tl_json_null());
    json_t *root = tl_json_object();
    tl_json_put(root, "text", tl_json_text("radians"));
    tl_json_put(root, "copy", tl_json_copy(list));
    tl_json_put(root, "list", list);
    tl_json_put(root, "packed", tl_json_pack("{s:s, s:o}", "a", "b", "c", tl_json_text("d")));
    return root;
}

static const char built[] =
    "{\"text\":\"radians\",\"copy\":[0.5,7,true,null],\"list\":[0.5,7,true,null],"
    "\"packed\":{\"a\":\"b\",\"c\":\"d\"}}";

/* Builds and prints with allocation n failing; returns 1 while there are more allocations. */
static int try_allocation(ptrdiff_t n, ptrdiff_t (*arm)(ptrdiff_t)) {
    const ptrdiff_t refused = tl_refused_blocks();
    const ptrdiff_t alive = tl_live_blocks();
    tl_json_begin();
    arm(n);
    json_t *root = build();
    char *text = tl_json_print(root, JSON_COMPACT);
    tl_fail_after(-1);
    const int has_failed = tl_refused_blocks() > refused;
    if (has_failed) {
        assert_null(text);
        assert_int_equal(tl_json_status("the values", &err), TL_NOMEM);
        assert_string_equal(err.text, "out of memory for the values");
    } else {
        assert_string_equal(text, built);
        assert_int_equal(tl_json_status("the values", &err), TL_OK);
    }
    json_decref(root);
    tl_release(text);
    assert_int_equal(tl_live_blocks(), alive);
    return has_failed;
}

static void every_failed_allocation_is_reported(void **state) {
    (void)state;
    ptrdiff_t n = 0;
    while (try_allocation(n, tl_fail_after)) {
        n++;
    }
    assert_true(n > 30);
    n = 0;
    while (try_allocation(n, tl_fail_once_after)) {
        n++;
    }
    assert_true(n > 30);
}

static void a_failure_stays_until_the_next_begin(void **state) {
    (void)state;
    tl_json_begin();
    tl_fail_once_after(0);
    json_decref(tl_json_object());
    json_t *later = tl_json_object();
    assert_non_null(later);
    assert_null(tl_json_print(later, 0));
    assert_int_equal(tl_json_status("x", NULL), TL_NOMEM);
    tl_json_begin();
    char *text = tl_json_print(later, 0);
    assert_string_equal(text, "{}");
    tl_release(text);
    json_decref(later);
}

/* jansson itself calls some failed allocations a wrong token. */
static void a_sound_text_is_never_called_damaged(void **state) {
    (void)state;
    json_t *root = NULL;
    ptrdiff_t n = 0;
    for (;;) {
        tl_json_begin();
        tl_fail_once_after(n);
        const tl_code code =
            tl_json_parse(built, sizeof built - 1, JSON_REJECT_DUPLICATES, &root, &err);
        tl_fail_after(-1);
        if (code == TL_OK) {
            break;
        }
        assert_null(root);
        assert_int_equal(code, TL_NOMEM);
        assert_int_equal(tl_json_status("x", NULL), TL_NOMEM);
        n++;
    }
    assert_true(n > 20);
    json_decref(root);
}

static void a_damaged_text_is_refused_with_its_place(void **state) {
    (void)state;
    json_t *root = NULL;
    tl_json_begin();
    assert_int_equal(tl_json_parse("{\n\"a\": 1,]", 10, 0, &root, &err), TL_FORMAT);
    assert_null(root);
    assert_non_null(strstr(err.text, "line 2, column"));
    assert_int_equal(tl_json_parse("", 0, 0, &root, &err), TL_FORMAT);
    assert_int_equal(tl_json_status("x", NULL), TL_OK);
}

static void expect_text(json_t *value, const char *wanted) {
    char *text = tl_json_print(value, JSON_ENCODE_ANY);
    assert_non_null(text);
    assert_string_equal(text, wanted);
    tl_release(text);
    json_decref(value);
}

static void what_json_cannot_hold_is_replaced(void **state) {
    (void)state;
    tl_json_begin();
    expect_text(tl_json_number((double)NAN), "null");
    expect_text(tl_json_number(-(double)INFINITY), "null");
    expect_text(tl_json_text(NULL), "null");
    expect_text(tl_json_text("\xe5\x9c\x9f"), "\"\xe5\x9c\x9f\"");
    expect_text(tl_json_text("K\xf6ln"), "\"K\xef\xbf\xbdln\"");
    expect_text(tl_json_text("\xe5\x9c"), "\"\xef\xbf\xbd\xef\xbf\xbd\"");
    expect_text(tl_json_text_n("ab\xff", 3), "\"ab\xef\xbf\xbd\"");
    assert_int_equal(tl_json_status("x", NULL), TL_OK);
}

static void a_format_that_does_not_fit_is_a_mistake_of_ours(void **state) {
    (void)state;
    tl_json_begin();
    json_t *none = NULL;
    assert_null(tl_json_pack("{s:o}", "a", none));
    assert_int_equal(tl_json_status("x", &err), TL_INTERNAL);
    tl_json_begin();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_failed_allocation_is_reported),
        cmocka_unit_test(a_failure_stays_until_the_next_begin),
        cmocka_unit_test(a_sound_text_is_never_called_damaged),
        cmocka_unit_test(a_damaged_text_is_refused_with_its_place),
        cmocka_unit_test(what_json_cannot_hold_is_replaced),
        cmocka_unit_test(a_format_that_does_not_fit_is_a_mistake_of_ours),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
