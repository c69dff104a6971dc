/* SPDX-License-Identifier: GPL-2.0-or-later
 * The word that a user who mistyped probably meant. */
#include "base/nearest.h"

#include <string.h>

#include "kit/check.h"

static const char *nearest(const char *word) {
    static const char *const known[] = {"dem", "z_factor", "method", "output", "streams", "slope"};
    static tl_nearest n;
    tl_nearest_start(&n, word);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        tl_nearest_offer(&n, known[i], strlen(known[i]));
    }
    return n.found;
}

static void letters_may_be_missing_doubled_changed_or_swapped(void **state) {
    (void)state;
    assert_string_equal(nearest("dme"), "dem");
    assert_string_equal(nearest("DEM"), "dem");
    assert_string_equal(nearest("slop"), "slope");
    assert_string_equal(nearest("outputt"), "output");
    assert_string_equal(nearest("zfaktor"), "z_factor");
    assert_string_equal(nearest("stremas"), "streams");
}

static void far_words_are_not_proposed(void **state) {
    (void)state;
    assert_string_equal(nearest("landcover"), "");
    assert_string_equal(nearest(""), "");
    char text[TL_NEAREST_CAPACITY + 32];
    tl_nearest n;
    tl_nearest_start(&n, "xyz");
    assert_string_equal(tl_nearest_question(&n, "--", text), "");
    char word[300];
    memset(word, 'a', sizeof word - 1);
    word[sizeof word - 1] = '\0';
    assert_string_equal(nearest(word), "");
    tl_nearest_start(&n, "dem");
    tl_nearest_offer(&n, word, strlen(word));
    assert_string_equal(n.found, "");
}

static void the_nearest_of_several_is_proposed(void **state) {
    (void)state;
    tl_nearest n;
    tl_nearest_start(&n, "wetnes");
    tl_nearest_offer(&n, "wetter", 6);
    tl_nearest_offer(&n, "wetness", 7);
    char text[TL_NEAREST_CAPACITY + 32];
    assert_string_equal(tl_nearest_question(&n, "--", text), "did you mean '--wetness'? ");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_may_be_missing_doubled_changed_or_swapped),
        cmocka_unit_test(far_words_are_not_proposed),
        cmocka_unit_test(the_nearest_of_several_is_proposed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
