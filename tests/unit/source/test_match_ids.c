/* SPDX-License-Identifier: GPL-2.0-or-later
 * Ids that differ only in their writing meet when that is clear, and never otherwise. */
#include "base/alloc.h"
#include "kit/check.h"
#include "source/match_ids.h"

enum { MAXIMUM = 6 };

/* Texts separated by blanks as ids; "~" stands for a blank inside one. */
static ptrdiff_t make_ids(const char *text, char *id[MAXIMUM]) {
    ptrdiff_t n = 0;
    while (*text != '\0') {
        const size_t length = strcspn(text, " ");
        id[n] = tl_acquire((ptrdiff_t)length + 1, 1);
        memcpy(id[n], text, length);
        for (size_t k = 0; k < length; k++) {
            id[n][k] = id[n][k] == '~' ? ' ' : id[n][k];
        }
        n++;
        text += length + strspn(text + length, " ");
    }
    return n;
}

static void free_ids(char *id[MAXIMUM], ptrdiff_t n) {
    for (ptrdiff_t i = 0; i < n; i++) {
        tl_release(id[i]);
    }
}

static const struct {
    const char *from;
    const char *like;
    const char *wanted; /* NULL: refused */
} cases[] = {
    {"A B C", "C A D", "A B C"},
    {"1 2 10", "001 002 010", "001 002 010"},
    {"001 002 010", "1 2 10", "1 2 10"},
    {"1.0 2.0 12.00", "1 2 12", "1 2 12"},
    {"s1 s2", "S1 S2", "S1 S2"},
    {"S~1 S-2 S_3", "S1 S2 S3", "S1 S2 S3"},
    {"S001 S002", "s1 s2", "s1 s2"},
    {"LUCAS_1 LUCAS_2", "1 2", "1 2"},
    {"1 2", "soil-01 soil-02", "soil-01 soil-02"},
    {"P1.asd P2.asd", "P1 P2", "P1 P2"},
    {"LUCAS_S1 LUCAS_S2", "S1 S2", "S1 S2"},
    {"S1 S2", "1.asd 2.asd", "1.asd 2.asd"},
    {"\xEF\xBC\xA1\xEF\xBC\x91 A2", "A1 A2", "A1 A2"},
    /* Replicates keep their number. */
    {"1 1 2", "01 02", "01 01 02"},
    /* Equal as they stand: nothing else is touched, even where it could be. */
    {"1 01", "1 01", "1 01"},
    {"1 2", "1 01 2", "1 2"},
    {"1 01 2", "1 2", "1 01 2"},
    /* Not clear: two candidates. */
    {"1", "01 001", NULL},
    {"1 01", "001", NULL},
    /* Separators between digits count. */
    {"1-2 1-3", "12 13", NULL},
    {"1.5 1.6", "15 16", NULL},
    {"1_2 1.3", "1-2 1-3", "1-2 1.3"},
    {"0 00", "0", "0 00"},
    {"A B", "C D", NULL},
    {"x", "1 2 3", NULL},
    /* Letters of their own on both sides are other ids. */
    {"A1 A2", "B1 B2", NULL},
    {"north_1 north_2", "south_1 south_2", NULL},
};

static void ids_meet_when_it_is_clear(void **state) {
    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        tl_err err = {0};
        char *id[MAXIMUM];
        char *like[MAXIMUM];
        char *wanted[MAXIMUM];
        const ptrdiff_t n = make_ids(cases[k].from, id);
        const ptrdiff_t m = make_ids(cases[k].like, like);
        const tl_code code =
            tl_source_match_ids(id, n, "spectra", like, m, "the samples", 0, "do this", &err);
        if (code != (cases[k].wanted == NULL ? TL_DATA : TL_OK)) {
            fail_msg("%s with %s: %s", cases[k].from, cases[k].like, err.text);
        }
        if (code != TL_OK) {
            assert_non_null(strstr(err.text, "do this"));
            assert_non_null(strstr(err.text, id[0]));
            assert_non_null(strstr(err.text, like[0]));
        } else {
            const ptrdiff_t same = make_ids(cases[k].wanted, wanted);
            assert_int_equal(same, n);
            for (ptrdiff_t i = 0; i < n; i++) {
                assert_string_equal(id[i], wanted[i]);
            }
            free_ids(wanted, same);
        }
        free_ids(id, n);
        free_ids(like, m);
    }
    assert_int_equal(tl_live_blocks(), 0);
}

/* Without a field of ids the samples have the numbers of their rows, which match nothing but
 * themselves. */
static void row_numbers_are_no_ids(void **state) {
    (void)state;
    char *id[MAXIMUM];
    char *like[MAXIMUM];
    const ptrdiff_t n = make_ids("S01 S02", id);
    const ptrdiff_t m = make_ids("1 2", like);
    assert_int_equal(tl_source_match_ids(id, n, "a", like, m, "b", 1, "c", NULL), TL_DATA);
    assert_int_equal(tl_source_match_ids(id, n, "a", like, m, "b", 0, "c", NULL), TL_OK);
    assert_int_equal(tl_source_match_ids(id, n, "a", like, m, "b", 1, "c", NULL), TL_OK);
    free_ids(id, n);
    free_ids(like, m);
}

static void running_out_of_memory_leaves_every_id_valid(void **state) {
    (void)state;
    for (ptrdiff_t after = 0; after < 24; after++) {
        char *id[MAXIMUM];
        char *like[MAXIMUM];
        const ptrdiff_t n = make_ids("1 2", id);
        const ptrdiff_t m = make_ids("01 02", like);
        tl_fail_after(after);
        const tl_code code = tl_source_match_ids(id, n, "a", like, m, "b", 0, "c", NULL);
        tl_fail_after(-1);
        assert_true(code == TL_OK || code == TL_NOMEM);
        for (ptrdiff_t i = 0; i < n; i++) {
            assert_true(strcmp(id[i], like[i]) == 0 || strcmp(id[i], like[i] + 1) == 0);
        }
        free_ids(id, n);
        free_ids(like, m);
    }
    assert_int_equal(tl_live_blocks(), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_meet_when_it_is_clear),
        cmocka_unit_test(row_numbers_are_no_ids),
        cmocka_unit_test(running_out_of_memory_leaves_every_id_valid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
